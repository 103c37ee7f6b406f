//! Empties a bucket: unfinished uploads first, then versions and delete markers, then the objects of a server without
//! versions.
//!
//! It deletes a page and lists again from the start, so it needs no markers.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use http::StatusCode;
use percent_encoding::utf8_percent_encode;

use super::{
    Admin, Failure,
    listing::{Entry, List, Pages, QUERY, object_path},
};
use crate::process::exit;

/// The limit for emptying one bucket. A server deletes about a thousand objects in a second.
const LIMIT: Duration = Duration::from_secs(5 * 60);
const REQUESTS_AT_ONCE: usize = 16;
/// Everything that keeps a bucket from being deleted, in the order in which it goes.
const LISTS: [List; 3] = [List::Uploads, List::Versions, List::Objects];
/// Deletes objects that a test has locked in governance mode, if the keys permit it.
const BYPASS: [(&str, &str); 1] = [("x-amz-bypass-governance-retention", "true")];

/// Deletes everything in the bucket.
pub(crate) async fn empty(admin: &Admin, bucket: &str) -> Result<(), Failure> {
    let emptied = async {
        for list in LISTS {
            empty_list(admin, bucket, list).await?;
        }
        Ok(())
    };
    tokio::time::timeout(LIMIT, emptied)
        .await
        .unwrap_or_else(|_elapsed| {
            let limit = LIMIT.as_secs();
            Err(Failure::NoAnswer(format!(
                "it was not empty after {limit} s of deleting"
            )))
        })
}

/// Returns true if nothing is in the bucket, in none of the lists that the server has.
pub(crate) async fn is_empty(admin: &Admin, bucket: &str) -> Result<bool, Failure> {
    for list in LISTS {
        let page = first_page(Pages::new(admin, bucket, list).of_one_entry()).await?;
        if page.is_some_and(|page| !page.is_empty()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Returns the first page of a list, or `None` if the server has no such list. If it has such entries after all, it refuses
/// to delete the bucket.
async fn first_page(mut pages: Pages<'_>) -> Result<Option<Vec<Entry>>, Failure> {
    match pages.next().await {
        Err(Failure::Refused(
            StatusCode::NOT_IMPLEMENTED
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::BAD_REQUEST
            | StatusCode::NOT_FOUND,
            _,
        )) => Ok(None),
        other => other,
    }
}

/// Deletes everything that one of the lists holds. (S3 API reference: ListMultipartUploads, ListObjectVersions,
/// ListObjectsV2.)
async fn empty_list(admin: &Admin, bucket: &str, list: List) -> Result<(), Failure> {
    let mut before = Vec::new();
    loop {
        let Some(page) = first_page(Pages::new(admin, bucket, list)).await? else {
            return Ok(());
        };
        if page.is_empty() {
            return Ok(());
        }
        if page == before {
            return Err(Failure::NoAnswer(
                "what was deleted is still listed".to_owned(),
            ));
        }
        let paths: Vec<String> = page.iter().map(|entry| path(bucket, entry)).collect();
        let deletions: Vec<_> = paths
            .iter()
            .map(|path| admin.delete(path, &BYPASS))
            .collect();
        let deleted: Vec<Result<(), Failure>> = stream::iter(deletions)
            .buffer_unordered(REQUESTS_AT_ONCE)
            .inspect(|_| exit::progressed())
            .collect()
            .await;
        deleted.into_iter().collect::<Result<(), Failure>>()?;
        before = page;
    }
}

/// Returns the path to delete, with its query.
fn path(bucket: &str, entry: &Entry) -> String {
    let mut path = object_path(bucket, &entry.key);
    let query = [
        ("versionId", &entry.version_id),
        ("uploadId", &entry.upload_id),
    ];
    for (name, value) in query {
        if let Some(value) = value {
            path.push_str(&format!("?{name}={}", utf8_percent_encode(value, QUERY)));
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_has_a_path_of_its_own() {
        let entry = |key: &str, version: Option<&str>, upload: Option<&str>| Entry {
            key: key.to_owned(),
            version_id: version.map(str::to_owned),
            upload_id: upload.map(str::to_owned),
            ..Entry::default()
        };
        for (entry, expected) in [
            (
                entry("a b+c//d%", Some("v/1"), None),
                "b/a%20b%2Bc//d%25?versionId=v%2F1",
            ),
            (
                entry("😀", Some("null"), None),
                "b/%F0%9F%98%80?versionId=null",
            ),
            (entry("/lead", Some("v2"), None), "b//lead?versionId=v2"),
            (entry("a+b%", None, Some("u=")), "b/a%2Bb%25?uploadId=u%3D"),
            (entry("k", None, None), "b/k"),
        ] {
            assert_eq!(path("b", &entry), expected);
        }
    }
}
