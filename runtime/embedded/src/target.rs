//! What a request is about, read from its URL as the protocol layer reads it: decoded first, and then taken apart.

use http::Uri;
use percent_encoding::percent_decode_str;

/// The path and the query of a request.
pub(super) struct Target {
    path: String,
    query: Vec<(String, String)>,
}

impl Target {
    pub(super) fn of(uri: &Uri) -> Self {
        let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        Self {
            path: decoded(uri.path().strip_prefix('/').unwrap_or_default()),
            query: query.into_owned().collect(),
        }
    }

    pub(super) fn bucket(&self) -> Option<&str> {
        let (bucket, _) = self.path.split_once('/').unwrap_or((&self.path, ""));
        Some(bucket).filter(|bucket| !bucket.is_empty())
    }

    pub(super) fn key(&self) -> Option<&str> {
        let (_, key) = self.path.split_once('/')?;
        Some(key).filter(|key| !key.is_empty())
    }

    /// The names and values in the query.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.query.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of a query parameter.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let pair = self.query.iter().find(|(parameter, _)| parameter == name);
        pair.map(|(_, value)| value.as_str())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    pub(super) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.has(name))
    }
}

/// One parameter of a query, where nothing else is wanted of it.
pub(super) fn query_value(uri: &Uri, name: &str) -> Option<String> {
    let mut query = form_urlencoded::parse(uri.query()?.as_bytes());
    query.find_map(|(parameter, value)| (parameter == name).then(|| value.into_owned()))
}

pub(super) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
