//! Connections, and the steps of a request before and after the protocol layer.

use crate::{
    access::Admitted,
    auth::{authentication, signature::Signatures},
    errors,
    forms::Forms,
    http::{
        corrections::{self, Correction},
        cors::{self, CrossOrigin},
        documents,
        error_documents::Subject,
    },
    storage::Storage,
    target::{Target, is_form},
};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri,
    header::{AUTHORIZATION, CONNECTION, EXPECT, RANGE},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use s3s::{Body, HttpError, S3Result, dto::Range, service::S3Service};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// The id of the answering host, in `x-amz-id-2`.
const HOST_ID: &str = "s3-test";

/// Answers requests, on any number of connections.
#[derive(Clone)]
pub(crate) struct Front {
    inner: Arc<Inner>,
}

struct Inner {
    services: Services,
    signatures: Signatures,
    storage: Arc<Storage>,
    requests: AtomicU64,
}

/// The protocol layer with different settings.
pub(crate) struct Services {
    pub(crate) guarded: S3Service,
    /// For requests that have passed the gate already.
    pub(crate) open: S3Service,
    pub(crate) forms: Forms,
}

impl fmt::Debug for Front {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Front").finish_non_exhaustive()
    }
}

impl Front {
    pub(crate) fn new(services: Services, signatures: Signatures, storage: Arc<Storage>) -> Self {
        Self {
            inner: Arc::new(Inner {
                services,
                signatures,
                storage,
                requests: AtomicU64::new(0),
            }),
        }
    }

    /// Serves a connection that was accepted, if there is one, and all others until the task is aborted, which closes them
    /// all.
    pub(crate) async fn serve(self, listener: TcpListener, first: Option<TcpStream>) {
        let mut connections = JoinSet::new();
        if let Some(stream) = first {
            connections.spawn(self.clone().serve_connection(stream));
        }
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(self.clone().serve_connection(stream));
                    }
                    // For instance too many open files. Wait until some are closed.
                    Err(_) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }

    async fn serve_connection(self, stream: TcpStream) {
        // Most answers are small, and somebody waits for each.
        let _ = stream.set_nodelay(true);
        let service = service_fn(move |request| {
            let front = self.clone();
            async move { front.answer(request).await }
        });
        // It is no error of the server's if a client goes away.
        let _ = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service)
            .await;
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, HttpError> {
        let id = self.inner.requests.fetch_add(1, Ordering::Relaxed);
        let target = Target::of(request.uri());
        let cross_origin = CrossOrigin::new(request.method(), request.headers());
        let subject = Subject::of(&request);
        let correction = Correction::of(request.method(), &target);
        let expects = request.headers().contains_key(EXPECT);
        let mut response = match self.refuse_or_answer_early(&request, &target) {
            Some(Ok(headers)) => {
                let mut response = Response::new(Body::empty());
                *response.headers_mut() = headers;
                response
            }
            Some(Err(error)) => errors::response(error),
            None => match self.prepared(request, &target).await {
                Ok(request) => self.call(request).await?,
                Err(error) => errors::response(error),
            },
        };
        correction.after(&mut response);
        if let (Some(bucket), Some(cross_origin)) = (target.bucket(), cross_origin)
            && let Some(headers) = cors::actual(&self.inner.storage, bucket, &cross_origin)
        {
            response.headers_mut().extend(headers);
        }
        // The client may or may not send the body that it held back (RFC 9110, section 10.1.1), so the server could not tell
        // that body from a next request.
        let status = response.status();
        if expects && (status.is_client_error() || status.is_server_error()) {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(CONNECTION, close);
        }
        let id = format!("{id:016X}");
        subject.complete(&mut response, &target, &id, HOST_ID);
        if let Ok(id) = HeaderValue::try_from(id) {
            let headers = response.headers_mut();
            headers.insert(HeaderName::from_static("x-amz-request-id"), id);
            let host_id = HeaderValue::from_static(HOST_ID);
            headers.insert(HeaderName::from_static("x-amz-id-2"), host_id);
        }
        Ok(response)
    }

    /// Prepares the request for the protocol layer.
    async fn prepared(
        &self,
        request: Request<Incoming>,
        target: &Target,
    ) -> S3Result<Request<Body>> {
        let request = corrections::hoisted(request, target);
        let request = documents::verified(request, target).await?;
        Ok(corrections::relaxed(self.inner.signatures.settle(request)))
    }

    /// "A server MUST ignore a Range header field with an invalid ranges-specifier" (RFC 9110, section 14.2), and S3 also
    /// ignores several ranges. The protocol layer refuses both, and the header may be signed. So if the request passed the
    /// gate, it is sent again without the header.
    async fn call(&self, mut request: Request<Body>) -> Result<Response<Body>, HttpError> {
        if is_form(&request) {
            return self.inner.services.forms.answer(request).await;
        }
        let range = request.headers().get(RANGE);
        let understood = range.is_none_or(|range| {
            let range = range.to_str().map(Range::parse);
            range.is_ok_and(|range| range.is_ok())
        });
        if understood || !matches!(*request.method(), Method::GET | Method::HEAD) {
            return self.inner.services.guarded.call(request).await;
        }
        let whole = without_range(&request);
        let admitted = Admitted::default();
        request.extensions_mut().insert(admitted.clone());
        let response = self.inner.services.guarded.call(request).await?;
        match response.status() == StatusCode::BAD_REQUEST && admitted.get() {
            true => self.inner.services.open.call(whole).await,
            false => Ok(response),
        }
    }

    fn refuse_or_answer_early(
        &self,
        request: &Request<Incoming>,
        target: &Target,
    ) -> Option<S3Result<HeaderMap>> {
        if request.method() == Method::OPTIONS {
            return Some(match target.bucket() {
                Some(bucket) => cors::preflight(&self.inner.storage, bucket, request.headers()),
                None => Err(cors::no_bucket()),
            });
        }
        if let Err(error) = authentication::check(request, target) {
            return Some(Err(error));
        }
        unknown_operation(request.method(), target).map(|name| Err(errors::not_implemented(name)))
    }
}

