//! What the protocol layer does not do for a browser's form (S3 API Reference, "Browser-based uploads using POST"): it knows
//! neither the variable `${filename}` nor the fields `acl` and `tagging`, and names an object by its path.

use super::errors;
use futures_util::{StreamExt, TryStreamExt, future, stream};
use http::{
    HeaderValue, Method, Request, Response, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION},
};
use s3s::{Body, S3Error, S3ErrorCode, S3Result, dto::StreamingBlob};
use std::io;

const VARIABLE: &str = "${filename}";

/// What all fields before the file may take together.
const LONGEST: usize = 20 << 10;

/// In bytes (S3 User Guide, "Naming Amazon S3 objects").
const LONGEST_KEY: usize = 1024;

/// In the extensions of a request that is a form: what the protocol layer does not read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form {
    pub(crate) acl: Option<String>,
    pub(crate) tagging: Option<String>,
}

/// In the extensions of the answer to a form: the URL of the object.
#[derive(Debug, Clone)]
pub(crate) struct Location(pub(crate) String);

/// Reads a form up to its file, and passes it on with the file's name in place of the variable: "all variables within the form
/// are expanded prior to validating the POST policy" ("Creating a POST policy").
pub(super) async fn expanded(mut request: Request<Body>) -> S3Result<Request<Body>> {
    if !is_form(&request) {
        return Ok(request);
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
    let file = file(&head);
    if file.as_ref().map_or(head.len(), |(at, _)| *at) > LONGEST {
        return Err(S3Error::with_message(
            S3ErrorCode::MaxPostPreDataLengthExceededError,
            "Your POST request fields preceding the upload file were too large.",
        ));
    }
    let mut form = Form::default();
    if let Some((at, name)) = file
        && let Ok(fields) = std::str::from_utf8(&head[..at])
    {
        let fields = fields.replace(VARIABLE, &name);
        valid_key(field(&fields, "key"))?;
        form.acl = field(&fields, "acl").map(str::to_owned);
        form.tagging = field(&fields, "tagging").map(str::to_owned);
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
    request.extensions_mut().insert(form);
    Ok(request)
}

fn valid_key(key: Option<&str>) -> S3Result<()> {
    match key {
        None => Err(errors::invalid_argument(
            "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
        )),
        Some("") => Err(errors::invalid_argument(
            "User key must have a length greater than 0.",
        )),
        Some(key) if key.len() > LONGEST_KEY => Err(S3Error::new(S3ErrorCode::KeyTooLongError)),
        Some(_) => Ok(()),
    }
}

/// Names the object of a form by its URL.
pub(super) fn locate(response: &mut Response<Body>) {
    let Some(Location(url)) = response.extensions_mut().remove() else {
        return;
    };
    // Where this one leads, the form has said.
    if response.status() == StatusCode::SEE_OTHER {
        return;
    }
    let document = response.body().bytes().unwrap_or_default();
    let document = String::from_utf8_lossy(&document);
    if let Some((start, rest)) = document.split_once("<Location>")
        && let Some((_, end)) = rest.split_once("</Location>")
    {
        let document = format!("{start}<Location>{url}</Location>{end}");
        response.headers_mut().remove(CONTENT_LENGTH);
        *response.body_mut() = Body::from(document);
    }
    let url = HeaderValue::try_from(url).map(|url| (LOCATION, url));
    response.headers_mut().extend(url);
}

pub(super) fn is_form<T>(request: &Request<T>) -> bool {
    let content_type = request.headers().get(CONTENT_TYPE);
    let content_type = content_type.and_then(|content_type| content_type.to_str().ok());
    *request.method() == Method::POST
        && content_type.is_some_and(|content_type| content_type.starts_with("multipart/form-data"))
}

/// The last field of this name, which is the one that counts where there are several.
fn field<'a>(fields: &'a str, name: &str) -> Option<&'a str> {
    let edge = fields.lines().find(|line| !line.is_empty())?;
    let disposition = format!(" name=\"{name}\"");
    let parts = fields.split(edge);
    let parts = parts.filter_map(|part| part.split_once("\r\n\r\n"));
    let named = parts.filter(|(header, _)| header.to_ascii_lowercase().contains(&disposition));
    named.last()?.1.strip_suffix("\r\n")
}

/// Where the header of the file begins, and the file's name, without the folders that some browsers send with it.
fn file(head: &[u8]) -> Option<(usize, String)> {
    let mut at = 0;
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        let text = String::from_utf8_lossy(line);
        let lower = text.to_ascii_lowercase();
        let disposition = lower.starts_with("content-disposition:");
        if disposition && lower.contains(" name=\"file\"") && text.ends_with('\n') {
            let name = text.split_once("filename=\"").unwrap_or_default().1;
            let name = name.split_once('"').unwrap_or_default().0;
            let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
            return Some((at, name.to_owned()));
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_by_their_names() {
        let fields = "--edge\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n\
            --edge\r\ncontent-disposition: form-data; name=\"B\"\r\n\r\n3\r\n\
            --edge\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n\r\n--edge\r\n";
        assert_eq!(field(fields, "a"), Some("1\r\n2"));
        assert_eq!(field(fields, "b"), Some(""));
        assert_eq!(field(fields, "c"), None);
    }
}
