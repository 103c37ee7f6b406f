//! Empties a bucket: unfinished uploads first, then versions and delete markers, then the objects of a server without
//! versions.
//!
//! It deletes a page and lists again from the start, so it needs no markers.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use http::StatusCode;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;

use super::{Admin, Failure};

/// The limit for emptying one bucket. A server deletes about a thousand objects in a second.
const LIMIT: Duration = Duration::from_secs(5 * 60);
const REQUESTS_AT_ONCE: usize = 16;
/// Characters that a query holds unencoded. (S3 API reference: Signature Version 4, URI encoding.)
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// Characters that a key holds unencoded.
const KEY: &AsciiSet = &QUERY.remove(b'/');
/// Deletes objects that a test has locked in governance mode, if the keys permit it.
const BYPASS: [(&str, &str); 1] = [("x-amz-bypass-governance-retention", "true")];

/// Deletes everything in the bucket.
pub(crate) async fn empty(admin: &Admin, bucket: &str) -> Result<(), Failure> {
    let emptied = async {
        for list in ["uploads", "versions", "list-type=2"] {
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
    for list in [
        "uploads&max-uploads=1",
        "versions&max-keys=1",
        "list-type=2&max-keys=1",
    ] {
        let page = page_of(admin, bucket, list).await?;
        if page.is_some_and(|page| !page.is_empty()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Returns the first page of a list, or `None` if the server has no such list. If it has such entries after all, it refuses
/// to delete the bucket.
async fn page_of(admin: &Admin, bucket: &str, list: &str) -> Result<Option<Vec<String>>, Failure> {
    let path = format!("{bucket}?{list}&encoding-type=url");
    match admin.get(&path).await {
        Ok(page) => read_page(&page, bucket).map(Some),
        Err(Failure::Refused(
            StatusCode::NOT_IMPLEMENTED
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::BAD_REQUEST
            | StatusCode::NOT_FOUND,
            _,
        )) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Deletes everything that one of the lists holds. (S3 API reference: ListMultipartUploads, ListObjectVersions,
/// ListObjectsV2.)
async fn empty_list(admin: &Admin, bucket: &str, list: &str) -> Result<(), Failure> {
    let mut before = Vec::new();
    loop {
        let Some(page) = page_of(admin, bucket, list).await? else {
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
        let deletions: Vec<_> = page
            .iter()
            .map(|path| admin.delete(path, &BYPASS))
            .collect();
        let deleted: Vec<Result<(), Failure>> = stream::iter(deletions)
            .buffer_unordered(REQUESTS_AT_ONCE)
            .collect()
            .await;
        deleted.into_iter().collect::<Result<(), Failure>>()?;
        before = page;
    }
}

/// A page of any of the lists.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    encoding_type: Option<String>,
    #[serde(rename = "$value", default)]
    rest: Vec<Element>,
}

#[derive(Deserialize)]
enum Element {
    #[serde(alias = "DeleteMarker", alias = "Upload", alias = "Contents")]
    Version(Entry),
    #[serde(other)]
    Other,
}

/// An object, one of its versions, a delete marker or an unfinished upload.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    key: String,
    version_id: Option<String>,
    upload_id: Option<String>,
}

/// Returns the paths to delete, with their queries.
fn read_page(page: &str, bucket: &str) -> Result<Vec<String>, Failure> {
    let page: Page = quick_xml::de::from_str(page)
        .map_err(|error| Failure::NoAnswer(format!("no list of the bucket's contents: {error}")))?;
    let encoded = page.encoding_type.as_deref() == Some("url");
    let entries = page.rest.into_iter().filter_map(|element| match element {
        Element::Version(entry) => Some(entry),
        Element::Other => None,
    });
    entries
        .map(|entry| {
            let key = match encoded {
                false => entry.key,
                true => decode(&entry.key)?,
            };
            let mut path = format!("{bucket}/{}", utf8_percent_encode(&key, KEY));
            let query = [
                ("versionId", &entry.version_id),
                ("uploadId", &entry.upload_id),
            ];
            for (name, value) in query {
                if let Some(value) = value {
                    path.push_str(&format!("?{name}={}", utf8_percent_encode(value, QUERY)));
                }
            }
            Ok(path)
        })
        .collect()
}

/// Decodes a key of a list with `encoding-type=url`, in which S3 writes a space as `+`.
fn decode(key: &str) -> Result<String, Failure> {
    let key = key.replace('+', " ");
    let decoded = percent_decode_str(&key).decode_utf8();
    decoded
        .map(std::borrow::Cow::into_owned)
        .map_err(|error| Failure::NoAnswer(format!("the list has a key that is no text: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_read_and_every_key_comes_out_as_it_is() {
        let versions = "<?xml version=\"1.0\"?><ListVersionsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
            <Name>b</Name><Prefix/><IsTruncated>false</IsTruncated><EncodingType>url</EncodingType>\
            <Version><Key>a+b%2Bc//d%25</Key><VersionId>v/1</VersionId><Owner><ID>x</ID></Owner></Version>\
            <DeleteMarker><Key>%F0%9F%98%80</Key><VersionId>null</VersionId></DeleteMarker>\
            <Version><Key>/lead</Key><VersionId>v2</VersionId></Version></ListVersionsResult>";
        assert_eq!(
            read_page(versions, "b").expect("a page"),
            [
                "b/a%20b%2Bc//d%25?versionId=v%2F1",
                "b/%F0%9F%98%80?versionId=null",
                "b//lead?versionId=v2"
            ]
        );
        let uploads = "<ListMultipartUploadsResult><Bucket>b</Bucket><Upload><Key>a+b%</Key><UploadId>u=</UploadId>\
            </Upload></ListMultipartUploadsResult>";
        assert_eq!(
            read_page(uploads, "b").expect("a page"),
            ["b/a%2Bb%25?uploadId=u%3D"]
        );
        let objects = "<ListBucketResult><Name>b</Name><Contents><Key>k</Key><Size>1</Size></Contents>\
            <KeyCount>1</KeyCount></ListBucketResult>";
        assert_eq!(read_page(objects, "b").expect("a page"), ["b/k"]);
        let empty = "<ListBucketResult><Name>b</Name></ListBucketResult>";
        assert!(read_page(empty, "b").expect("a page").is_empty());
        assert!(read_page("Not Found", "b").is_err());
    }
}
