//! The tags of a bucket, as a place for a mark that says whose it is.

use base64::{Engine, prelude::BASE64_STANDARD};
use http::StatusCode;
use md5::{Digest, Md5};
use serde::Deserialize;

use super::{Admin, Failure};

/// A bucket's tags, each a key and a value.
pub(crate) type Tags = Vec<(String, String)>;

/// Returns the tags of a bucket; none if it has no set of tags. (S3 API reference: GetBucketTagging.)
pub(crate) async fn bucket_tags(admin: &Admin, bucket: &str) -> Result<Tags, Failure> {
    match admin.get(&format!("{bucket}?tagging")).await {
        Ok(document) => tags_in(&document),
        // Ceph says `NoSuchTagSetError`.
        Err(Failure::Refused(StatusCode::NOT_FOUND, message))
            if message.starts_with("NoSuchTagSet") =>
        {
            Ok(Vec::new())
        }
        Err(failure) => Err(failure),
    }
}

/// Gives a bucket this tag and no other. (S3 API reference: PutBucketTagging.)
pub(crate) async fn set_bucket_tag(
    admin: &Admin,
    bucket: &str,
    key: &str,
    value: &str,
) -> Result<(), Failure> {
    let document = format!(
        "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet><Tag><Key>{key}</Key><Value>{value}</Value></Tag>\
         </TagSet></Tagging>"
    );
    // Some servers require the digest.
    let digest = BASE64_STANDARD.encode(Md5::digest(&document));
    let headers = [("content-md5", digest.as_str())];
    let path = format!("{bucket}?tagging");
    admin.put(&path, &headers, &document).await
}

/// Takes all tags from a bucket. (S3 API reference: DeleteBucketTagging.)
pub(crate) async fn remove_bucket_tags(admin: &Admin, bucket: &str) -> Result<(), Failure> {
    admin.delete(&format!("{bucket}?tagging"), &[]).await
}

#[derive(Deserialize)]
struct Tagging {
    #[serde(rename = "TagSet", default)]
    set: TagSet,
}

#[derive(Deserialize, Default)]
struct TagSet {
    #[serde(rename = "Tag", default)]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    #[serde(default)]
    value: String,
}

/// Reads the tags of a bucket or an object in an answer. A server that does not know tags may answer with something else.
pub(crate) fn tags_in(document: &str) -> Result<Tags, Failure> {
    let tagging: Tagging = quick_xml::de::from_str(document)
        .map_err(|error| Failure::NoAnswer(format!("no list of tags: {error}")))?;
    let tags = tagging.set.tags.into_iter();
    Ok(tags.map(|tag| (tag.key, tag.value)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_and_another_document_has_none() {
        let document = "<?xml version=\"1.0\"?><Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet><Tag>\
                        <Key>a</Key><Value>b &amp; c</Value></Tag><Tag><Key>d</Key><Value/></Tag></TagSet></Tagging>";
        let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let tags = tags_in(document).expect("tags");
        assert_eq!(tags, [tag("a", "b & c"), tag("d", "")]);
        for none in [
            "<Tagging><TagSet></TagSet></Tagging>",
            "<Tagging><TagSet/></Tagging>",
            "<ListBucketResult><Name>b</Name></ListBucketResult>",
        ] {
            assert_eq!(tags_in(none).expect("no tags"), []);
        }
        assert!(tags_in("").is_err());
    }
}
