//! Listing in key order, page by page.
//!
//! The cost follows the page, not the bucket: a listing seeks to where the page begins, and where a delimiter collapses
//! many keys into one common prefix, it seeks past all of them at once.

use std::{collections::BTreeMap, ops::Bound};

/// A query for a listing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query<'a> {
    pub(crate) prefix: &'a str,
    /// Never empty.
    pub(crate) delimiter: Option<&'a str>,
    /// List only what comes after this key or, where it is one, after this common prefix and everything under it.
    pub(crate) after: Option<&'a str>,
    /// List what `after` itself has, too: the page begins among its versions.
    pub(crate) within: bool,
    /// Keys and common prefixes together.
    pub(crate) limit: usize,
}

/// One line of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry<'a, T> {
    Item(&'a str, T),
    Prefix(String),
}

impl<T> Entry<'_, T> {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Item(key, _) => key,
            Self::Prefix(prefix) => prefix,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page<'a, T> {
    pub(crate) entries: Vec<Entry<'a, T>>,
    pub(crate) truncated: bool,
}

/// The first string, in byte order, after all those that begin with `prefix`; none where there is no such string.
///
/// UTF-8 sorts as its scalar values do, so the last character that has a successor gets it.
pub(crate) fn after_prefix(prefix: &str) -> Option<String> {
    let mut rest = prefix.to_owned();
    while let Some(last) = rest.pop() {
        let successor = match last {
            '\u{D7FF}' => Some('\u{E000}'),
            char::MAX => None,
            other => char::from_u32(other as u32 + 1),
        };
        if let Some(successor) = successor {
            rest.push(successor);
            return Some(rest);
        }
    }
    None
}

/// The common prefix that `key` collapses into.
pub(crate) fn common_prefix<'a>(
    key: &'a str,
    prefix: &str,
    delimiter: Option<&str>,
) -> Option<&'a str> {
    let delimiter = delimiter?;
    let at = key.get(prefix.len()..)?.find(delimiter)?;
    Some(&key[..prefix.len() + at + delimiter.len()])
}

/// Lists `map`. `show` says which lines a key has: none, one, or one for each of its versions or uploads.
pub(crate) fn page<'a, V, T, Shown: IntoIterator<Item = T>>(
    map: &'a BTreeMap<String, V>,
    query: &Query<'_>,
    show: impl Fn(&'a str, &'a V) -> Shown,
) -> Page<'a, T> {
    let mut entries = Vec::new();
    let mut start = Some(start_of(query));
    'seek: while let Some(bound) = start.take() {
        let range = map.range::<str, _>((as_str(&bound), Bound::Unbounded));
        for (key, value) in range.take_while(|(key, _)| key.starts_with(query.prefix)) {
            for shown in show(key, value) {
                if entries.len() == query.limit {
                    // S3 answers a page of no keys as complete.
                    return Page {
                        truncated: query.limit > 0,
                        entries,
                    };
                }
                if let Some(common) = common_prefix(key, query.prefix, query.delimiter) {
                    entries.push(Entry::Prefix(common.to_owned()));
                    start = after_prefix(common).map(Bound::Included);
                    continue 'seek;
                }
                entries.push(Entry::Item(key, shown));
            }
        }
    }
    Page {
        entries,
        truncated: false,
    }
}

fn start_of(query: &Query<'_>) -> Bound<String> {
    match query.after {
        Some(after) if query.within && after >= query.prefix => Bound::Included(after.to_owned()),
        Some(after) if after >= query.prefix => {
            let collapsed = common_prefix(after, query.prefix, query.delimiter)
                .is_some_and(|common| common == after);
            match collapsed.then(|| after_prefix(after)).flatten() {
                Some(next) => Bound::Included(next),
                None => Bound::Excluded(after.to_owned()),
            }
        }
        _ => Bound::Included(query.prefix.to_owned()),
    }
}

fn as_str(bound: &Bound<String>) -> Bound<&str> {
    match bound {
        Bound::Included(key) => Bound::Included(key),
        Bound::Excluded(key) => Bound::Excluded(key),
        Bound::Unbounded => Bound::Unbounded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(keys: &[&str], query: Query<'_>) -> (Vec<String>, bool) {
        let map: BTreeMap<String, ()> = keys.iter().map(|key| ((*key).to_owned(), ())).collect();
        let page = page(&map, &query, |_, ()| Some(()));
        (
            page.entries
                .iter()
                .map(|entry| entry.name().to_owned())
                .collect(),
            page.truncated,
        )
    }

    #[test]
    fn a_common_prefix_counts_once_and_is_skipped_as_a_whole() {
        let keys = ["a", "b/1", "b/2", "b/3", "b0", "c/1"];
        let all = Query {
            delimiter: Some("/"),
            limit: 10,
            ..Default::default()
        };
        assert_eq!(
            names(&keys, all.clone()),
            (
                vec!["a".into(), "b/".into(), "b0".into(), "c/".into()],
                false
            )
        );
        assert_eq!(
            names(
                &keys,
                Query {
                    limit: 2,
                    ..all.clone()
                }
            ),
            (vec!["a".into(), "b/".into()], true)
        );
        assert_eq!(
            names(
                &keys,
                Query {
                    after: Some("b/"),
                    ..all.clone()
                }
            ),
            (vec!["b0".into(), "c/".into()], false)
        );
        assert_eq!(
            names(
                &keys,
                Query {
                    prefix: "b/",
                    ..all
                }
            ),
            (vec!["b/1".into(), "b/2".into(), "b/3".into()], false)
        );
    }

    #[test]
    fn the_last_page_is_not_truncated() {
        let query = Query {
            limit: 2,
            ..Default::default()
        };
        assert_eq!(
            names(&["a", "b"], query.clone()),
            (vec!["a".into(), "b".into()], false)
        );
        assert_eq!(
            names(&["a", "b"], Query { limit: 0, ..query }),
            (vec![], false)
        );
    }

    #[test]
    fn nothing_lies_between_a_prefix_and_what_follows_it() {
        assert_eq!(after_prefix("a/").as_deref(), Some("a0"));
        assert_eq!(after_prefix("\u{D7FF}").as_deref(), Some("\u{E000}"));
        assert_eq!(after_prefix("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(after_prefix("\u{10FFFF}"), None);
    }
}
