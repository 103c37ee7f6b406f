//! Details of an error besides its code and its text (S3 API Reference, "REST error responses"): the bucket, key, version or
//! condition, and the ids of the request. The protocol layer has no place for these.

use crate::{
    errors::{self, ELEMENT},
    target::Target,
};
use http::{
    HeaderMap, HeaderName, Method, Request, Response,
    header::{CONTENT_LENGTH, CONTENT_RANGE, RANGE},
};
use quick_xml::escape::escape;
use s3s::Body;

/// The parts of a request that its error may name.
pub(crate) struct Subject {
    method: Method,
    range: Option<String>,
    copy_source: Option<String>,
}

impl Subject {
    pub(crate) fn of<T>(request: &Request<T>) -> Self {
        let header = |name: HeaderName| {
            let value = request.headers().get(name)?;
            Some(value.to_str().ok()?.to_owned())
        };
        Self {
            method: request.method().clone(),
            range: header(RANGE),
            copy_source: header(HeaderName::from_static("x-amz-copy-source")),
        }
    }

    /// Adds to an error what S3 says in its document.
    pub(crate) fn complete(
        &self,
        response: &mut Response<Body>,
        target: &Target,
        request_id: &str,
        host_id: &str,
    ) {
        let given = response.headers_mut().remove(ELEMENT);
        if !(response.status().is_client_error() || response.status().is_server_error()) {
            return;
        }
        let Some(body) = response.body().bytes() else {
            return;
        };
        let document = String::from_utf8_lossy(&body);
        let (Some(start), Some(code)) = (
            document.strip_suffix("</Error>"),
            element(&document, "Code"),
        ) else {
            return;
        };
        let message = (!document.contains("<Message>"))
            .then(|| errors::text(code))
            .flatten();
        let mut elements = Vec::from_iter(message.map(|text| ("Message", text.to_owned())));
        elements.extend(self.details(code, target, response.headers()));
        let given = given.as_ref().and_then(|element| element.to_str().ok());
        if let Some((name, text)) = given.and_then(|element| element.split_once('=')) {
            elements.push((name, text.to_owned()));
        }
        elements.push(("RequestId", request_id.to_owned()));
        elements.push(("HostId", host_id.to_owned()));
        let elements = elements.iter();
        let elements = elements.map(|(name, text)| format!("<{name}>{}</{name}>", writable(text)));
        let completed = format!("{start}{}</Error>", elements.collect::<String>());
        response.headers_mut().remove(CONTENT_LENGTH);
        *response.body_mut() = Body::from(completed);
    }

    fn details(
        &self,
        code: &str,
        target: &Target,
        headers: &HeaderMap,
    ) -> Vec<(&'static str, String)> {
        let named = |name, text: Option<&str>| text.map(|text| (name, text.to_owned()));
        // A copy that fails with 404 misses its source.
        let source = self.copy_source.as_ref().and_then(|source| {
            let uri = format!("/{}", source.trim_start_matches('/')).parse();
            uri.map(|uri| Target::of(&uri)).ok()
        });
        let missing = source.as_ref().unwrap_or(target);
        let key = named("Key", missing.key());
        match code {
            "BucketAlreadyExists"
            | "BucketAlreadyOwnedByYou"
            | "BucketNotEmpty"
            | "InvalidBucketName"
            | "NoSuchBucket"
            | "NoSuchBucketPolicy"
            | "NoSuchCORSConfiguration"
            | "NoSuchLifecycleConfiguration"
            | "NoSuchTagSet"
            | "ObjectLockConfigurationNotFoundError"
            | "ServerSideEncryptionConfigurationNotFoundError" => {
                // It could be either resource.
                let bucket = named("BucketName", target.bucket());
                Vec::from_iter(bucket.filter(|_| source.is_none()))
            }
            "InvalidRange" => {
                let size = headers
                    .get(CONTENT_RANGE)
                    .and_then(|range| range.to_str().ok()?.strip_prefix("bytes */"));
                let size = size.map(|size| ("ActualObjectSize", size.to_owned()));
                let range = self.range.clone().map(|range| ("RangeRequested", range));
                range.into_iter().chain(size).collect()
            }
            "MethodNotAllowed" => {
                let of_marker = headers.contains_key("x-amz-delete-marker");
                let kind = if of_marker { "DeleteMarker" } else { "SERVICE" };
                vec![
                    ("Method", self.method.to_string()),
                    ("ResourceType", kind.to_owned()),
                ]
            }
            "NoSuchKey" => Vec::from_iter(key),
            "NoSuchUpload" => Vec::from_iter(named("UploadId", target.value("uploadId"))),
            "NoSuchVersion" => {
                let version = named("VersionId", missing.value("versionId"));
                key.into_iter().chain(version).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn element<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0)
}

/// Replaces control characters, which XML cannot represent, not even escaped.
fn writable(text: &str) -> String {
    let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    escape(text.replace(control, "\u{fffd}")).into_owned()
}
