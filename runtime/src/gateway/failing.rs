//! Does to a request what a fault says.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, header::CONTENT_LENGTH};
use http_body_util::{BodyExt, Full};
use hyper::body::Body as _;

use super::{
    body::Body,
    breaker::Breaker,
    deletion,
    faults::{Cut, InsteadKind, Kind, S3Error, Shape, document, plain},
    shaped::ShapedBody,
    upstream::{Ended, Upstream, expects_continue},
};

/// Answers a request in the way of a fault.
pub(super) async fn fail(
    upstream: &Upstream,
    fault: Kind,
    request: Request<Body>,
    breaker: &Breaker,
) -> Result<Response<Body>, Ended> {
    match fault {
        Kind::Error(error) => {
            receive(request).await;
            Ok(error.answer(error.status()))
        }
        Kind::ErrorInside200(error) => {
            receive(request).await;
            Ok(error.answer(200))
        }
        Kind::EntriesFail(error) => {
            let keys = collected(request.into_body()).await?;
            Ok(document(200, &deletion::refused(&keys, error)))
        }
        Kind::EntriesFailLate(prefix, error) => {
            let (parts, body) = request.into_parts();
            let keys = collected(body).await?;
            let request = Request::from_parts(parts, whole(keys.clone()));
            let answer = upstream.forward(request).await?;
            if !answer.status().is_success() {
                return Ok(answer);
            }
            let answer = collected(answer.into_body()).await?;
            let answer = deletion::refused_late(&keys, &answer, &prefix, error);
            Ok(document(200, &answer))
        }
        Kind::Status(status) => {
            receive(request).await;
            Ok(plain(status, String::new()))
        }
        Kind::Reset => Err(Ended::Reset),
        Kind::ResetUpload(bytes) => reset_upload(upstream, request, bytes, breaker).await,
        Kind::Close => Err(Ended::Closed(
            "a fault closed the idle connection".to_owned(),
        )),
        Kind::CommitThen(instead) => {
            let answer = upstream.forward(request).await?;
            drain(answer.into_body()).await;
            match instead {
                InsteadKind::Error(error) => Ok(error.answer(error.status())),
                InsteadKind::Cut(Cut::BeforeAnswer) => Err(Ended::Reset),
                InsteadKind::Cut(Cut::ClosedBeforeAnswer) => {
                    Err(Ended::Closed("a fault closed the connection".to_owned()))
                }
            }
        }
        Kind::Delay(delay) => {
            tokio::time::sleep(delay).await;
            upstream.forward(request).await
        }
        Kind::DelayAnswer(delay) => {
            let answer = upstream.forward(request).await;
            tokio::time::sleep(delay).await;
            answer
        }
        Kind::Skew(skew) => {
            let error = S3Error::REQUEST_TIME_TOO_SKEWED;
            let mut answer = match skew.refusal(request.headers(), request.uri()) {
                Some(times) => {
                    receive(request).await;
                    error.answer_with(error.status(), &times)
                }
                None => upstream.forward(request).await?,
            };
            skew.show(answer.headers_mut());
            Ok(answer)
        }
        Kind::Twice => {
            let (parts, body) = request.into_parts();
            let body = collected(body).await?;
            let again = || Request::from_parts(parts.clone(), whole(body.clone()));
            let first = upstream.forward(again()).await?;
            drain(first.into_body()).await;
            upstream.forward(again()).await
        }
        Kind::Shape(shape) => {
            let mut answer = upstream.forward(request).await?;
            if let Shape::TruncateTo(bytes) = shape {
                shorten(answer.headers_mut(), bytes);
            }
            Ok(answer.map(|body| ShapedBody::new(body, shape, breaker.clone()).boxed_unsync()))
        }
    }
}

/// Forwards a part of the body, never all of it, and resets both connections.
async fn reset_upload(
    upstream: &Upstream,
    request: Request<Body>,
    bytes: u64,
    breaker: &Breaker,
) -> Result<Response<Body>, Ended> {
    let length = content_length(request.headers());
    let length = length.or(request.body().size_hint().exact());
    // Without a length there is an end that the cut keeps back: the last chunk, which is empty.
    let most = length.map_or(u64::MAX, |length| length.saturating_sub(1));
    if length != Some(0) {
        let cut = Shape::CutAfter(bytes.min(most));
        let request =
            request.map(|body| ShapedBody::new(body, cut, breaker.clone()).boxed_unsync());
        // A body that is cut has no answer, but for a server that refuses it early.
        let _ = upstream.forward(request).await;
    }
    Err(Ended::Reset)
}

/// Lets the head promise no more than so many bytes.
fn shorten(headers: &mut HeaderMap, bytes: u64) {
    if let Some(length) = content_length(headers) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length.min(bytes)));
    }
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Receives the body of a request that the server does not see, unless the client holds it back until it is asked for.
async fn receive(request: Request<Body>) {
    if !expects_continue(request.headers()) {
        drain(request.into_body()).await;
    }
}

async fn drain(mut body: Body) {
    while let Some(Ok(_)) = body.frame().await {}
}

async fn collected(body: Body) -> Result<Bytes, Ended> {
    let body = body.collect().await;
    let body = body.map_err(|error| Ended::Closed(error.to_string()))?;
    Ok(body.to_bytes())
}

fn whole(body: Bytes) -> Body {
    let body = Full::new(body).map_err(|never| match never {});
    body.boxed_unsync()
}
