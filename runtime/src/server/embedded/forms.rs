//! `${filename}` in a browser's form: "all variables within the form are expanded prior to validating the POST policy" (S3
//! API Reference, "Creating a POST policy"). The protocol layer knows of none.

use futures_util::{StreamExt, TryStreamExt, future, stream};
use http::{
    HeaderValue, Method, Request,
    header::{CONTENT_LENGTH, CONTENT_TYPE},
};
use s3s::{Body, dto::StreamingBlob};
use std::io;

const VARIABLE: &str = "${filename}";

/// More than all fields before the file may take together, which is 20 KB in S3.
const LONGEST: usize = 64 << 10;

/// Reads a form up to its file, and passes it on with the file's name in place of the variable.
pub(super) async fn expanded(mut request: Request<Body>) -> Request<Body> {
    if !is_form(&request) {
        return request;
    }
    let mut rest = std::mem::replace(request.body_mut(), Body::empty());
    let mut head = Vec::new();
    let mut broken = None;
    while file(&head).is_none() && head.len() <= LONGEST {
        match rest.next().await {
            Some(Ok(chunk)) => head.extend_from_slice(&chunk),
            Some(Err(error)) => {
                broken = Some(Err(io::Error::other(error)));
                break;
            }
            None => break,
        }
    }
    if let Some((at, name)) = file(&head)
        && let Ok(fields) = std::str::from_utf8(&head[..at])
        && fields.contains(VARIABLE)
    {
        let fields = fields.replace(VARIABLE, &name);
        let length = request.headers().get(CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if let Some(length) = length {
            let length = (length + fields.len()).saturating_sub(at);
            let length = HeaderValue::from(length);
            request.headers_mut().insert(CONTENT_LENGTH, length);
        }
        head.splice(..at, fields.into_bytes());
    }
    let head = stream::once(future::ready(Ok(head.into())));
    let all = head
        .chain(stream::iter(broken))
        .chain(rest.map_err(io::Error::other));
    *request.body_mut() = Body::from(StreamingBlob::wrap(all));
    request
}

pub(super) fn is_form<T>(request: &Request<T>) -> bool {
    let content_type = request.headers().get(CONTENT_TYPE);
    let content_type = content_type.and_then(|content_type| content_type.to_str().ok());
    *request.method() == Method::POST
        && content_type.is_some_and(|content_type| content_type.starts_with("multipart/form-data"))
}

/// Where the header of the file begins, and the file's name, without the folders that some browsers send with it.
fn file(head: &[u8]) -> Option<(usize, String)> {
    let mut at = 0;
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        let text = String::from_utf8_lossy(line);
        let disposition = text
            .to_ascii_lowercase()
            .starts_with("content-disposition:");
        if disposition && text.contains(" name=\"file\"") && text.ends_with('\n') {
            let name = text.split_once("filename=\"").unwrap_or_default().1;
            let name = name.split_once('"').unwrap_or_default().0;
            let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
            return Some((at, name.to_owned()));
        }
        at += line.len();
    }
    None
}
