//! The keys of DeleteObjects, and answers that say of some of them that they are still there.

use std::collections::BTreeSet;

use quick_xml::escape::unescape;

use super::faults::S3Error;

/// A key that is to be deleted, as the document writes it: escaped.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    key: String,
    version: Option<String>,
}

/// Returns the answer to a request that deletes nothing: an error for each of its keys.
pub(super) fn refused(request: &[u8], error: S3Error) -> String {
    let errors = entries(request)
        .iter()
        .map(|it| written(it, error))
        .collect();
    result(errors)
}

/// Returns the server's answer with errors for the keys that begin so.
pub(super) fn refused_late(request: &[u8], answer: &[u8], prefix: &str, error: S3Error) -> String {
    let fails = |key: &str| unescape(key).is_ok_and(|key| key.starts_with(prefix));
    let entries = entries(request);
    let failing: BTreeSet<&str> = entries
        .iter()
        .map(|it| it.key.as_str())
        .filter(|key| fails(key))
        .collect();
    let errors: String = entries
        .iter()
        .filter(|it| failing.contains(it.key.as_str()))
        .map(|it| written(it, error))
        .collect();
    let answer = String::from_utf8_lossy(answer);
    let rest = ["Deleted", "Error"]
        .into_iter()
        .flat_map(|name| elements(&answer, name));
    let rest = rest.filter(|(_, inner)| !text(inner, "Key").is_some_and(fails));
    let rest: String = rest.map(|(element, _)| element).collect();
    result(rest + &errors)
}

fn result(entries: String) -> String {
    format!(
        "<DeleteResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{entries}</DeleteResult>"
    )
}

fn written(entry: &Entry, error: S3Error) -> String {
    error.entry(&entry.key, entry.version.as_deref())
}

fn entries(request: &[u8]) -> Vec<Entry> {
    let request = String::from_utf8_lossy(request);
    let objects = elements(&request, "Object");
    let entries = objects.filter_map(|(_, inner)| {
        Some(Entry {
            key: text(inner, "Key")?.to_owned(),
            version: text(inner, "VersionId").map(str::to_owned),
        })
    });
    entries.collect()
}

/// Returns each element of this name, whole and its inside. Keys are escaped, so no tag stands in one.
fn elements<'a>(document: &'a str, name: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = document;
    std::iter::from_fn(move || {
        let start = rest.find(&open)?;
        let end = start + rest[start..].find(&close)?;
        let inner = &rest[start + open.len()..end];
        let element = &rest[start..end + close.len()];
        rest = &rest[end + close.len()..];
        Some((element, inner))
    })
}

fn text<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    elements(document, name).next().map(|(_, inner)| inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &[u8] =
        b"<?xml version=\"1.0\"?><Delete xmlns=\"x\"><Object><Key>a/&lt;1&gt;</Key></Object>\
        <Object><Key>b</Key><VersionId>v</VersionId></Object><Quiet>false</Quiet></Delete>";

    #[test]
    fn every_key_is_refused() {
        let refused = refused(REQUEST, S3Error::ACCESS_DENIED);
        let (a, b) = (
            "<Error><Key>a/&lt;1&gt;</Key><Code>AccessDenied</Code>",
            "<Error><Key>b</Key><VersionId>v</VersionId><Code>AccessDenied</Code>",
        );
        assert!(refused.contains(a) && refused.contains(b), "{refused}");
    }

    #[test]
    fn keys_with_the_prefix_are_refused_after_the_fact() {
        let answer = b"<DeleteResult><Deleted><Key>a/&lt;1&gt;</Key></Deleted><Deleted><Key>b</Key></Deleted></DeleteResult>";
        let refused = refused_late(REQUEST, answer, "a/<", S3Error::INTERNAL_ERROR);
        assert!(
            refused.contains("<Deleted><Key>b</Key></Deleted><Error><Key>a/&lt;1&gt;</Key>"),
            "{refused}"
        );
        assert_eq!(refused.matches("<Key>").count(), 2, "{refused}");
    }
}
