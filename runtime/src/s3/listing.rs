//! Lists of a bucket's contents, page by page.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;

use super::{Admin, Failure};

/// Characters that a query holds unencoded. (S3 API reference: Signature Version 4, URI encoding.)
pub(super) const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// Characters that a key holds unencoded.
const KEY: &AsciiSet = &QUERY.remove(b'/');

/// One of the lists that a bucket has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    /// The current objects. (S3 API reference: ListObjectsV2.)
    Objects,
    /// All versions and delete markers. (S3 API reference: ListObjectVersions.)
    Versions,
    /// The multipart uploads that are neither completed nor aborted. (S3 API reference: ListMultipartUploads.)
    Uploads,
}

/// One entry of any of the lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) size: Option<u64>,
    /// A date as the server writes it, of RFC 3339.
    pub(crate) last_modified: Option<String>,
    #[serde(rename = "ETag")]
    pub(crate) etag: Option<String>,
    pub(crate) storage_class: Option<String>,
    pub(crate) version_id: Option<String>,
    pub(crate) is_latest: Option<bool>,
    pub(crate) upload_id: Option<String>,
    pub(crate) initiated: Option<String>,
    #[serde(skip)]
    pub(crate) is_delete_marker: bool,
}

/// The pages of one list.
pub(crate) struct Pages<'a> {
    admin: &'a Admin,
    bucket: &'a str,
    list: List,
    /// The query that makes pages short.
    limit: &'static str,
    /// The query that leads to the next page, or `None` after the last one.
    next: Option<String>,
}

impl<'a> Pages<'a> {
    pub(crate) fn new(admin: &'a Admin, bucket: &'a str, list: List) -> Self {
        Self {
            admin,
            bucket,
            list,
            limit: "",
            next: Some(String::new()),
        }
    }

    /// Asks for pages of one entry.
    pub(super) fn of_one_entry(mut self) -> Self {
        self.limit = match self.list {
            List::Objects | List::Versions => "&max-keys=1",
            List::Uploads => "&max-uploads=1",
        };
        self
    }

    /// Returns the entries of the next page, or `None` after the last one.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Entry>>, Failure> {
        let Some(from) = self.next.take() else {
            return Ok(None);
        };
        let list = self.list.query();
        let (bucket, limit) = (self.bucket, self.limit);
        let path = format!("{bucket}?{list}{limit}&encoding-type=url{from}");
        let page = Page::read(&self.admin.get(&path).await?)?;
        // A server that does not understand its own markers would lead round in a circle.
        self.next = page.next(self.list)?.filter(|next| *next != from);
        page.into_entries().map(Some)
    }

    /// Returns the entries of all pages.
    pub(crate) async fn all(mut self) -> Result<Vec<Entry>, Failure> {
        let mut all = Vec::new();
        while let Some(page) = self.next().await? {
            all.extend(page);
        }
        Ok(all)
    }
}

impl List {
    fn query(self) -> &'static str {
        match self {
            Self::Objects => "list-type=2",
            Self::Versions => "versions",
            Self::Uploads => "uploads",
        }
    }
}

/// Returns the path of an object, percent-encoded.
pub(crate) fn object_path(bucket: &str, key: &str) -> String {
    format!("{bucket}/{}", utf8_percent_encode(key, KEY))
}

/// A page of any of the lists.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    encoding_type: Option<String>,
    #[serde(default)]
    is_truncated: bool,
    next_continuation_token: Option<String>,
    next_key_marker: Option<String>,
    next_version_id_marker: Option<String>,
    next_upload_id_marker: Option<String>,
    #[serde(rename = "$value", default)]
    rest: Vec<Element>,
}

#[derive(Deserialize)]
enum Element {
    #[serde(alias = "Contents", alias = "Upload")]
    Version(Entry),
    DeleteMarker(Entry),
    #[serde(other)]
    Other,
}

impl Page {
    fn read(text: &str) -> Result<Self, Failure> {
        quick_xml::de::from_str(text).map_err(|error| {
            Failure::NoAnswer(format!("no list of the bucket's contents: {error}"))
        })
    }

    fn is_encoded(&self) -> bool {
        self.encoding_type.as_deref() == Some("url")
    }

