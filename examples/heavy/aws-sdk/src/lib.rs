//! An archive of documents, written against the AWS SDK for Rust.

use aws_sdk_s3::{Client, Error, primitives::ByteStream, types::ObjectVersion};

/// Keeps documents, and all of their earlier versions, in a bucket with versioning.
#[derive(Debug, Clone)]
pub struct Archive {
    client: Client,
    bucket: String,
}

impl Archive {
    /// Creates the archive in a bucket.
    pub fn new(client: Client, bucket: impl Into<String>) -> Self {
        let bucket = bucket.into();
        Self { client, bucket }
    }

    /// Saves a document and returns the id of this version.
    pub async fn save(&self, key: &str, content: &str) -> Result<Option<String>, Error> {
        let put = self.client.put_object().bucket(&self.bucket).key(key);
        let body = ByteStream::from(content.as_bytes().to_vec());
        Ok(put.body(body).send().await?.version_id)
    }

    /// Returns a version of a document, or the latest one.
    pub async fn open(&self, key: &str, version: Option<&str>) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        let get = self.client.get_object().bucket(&self.bucket).key(key);
        let object = get.set_version_id(version.map(str::to_owned)).send().await?;
        Ok(object.body.collect().await?.to_vec())
    }

    /// Returns the number of versions of a document.
    pub async fn versions(&self, key: &str) -> Result<usize, Error> {
        let list = self.client.list_object_versions().bucket(&self.bucket);
        let listed = list.prefix(key).send().await?;
        let of_key = |version: &&ObjectVersion| version.key() == Some(key);
        Ok(listed.versions().iter().filter(of_key).count())
    }
}
