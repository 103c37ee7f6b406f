//! OpenDAL.

use opendal::{ErrorKind, Operator, services::S3};
use s3_test::{BoxError, TestBucket, s3_test};

use crate::parts;

async fn keys(operator: &Operator) -> Result<Vec<String>, BoxError> {
    let mut listed = operator.list_with("").recursive(true).await?;
    listed.retain(|entry| entry.metadata().is_file());
    Ok(listed.iter().map(|entry| entry.path().to_owned()).collect())
}

/// Put, get, list, multipart, delete.
async fn use_it(operator: &Operator) -> Result<(), BoxError> {
    operator.write("folder/ä b+c", "content").await?;
    operator.write("empty", "").await?;
    assert_eq!(operator.read("folder/ä b+c").await?.to_vec(), b"content");
    assert_eq!(operator.read("empty").await?.to_vec(), b"");
    assert_eq!(operator.stat("folder/ä b+c").await?.content_length(), 7);
    let missing = operator.read("missing").await;
    assert!(missing.is_err_and(|error| error.kind() == ErrorKind::NotFound));

    let mut writer = operator
        .writer_with("large")
        .chunk(parts()[0].len())
        .await?;
    for part in parts() {
        writer.write(part).await?;
    }
    writer.close().await?;
    assert!(operator.read("large").await?.to_vec() == parts().concat());
    let etag = operator.stat("large").await?;
    assert!(etag.etag().is_some_and(|etag| etag.ends_with("-2\"")));

    assert_eq!(keys(operator).await?, ["empty", "folder/ä b+c", "large"]);
    operator.delete("empty").await?;
    operator.delete("large").await?;
    assert_eq!(keys(operator).await?, ["folder/ä b+c"]);
    Ok(())
}

macro_rules! tests {
    ($module:ident, $($backend:tt)*) => {
        mod $module {
            use super::*;

            #[s3_test($($backend)*)]
            async fn an_operator(operator: Operator) -> Result<(), BoxError> {
                use_it(&operator).await
            }

            /// Iceberg's `FileIO` hands them to OpenDAL in this way.
            #[s3_test($($backend)*)]
            async fn iceberg_properties(bucket: TestBucket) -> Result<(), BoxError> {
                let properties = bucket.iceberg_properties();
                assert_eq!(properties["s3.path-style-access"], "true");
                let service = S3::default()
                    .bucket(bucket.name())
                    .endpoint(&properties["s3.endpoint"])
                    .region(&properties["s3.region"])
                    .access_key_id(&properties["s3.access-key-id"])
                    .secret_access_key(&properties["s3.secret-access-key"]);
                use_it(&Operator::new(service)?).await
            }
        }
    };
}

tests!(opendal_on_the_server_of_the_environment,);
tests!(opendal_on_the_embedded_server, backend = "embedded");
