//! Reads what a request is about from its path, its query and its `Host`.

use http::{HeaderMap, Uri, header::HOST};
use percent_encoding::percent_decode_str;

/// The bucket, the key and the query of a request, decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) bucket: Option<String>,
    pub(super) key: Option<String>,
    query: Vec<(String, String)>,
}

impl Target {
    pub(super) fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = host.or_else(|| uri.authority().map(|it| it.as_str()));
        let path = uri.path().strip_prefix('/').unwrap_or_default();
        let (bucket, key) = match host.and_then(bucket_of_host) {
            Some(bucket) => (bucket, path),
            None => path.split_once('/').unwrap_or((path, "")),
        };
        let filled = |text: &str| Some(decoded(text)).filter(|text| !text.is_empty());
        let pairs = uri.query().unwrap_or_default().split('&');
        let query = pairs.filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = value.replace('+', " ");
            (decoded(name), decoded(&value))
        });
        Self {
            bucket: filled(bucket),
            key: filled(key),
            query: query.collect(),
        }
    }

    /// Returns the parameters of the query in the order of their names.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut pairs: Vec<_> = self.query.iter().collect();
        pairs.sort();
        pairs
            .into_iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the value of a parameter of the query.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let mut query = self.query.iter();
        query
            .find(|(parameter, _)| parameter == name)
            .map(|(_, value)| value.as_str())
    }

    /// Tells whether the query has `name` or `name=value`.
    pub(super) fn has(&self, parameter: &str) -> bool {
        match parameter.split_once('=') {
            Some((name, value)) => self.value(name) == Some(value),
            None => self.value(parameter).is_some(),
        }
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Returns the bucket in a virtual-hosted address: `bucket.localhost:9000`, `bucket.s3.eu-west-1.amazonaws.com`.
fn bucket_of_host(host: &str) -> Option<&str> {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let bucket = name.strip_suffix(".localhost").or_else(|| {
        let separators = [".s3.", ".s3-", ".s3express-"];
        let ends = separators.iter().filter_map(|it| name.find(it));
        ends.min().map(|end| &name[..end])
    })?;
    (!bucket.is_empty()).then_some(bucket)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn target(host: &'static str, uri: &str) -> Target {
        let headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static(host))]);
        Target::of(&uri.parse().expect(uri), &headers)
    }

    #[test]
    fn both_styles_of_address_name_bucket_and_key() {
        for (host, uri, bucket, key) in [
            ("127.0.0.1:9", "/", None, None),
            ("127.0.0.1:9", "/b", Some("b"), None),
            ("127.0.0.1:9", "/b/", Some("b"), None),
            ("127.0.0.1:9", "/b/k", Some("b"), Some("k")),
            ("127.0.0.1:9", "/b//k/../x", Some("b"), Some("/k/../x")),
            ("localhost:9", "/b/a%2Fb%20c+d", Some("b"), Some("a/b c+d")),
            ("s3.example", "/b/k", Some("b"), Some("k")),
            ("b.localhost:9", "/k/l", Some("b"), Some("k/l")),
            ("b.localhost:9", "/", Some("b"), None),
            ("b.c.s3.amazonaws.com", "/k", Some("b.c"), Some("k")),
            ("b.s3.eu-west-1.amazonaws.com", "/k", Some("b"), Some("k")),
            ("b.s3-eu-west-1.amazonaws.com", "/k", Some("b"), Some("k")),
            ("s3.amazonaws.com", "/b/k", Some("b"), Some("k")),
        ] {
            let target = target(host, uri);
            assert_eq!(
                (target.bucket.as_deref(), target.key.as_deref()),
                (bucket, key),
                "{host} {uri}"
            );
        }
    }

    #[test]
    fn a_query_is_decoded() {
        let target = target("localhost", "/b?list-type=2&prefix=a%2F+b&delimiter");
        assert!(target.has("list-type=2") && !target.has("list-type=1"));
        assert_eq!(target.value("prefix"), Some("a/ b"));
        assert!(target.has("delimiter") && !target.has("uploads"));
    }
}
