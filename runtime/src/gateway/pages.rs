//! Numbers the pages of listings, which arrive as requests of their own.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::{operation::Operation, target::Target};

/// The operations whose answers come in pages.
const LISTINGS: [Operation; 6] = [
    Operation::ListBuckets,
    Operation::ListMultipartUploads,
    Operation::ListObjects,
    Operation::ListObjectsV2,
    Operation::ListObjectVersions,
    Operation::ListParts,
];
/// The parameters by which a listing goes on after a page.
const CONTINUATIONS: [&str; 6] = [
    "continuation-token",
    "key-marker",
    "marker",
    "part-number-marker",
    "upload-id-marker",
    "version-id-marker",
];

/// The listings that have begun, each with the continuations of its pages in the order in which they were asked for.
#[derive(Debug, Default)]
pub(super) struct Pages(Mutex<HashMap<String, Vec<String>>>);

impl Pages {
    /// Returns the number of the page that a request asks for, from 1; nothing if it asks for no page.
    ///
    /// A page that is asked for again has its number already, and a listing from the start begins anew.
    pub(super) fn number(&self, operation: Operation, target: &Target) -> Option<usize> {
        LISTINGS.contains(&operation).then_some(())?;
        let is_continuation = |name: &str| CONTINUATIONS.contains(&name);
        let (continuation, listing): (Vec<_>, Vec<_>) =
            target.pairs().partition(|(name, _)| is_continuation(name));
        let address = (&target.bucket, &target.key);
        let listing = format!("{operation}{address:?}{listing:?}");
        let continuation = format!("{continuation:?}");
        let mut listings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pages = listings.entry(listing).or_default();
        if !is_continued(target) {
            pages.clear();
        }
        let known = pages.iter().position(|it| *it == continuation);
        let index = known.unwrap_or_else(|| {
            pages.push(continuation);
            pages.len() - 1
        });
        Some(index + 1)
    }
}

/// Tells whether a listing goes on after an earlier page.
pub(super) fn is_continued(target: &Target) -> bool {
    let mut names = CONTINUATIONS.iter();
    names.any(|name| target.value(name).is_some_and(|value| !value.is_empty()))
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    #[test]
    fn pages_are_numbered_by_listing() {
        let pages = Pages::default();
        let number = |query: &str| {
            let uri = format!("/b?{query}").parse().expect("an address");
            pages.number(
                Operation::ListObjectsV2,
                &Target::of(&uri, &HeaderMap::new()),
            )
        };
        for (query, page) in [
            ("list-type=2", 1),
            ("list-type=2&continuation-token=x", 2),
            ("list-type=2&prefix=a", 1),
            // The client tries again.
            ("list-type=2&continuation-token=x", 2),
            ("continuation-token=y&list-type=2", 3),
            ("prefix=a&list-type=2", 1),
            // The same listing once more, whose tokens may be others.
            ("list-type=2", 1),
            ("list-type=2&continuation-token=z", 2),
            // From the middle on.
            ("list-type=2&prefix=b&continuation-token=z", 1),
        ] {
            assert_eq!(number(query), Some(page), "{query}");
        }
        let uri = "/b/k".parse().expect("an address");
        let target = Target::of(&uri, &HeaderMap::new());
        assert_eq!(pages.number(Operation::GetObject, &target), None);
    }
}
