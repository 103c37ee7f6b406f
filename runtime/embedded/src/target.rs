//! The target of a request. Like the protocol layer, it decodes the URL first and splits it afterwards.

use http::{Method, Request, Uri, header::CONTENT_TYPE};
use percent_encoding::percent_decode_str;

/// The path and the query of a request.
pub(crate) struct Target {
    path: String,
    query: Vec<(String, String)>,
}

impl Target {
    pub(crate) fn of(uri: &Uri) -> Self {
        let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        Self {
            path: decoded(uri.path().strip_prefix('/').unwrap_or_default()),
            query: query.into_owned().collect(),
        }
    }

    pub(crate) fn bucket(&self) -> Option<&str> {
        let (bucket, _) = self.path.split_once('/').unwrap_or((&self.path, ""));
        Some(bucket).filter(|bucket| !bucket.is_empty())
    }

    pub(crate) fn key(&self) -> Option<&str> {
        let (_, key) = self.path.split_once('/')?;
        Some(key).filter(|key| !key.is_empty())
    }

    /// Returns the names and values in the query.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.query.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the value of a query parameter.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let pair = self.query.iter().find(|(parameter, _)| parameter == name);
        pair.map(|(_, value)| value.as_str())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    pub(crate) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.has(name))
    }
}

/// Returns the value of one parameter without parsing the rest of the target.
pub(crate) fn query_value(uri: &Uri, name: &str) -> Option<String> {
    let mut query = form_urlencoded::parse(uri.query()?.as_bytes());
    query.find_map(|(parameter, value)| (parameter == name).then(|| value.into_owned()))
}

pub(crate) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Subresources of an object that are put as a document; `uploadId` completes an upload. S3 ignores any other parameter, so that
/// the PUT stores the object.
const OF_OBJECTS: [&str; 5] = ["acl", "legal-hold", "retention", "tagging", "uploadId"];

/// Returns true if the body is a document and not an object.
pub(crate) fn is_document(method: &Method, target: &Target) -> bool {
    match *method {
        Method::PUT if target.has("partNumber") => false,
        Method::PUT | Method::POST if target.key().is_some() => target.has_any(&OF_OBJECTS),
        Method::PUT => true,
        // The only other POST to a bucket is a form.
        Method::POST => target.has("delete"),
        _ => false,
    }
}

/// Returns true if the request is a browser's form.
pub(crate) fn is_form<T>(request: &Request<T>) -> bool {
    let content_type = request.headers().get(CONTENT_TYPE);
    let content_type = content_type.and_then(|content_type| content_type.to_str().ok());
    let essence = content_type.and_then(|content_type| content_type.split(';').next());
    *request.method() == Method::POST
        && essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("multipart/form-data"))
}