    /// Returns the query that leads to the next page.
    fn next(&self, list: List) -> Result<Option<String>, Failure> {
        if !self.is_truncated {
            return Ok(None);
        }
        let key = match &self.next_key_marker {
            Some(key) if self.is_encoded() => Some(decode(key)?),
            key => key.clone(),
        };
        let markers = match list {
            List::Objects => [
                ("continuation-token", self.next_continuation_token.clone()),
                ("", None),
            ],
            List::Versions => [
                ("key-marker", key),
                ("version-id-marker", self.next_version_id_marker.clone()),
            ],
            List::Uploads => [
                ("key-marker", key),
                ("upload-id-marker", self.next_upload_id_marker.clone()),
            ],
        };
        let mut query = String::new();
        for (name, value) in markers {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                query.push_str(&format!("&{name}={}", utf8_percent_encode(&value, QUERY)));
            }
        }
        Ok(Some(query).filter(|query| !query.is_empty()))
    }

    fn into_entries(self) -> Result<Vec<Entry>, Failure> {
        let encoded = self.is_encoded();
        let entries = self.rest.into_iter().filter_map(|element| match element {
            Element::Version(entry) => Some(entry),
            Element::DeleteMarker(entry) => Some(Entry {
                is_delete_marker: true,
                ..entry
            }),
            Element::Other => None,
        });
        entries
            .map(|mut entry| {
                if encoded {
                    entry.key = decode(&entry.key)?;
                }
                Ok(entry)
            })
            .collect()
    }
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

    fn page(text: &str) -> Page {
        Page::read(text).expect("a page")
    }

    fn keys(text: &str) -> Vec<String> {
        let entries = page(text).into_entries().expect("entries");
        entries.into_iter().map(|entry| entry.key).collect()
    }

    #[test]
    fn every_list_is_read_and_every_key_comes_out_as_it_is() {
        let versions = "<?xml version=\"1.0\"?><ListVersionsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
            <Name>b</Name><Prefix/><IsTruncated>true</IsTruncated><EncodingType>url</EncodingType>\
            <NextKeyMarker>/le+ad</NextKeyMarker><NextVersionIdMarker>v2</NextVersionIdMarker>\
            <Version><Key>a+b%2Bc//d%25</Key><VersionId>v/1</VersionId><IsLatest>true</IsLatest><Size>7</Size>\
            <ETag>&quot;e&quot;</ETag><StorageClass>GLACIER</StorageClass>\
            <LastModified>2026-01-01T00:00:00.000Z</LastModified><Owner><ID>x</ID></Owner></Version>\
            <DeleteMarker><Key>%F0%9F%98%80%0A</Key><VersionId>null</VersionId></DeleteMarker>\
            <Version><Key>/le+ad</Key><VersionId>v2</VersionId></Version></ListVersionsResult>";
        let read = page(versions);
        assert_eq!(
            read.next(List::Versions).expect("markers").as_deref(),
            Some("&key-marker=%2Fle%20ad&version-id-marker=v2")
        );
        let entries = read.into_entries().expect("entries");
        assert_eq!(
            entries[0],
            Entry {
                key: "a b+c//d%".to_owned(),
                size: Some(7),
                last_modified: Some("2026-01-01T00:00:00.000Z".to_owned()),
                etag: Some("\"e\"".to_owned()),
                storage_class: Some("GLACIER".to_owned()),
                version_id: Some("v/1".to_owned()),
                is_latest: Some(true),
                ..Entry::default()
            }
        );
        assert_eq!(entries[1].key, "😀\n");
        assert!(entries[1].is_delete_marker && !entries[2].is_delete_marker);
        assert_eq!(entries[2].key, "/le ad");

        let uploads = "<ListMultipartUploadsResult><Bucket>b</Bucket><IsTruncated>false</IsTruncated>\
            <NextKeyMarker>a</NextKeyMarker><Upload><Key>a+b%</Key><UploadId>u=</UploadId><Initiated>now</Initiated>\
            </Upload></ListMultipartUploadsResult>";
        assert_eq!(page(uploads).next(List::Uploads).expect("markers"), None);
        let entries = page(uploads).into_entries().expect("entries");
        // Without the encoding that was asked for, a key is as it is written.
        assert_eq!(entries[0].key, "a+b%");
        assert_eq!(entries[0].upload_id.as_deref(), Some("u="));
        assert_eq!(entries[0].initiated.as_deref(), Some("now"));

        let objects = "<ListBucketResult><Name>b</Name><IsTruncated>true</IsTruncated>\
            <NextContinuationToken>a+/=</NextContinuationToken><Contents><Key>k</Key><Size>1</Size></Contents>\
            <KeyCount>1</KeyCount></ListBucketResult>";
        assert_eq!(keys(objects), ["k"]);
        assert_eq!(
            page(objects)
                .next(List::Objects)
                .expect("a token")
                .as_deref(),
            Some("&continuation-token=a%2B%2F%3D")
        );
        assert!(keys("<ListBucketResult><Name>b</Name></ListBucketResult>").is_empty());
        assert!(Page::read("Not Found").is_err());
    }
}
