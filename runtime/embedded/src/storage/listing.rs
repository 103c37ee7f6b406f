//! Listing in key order, page by page.
//!
//! The cost depends on the page and not on the bucket: a listing seeks to the first key of the page, and if a delimiter
//! collapses many keys into one common prefix, it seeks past all of them at once.

use std::{collections::BTreeMap, iter, ops::Bound};

/// A query for a listing of keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query<'a> {
    pub(crate) prefix: &'a str,
    /// Never empty.
    pub(crate) delimiter: Option<&'a str>,
    /// List only keys after this one or, if it is a common prefix, after all keys under it.
    pub(crate) after: Option<&'a str>,
    /// Begin among the versions or uploads of the key `after`, behind the one with this id.
    pub(crate) after_id: Option<&'a str>,
    /// The limit for keys and common prefixes together.
    pub(crate) limit: usize,
}

impl Query<'_> {
    /// Returns the id behind which the entries of `key` begin, if the page begins among them.
    pub(super) fn after_id_of(&self, key: &str) -> Option<String> {
        let after = self.after_id.filter(|_| self.after == Some(key));
        after.map(str::to_owned)
    }
}

/// One entry of a listing of keys.
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

/// One page of any listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page<T> {
    pub(crate) entries: Vec<T>,
    pub(crate) truncated: bool,
}

impl<T> Page<T> {
    /// Fills a page with the first of `entries`. S3 answers a page of no entries as complete.
    pub(crate) fn fill(entries: impl IntoIterator<Item = T>, limit: usize) -> Self {
        let mut rest = entries.into_iter().fuse();
        let entries = rest.by_ref().take(limit).collect();
        Self {
            truncated: limit > 0 && rest.next().is_some(),
            entries,
        }
    }

    /// Returns the entry after which the next page begins, if there is one.
    pub(crate) fn next_after(&self) -> Option<&T> {
        self.entries.last().filter(|_| self.truncated)
    }
}

impl<T> Page<Entry<'_, T>> {
    pub(crate) fn items(&self) -> impl Iterator<Item = (&str, &T)> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Item(key, item) => Some((*key, item)),
            Entry::Prefix(_) => None,
        })
    }

    pub(crate) fn prefixes(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Item(..) => None,
            Entry::Prefix(prefix) => Some(prefix.as_str()),
        })
    }
}

/// Returns the first string, in byte order, after all strings that begin with `prefix`, or `None` if there is none.
///
/// UTF-8 sorts like its scalar values, so the last character that has a successor is replaced by it.
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

/// Returns the common prefix that `key` collapses into, if it does.
pub(crate) fn common_prefix<'a>(
    key: &'a str,
    prefix: &str,
    delimiter: Option<&str>,
) -> Option<&'a str> {
    let delimiter = delimiter?;
    let at = key.get(prefix.len()..)?.find(delimiter)?;
    Some(&key[..prefix.len() + at + delimiter.len()])
}

/// Lists the keys of `map`. `show` says which entries a key has: none, one, or one for each of its versions or uploads.
pub(crate) fn page<'a, V, T, Shown: IntoIterator<Item = T>>(
    map: &'a BTreeMap<String, V>,
    query: &Query<'_>,
    show: impl Fn(&'a str, &'a V) -> Shown,
) -> Page<Entry<'a, T>> {
    let keys_from = |start: &Bound<String>| {
        map.range::<str, _>((start.as_ref().map(String::as_str), Bound::Unbounded))
    };
    let mut keys = Some(keys_from(&start_of(query)));
    let mut of_key: Option<(&'a str, Shown::IntoIter)> = None;
    let entries = iter::from_fn(|| {
        loop {
            if let Some((key, shown)) = &mut of_key
                && let Some(item) = shown.next()
            {
                let key = *key;
                let Some(common) = common_prefix(key, query.prefix, query.delimiter) else {
                    return Some(Entry::Item(key, item));
                };
                of_key = None;
                let next = after_prefix(common);
                keys = next.map(|next| keys_from(&Bound::Included(next)));
                return Some(Entry::Prefix(common.to_owned()));
            }
            let (key, value) = keys.as_mut()?.next()?;
            if !key.starts_with(query.prefix) {
                return None;
            }
            of_key = Some((key.as_str(), show(key, value).into_iter()));
        }
    });
    Page::fill(entries, query.limit)
}

fn start_of(query: &Query<'_>) -> Bound<String> {
    match query.after {
        Some(after) if query.after_id.is_some() && after >= query.prefix => {
            Bound::Included(after.to_owned())
        }
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
