//! Fields of a form that the protocol layer does not read (S3 API Reference, "Browser-based uploads using POST"): it knows
//! neither the variable `${filename}` nor the fields `acl` and `tagging`.

use crate::errors;
use futures_util::{StreamExt, TryStreamExt, future, stream};
use http::{HeaderValue, Request, header::CONTENT_LENGTH};
use s3s::{Body, S3Error, S3ErrorCode, S3Result, dto::StreamingBlob};
use std::io;

const VARIABLE: &str = "${filename}";

/// The limit for all fields before the file, in bytes.
const LONGEST: usize = 20 << 10;

/// The limit for a key, in bytes (S3 User Guide, "Naming Amazon S3 objects").
const LONGEST_KEY: usize = 1024;

/// Fields that the protocol layer does not read, in the extensions of a form.
#[derive(Debug, Clone, Default)]
pub(super) struct Form {
    pub(super) acl: Option<String>,
    pub(super) tagging: Option<String>,
}

/// Reads a form up to its file, and replaces the variable by the name of the file: "all variables within the form
/// are expanded prior to validating the POST policy" ("Creating a POST policy").
pub(super) async fn expanded(mut request: Request<Body>) -> S3Result<Request<Body>> {
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
            let length = length.saturating_add(fields.len()).saturating_sub(at);
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

/// Returns the last field of this name. If there are several, the last one counts.
fn field<'a>(fields: &'a str, name: &str) -> Option<&'a str> {
    let disposition = format!(" name=\"{name}\"");
    let parts = parts(fields.as_bytes()).filter_map(|(at, part)| {
        let (header, value) = fields[at..at + part.len()].split_once("\r\n\r\n")?;
        let named = header.to_ascii_lowercase().contains(&disposition);
        named.then_some(value)
    });
    parts.last()
}

/// Returns the start of the file's part and the file's name, without the folders that some browsers send.
fn file(head: &[u8]) -> Option<(usize, String)> {
    parts(head).find_map(|(at, part)| {
        let part = String::from_utf8_lossy(part);
        let (header, _) = part.split_once("\r\n\r\n")?;
        if !header.to_ascii_lowercase().contains(" name=\"file\"") {
            return None;
        }
        let name = header.split_once("filename=\"").unwrap_or_default().1;
        let name = name.split_once('"').unwrap_or_default().0;
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        Some((at, name.to_owned()))
    })
}

/// Returns the parts between boundary lines, each with its start. The last may be incomplete (RFC 2046,
/// section 5.1.1).
fn parts(form: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let edge = form
        .windows(2)
        .position(|end| end == b"\r\n")
        .unwrap_or_default();
    let delimiter = [b"\r\n", &form[..edge], b"\r\n"].concat();
    let mut next = (edge > 0).then_some(edge + 2);
    std::iter::from_fn(move || {
        let start = next?;
        let rest = &form[start..];
        let end = rest
            .windows(delimiter.len())
            .position(|line| line == delimiter);
        next = end.map(|end| start + end + delimiter.len());
        Some((start, &rest[..end.unwrap_or(rest.len())]))
    })
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