/// Returns the same request for the whole object, without a signature.
fn without_range(request: &Request<Body>) -> Request<Body> {
    let mut whole = Request::new(Body::empty());
    *whole.method_mut() = request.method().clone();
    *whole.uri_mut() = unsigned(request.uri());
    *whole.headers_mut() = request.headers().clone();
    for name in [RANGE, AUTHORIZATION] {
        whole.headers_mut().remove(name);
    }
    whole
}

/// Returns the URL without the parameters of its signature.
fn unsigned(uri: &Uri) -> Uri {
    let signing = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        name.starts_with("X-Amz-") || matches!(name, "AWSAccessKeyId" | "Signature" | "Expires")
    };
    let query = uri.query().unwrap_or_default().split('&');
    let kept = query.filter(|pair| !signing(pair)).collect::<Vec<_>>();
    let target = format!("{}?{}", uri.path(), kept.join("&"));
    target.parse().unwrap_or_else(|_| uri.clone())
}

/// Returns the name of an operation that the protocol layer does not know. It would ignore the parameter, and a
/// RenameObject would become a PutObject of an empty object.
fn unknown_operation(method: &Method, target: &Target) -> Option<&'static str> {
    const UNKNOWN: [(&str, &str); 5] = [
        ("renameObject", "RenameObject"),
        ("metadataConfiguration", "BucketMetadataConfiguration"),
        (
            "metadataInventoryTable",
            "BucketMetadataInventoryTableConfiguration",
        ),
        (
            "metadataJournalTable",
            "BucketMetadataJournalTableConfiguration",
        ),
        ("abac", "BucketAbac"),
    ];
    // Subresources that can be read or put, but not deleted.
    const STAYS: [&str; 18] = [
        "accelerate",
        "acl",
        "attributes",
        "legal-hold",
        "location",
        "logging",
        "notification",
        "object-lock",
        "policyStatus",
        "requestPayment",
        "restore",
        "retention",
        "select",
        "torrent",
        "uploads",
        "versioning",
        "versions",
        "delete",
    ];
    let unknown = UNKNOWN.into_iter().find(|(name, _)| target.has(name));
    let stays = *method == Method::DELETE && target.has_any(&STAYS);
    unknown
        .map(|(_, operation)| operation)
        .or(stays.then_some("This DELETE"))
}
