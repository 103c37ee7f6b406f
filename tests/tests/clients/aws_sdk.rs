//! The AWS SDK for Rust.

use aws_sdk_s3::{
    Client,
    error::SdkError,
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart},
};
use aws_types::SdkConfig;
use s3_test::{BoxError, TestBucket, s3_test};

use crate::parts;

async fn read(client: &Client, bucket: &str, key: &str) -> Result<Vec<u8>, BoxError> {
    let got = client.get_object().bucket(bucket).key(key).send().await?;
    Ok(got.body.collect().await?.to_vec())
}

async fn keys(client: &Client, bucket: &str) -> Result<Vec<String>, BoxError> {
    let listed = client.list_objects_v2().bucket(bucket).send().await?;
    let keys = listed.contents().iter().filter_map(|object| object.key());
    Ok(keys.map(str::to_owned).collect())
}

/// Put, get, list, multipart, delete.
async fn use_it(client: &Client, bucket: &str) -> Result<(), BoxError> {
    let put = client.put_object().bucket(bucket).key("folder/ä b+c");
    put.body(ByteStream::from_static(b"content")).send().await?;
    let put = client.put_object().bucket(bucket).key("empty");
    put.send().await?;
    assert_eq!(read(client, bucket, "folder/ä b+c").await?, b"content");
    assert_eq!(read(client, bucket, "empty").await?, b"");
    let head = client.head_object().bucket(bucket).key("folder/ä b+c");
    assert_eq!(head.send().await?.content_length(), Some(7));
    let missing = client.get_object().bucket(bucket).key("missing").send();
    let missing = missing.await.map_err(SdkError::into_service_error);
    assert!(missing.is_err_and(|error| error.is_no_such_key()));

    // A body that is read while it is sent.
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), parts().concat())?;
    let put = client.put_object().bucket(bucket).key("streamed");
    put.body(ByteStream::from_path(file.path()).await?)
        .send()
        .await?;
    assert!(read(client, bucket, "streamed").await? == parts().concat());

    let large = || client.create_multipart_upload().bucket(bucket).key("large");
    let created = large().send().await?;
    let id = created.upload_id().expect("an id");
    let mut completed = CompletedMultipartUpload::builder();
    for (number, part) in (1..).zip(parts()) {
        let upload = client.upload_part().bucket(bucket).key("large");
        let upload = upload.upload_id(id).part_number(number).body(part.into());
        let done = upload.send().await?;
        let part = CompletedPart::builder().part_number(number);
        let part = part.set_e_tag(done.e_tag);
        completed = completed.parts(part.set_checksum_crc32(done.checksum_crc32).build());
    }
    let complete = client
        .complete_multipart_upload()
        .bucket(bucket)
        .key("large");
    let complete = complete.upload_id(id).multipart_upload(completed.build());
    complete.send().await?;
    assert!(read(client, bucket, "large").await? == parts().concat());

    let all = ["empty", "folder/ä b+c", "large", "streamed"];
    assert_eq!(keys(client, bucket).await?, all);
    for key in ["empty", "large", "streamed"] {
        client
            .delete_object()
            .bucket(bucket)
            .key(key)
            .send()
            .await?;
    }
    assert_eq!(keys(client, bucket).await?, ["folder/ä b+c"]);
    Ok(())
}

macro_rules! tests {
    ($module:ident, $($backend:tt)*) => {
        mod $module {
            use super::*;

            #[s3_test($($backend)*)]
            async fn a_client(client: Client, bucket: TestBucket) -> Result<(), BoxError> {
                use_it(&client, bucket.name()).await
            }

            #[s3_test(region = "eu-west-1", $($backend)*)]
            async fn a_configuration(
                config: SdkConfig,
                bucket: TestBucket,
            ) -> Result<(), BoxError> {
                assert_eq!(config.region().map(AsRef::as_ref), Some("eu-west-1"));
                use_it(&Client::new(&config), bucket.name()).await
            }
        }
    };
}

tests!(aws_sdk_on_the_server_of_the_environment,);
tests!(aws_sdk_on_the_embedded_server, backend = "embedded");
