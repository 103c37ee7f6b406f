//! The HTTP side: connections, and what happens to a request before and after the protocol layer has it.

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
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use tokio::{net::TcpListener, task::JoinSet};

/// The id of the machine that answers, as in `x-amz-id-2`.
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

/// The protocol layer, as it is to be for different requests.
pub(crate) struct Services {
    pub(crate) guarded: S3Service,
    /// For requests that have passed the gate already.
    pub(crate) open: S3Service,
    pub(crate) forms: Forms,
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

    /// Serves connections until the task is aborted, which closes them all.
    pub(crate) async fn serve(self, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        // Answers are small and are waited for.
                        let _ = stream.set_nodelay(true);
                        connections.spawn(self.clone().serve_connection(stream));
                    }
                    // Too many open files, say. Whoever closes some makes room; until then there is nothing to do.
                    Err(_) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }

    async fn serve_connection(self, stream: tokio::net::TcpStream) {
        let service = service_fn(move |request| {
            let front = self.clone();
            async move { front.answer(request).await }
        });
        // A client that goes away in the middle of something is no concern of the server's.
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
        // Whether the body that the client has held back still comes is open (RFC 9110, section 10.1.1), so nothing after it
        // could be told from it.
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

    /// The request as the protocol layer understands it.
    async fn prepared(
        &self,
        request: Request<Incoming>,
        target: &Target,
    ) -> S3Result<Request<Body>> {
        let request = corrections::hoisted(request, target);
        let request = documents::verified(request, target).await?;
        Ok(corrections::relaxed(self.inner.signatures.settle(request)))
    }

    /// "A server MUST ignore a Range header field with an invalid ranges-specifier" (RFC 9110, section 14.2), and S3 ignores
    /// several ranges too. The protocol layer refuses both, and the header may be signed: when the request has been
    /// admitted all the same, it is asked again without.
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

/// The same request for the whole object, from nobody in particular.
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

/// The same without what a presigned URL is signed with.
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

/// Operations that the protocol layer does not know. It would take them for the plain request to the same path, so that a
/// RenameObject, for one, would be a PutObject of nothing.
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
    // What is there to be read or put, but not to be deleted.
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
