//! Tests of the archive. The client is a parameter, configured for the test's bucket.

use aws_sdk_s3::Client;
use example_aws_sdk::Archive;
use s3_test::{Operation, Requests, TestBucket, s3_test};

#[s3_test(versioning = true)]
async fn earlier_versions_stay(
    client: Client,
    bucket: &TestBucket,
) -> Result<(), Box<dyn std::error::Error>> {
    let archive = Archive::new(client, bucket.name());
    let first = archive.save("minutes.md", "draft").await?;
    archive.save("minutes.md", "final").await?;
    assert_eq!(archive.open("minutes.md", None).await?, b"final");
    assert_eq!(archive.open("minutes.md", first.as_deref()).await?, b"draft");
    assert_eq!(archive.versions("minutes.md").await?, 2);
    Ok(())
}

#[s3_test]
async fn a_missing_document_is_an_error(client: Client, bucket: &TestBucket) {
    let archive = Archive::new(client, bucket.name());
    assert!(archive.open("missing.md", None).await.is_err());
}

/// What the SDK sends is seen by name.
#[s3_test]
async fn a_document_is_one_request(
    client: Client,
    bucket: &TestBucket,
    requests: Requests,
) -> Result<(), Box<dyn std::error::Error>> {
    let archive = Archive::new(client, bucket.name());
    archive.save("a.md", "content").await?;
    assert_eq!(requests.operation(Operation::PutObject).count(), 1);
    assert_eq!(requests.count(), 1, "{requests}");
    Ok(())
}
