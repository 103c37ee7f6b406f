//! What an error says besides its code and its text (S3 API Reference, "REST error responses"): which bucket, key, version or
//! condition, and the ids of the request. The protocol layer has no place for these.

use super::errors::{self, CONDITION};
use http::{
    HeaderMap, HeaderName, Method, Request, Response, Uri,
    header::{CONTENT_LENGTH, CONTENT_RANGE, RANGE},
};
use percent_encoding::percent_decode_str;
use quick_xml::escape::escape;
use s3s::Body;

/// What of a request its error may speak of.
pub(super) struct Subject {
    method: Method,
    uri: Uri,
    range: Option<String>,
    copy_source: Option<String>,
}

impl Subject {
    pub(super) fn of<T>(request: &Request<T>) -> Self {
        let header = |name: HeaderName| {
            let value = request.headers().get(name)?;
            Some(value.to_str().ok()?.to_owned())
        };
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            range: header(RANGE),
            copy_source: header(HeaderName::from_static("x-amz-copy-source")),
        }
    }

    /// Gives an error all that S3 says in it.
    pub(super) fn complete(&self, response: &mut Response<Body>, request_id: &str, host_id: &str) {
        let condition = response.headers_mut().remove(CONDITION);
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
        elements.extend(self.details(code, response.headers()));
        if let Some(condition) = condition.as_ref().and_then(|name| name.to_str().ok()) {
            elements.push(("Condition", condition.to_owned()));
        }
        elements.push(("RequestId", request_id.to_owned()));
        elements.push(("HostId", host_id.to_owned()));
        let elements = elements.iter();
        let elements = elements.map(|(name, text)| format!("<{name}>{}</{name}>", escape(text)));
        let completed = format!("{start}{}</Error>", elements.collect::<String>());
        response.headers_mut().remove(CONTENT_LENGTH);
        *response.body_mut() = Body::from(completed);
    }

    fn details(&self, code: &str, headers: &HeaderMap) -> Vec<(&'static str, String)> {
        let path = self.uri.path().trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let key = || {
            let source = self.copy_source.as_deref().and_then(|source| {
                let (path, _) = source.split_once('?').unwrap_or((source, ""));
                Some(path.trim_start_matches('/').split_once('/')?.1)
            });
            ("Key", decoded(source.unwrap_or(key)))
        };
        let parameter = |name, parameter: &str| {
            let query = self.uri.query().unwrap_or_default().split('&');
            let value = query
                .filter_map(|pair| pair.split_once('='))
                .find(|(name, _)| *name == parameter);
            value.map(|(_, value)| (name, decoded(value)))
        };
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
                vec![("BucketName", decoded(bucket))]
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
            "NoSuchKey" => vec![key()],
            "NoSuchUpload" => Vec::from_iter(parameter("UploadId", "uploadId")),
            "NoSuchVersion" => {
                let version = parameter("VersionId", "versionId");
                [key()].into_iter().chain(version).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn element<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0)
}

fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}
