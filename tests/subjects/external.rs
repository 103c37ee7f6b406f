//! Tests that name a bucket which somebody else may have, and one that leaves as much as it can.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, RetryConfig, path::Path};
use s3_test::{BoxError, Faults, FromBucket, Operation, Requests, S3Error, TestBucket, s3_test};
use s3_test_suite::{Client, record, round_trip};

mod precious {
    use super::*;

    #[s3_test(bucket = "precious")]
    async fn uses_it(bucket: TestBucket, store: Arc<dyn ObjectStore>) -> object_store::Result<()> {
        record(&bucket);
        round_trip(&*store, "mine").await
    }

    #[s3_test(bucket = "precious")]
    async fn panics(bucket: TestBucket) {
        record(&bucket);
        panic!("the message of the panic");
    }

    #[s3_test(bucket = "precious", timeout = "200ms")]
    async fn times_out(bucket: TestBucket) {
        record(&bucket);
        std::future::pending::<()>().await;
    }

    struct Impossible;

    impl FromBucket for Impossible {
        async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
            record(bucket);
            Err("the reason why it is impossible".into())
        }
    }

    #[s3_test(bucket = "precious")]
    async fn has_an_impossible_parameter(_impossible: Impossible) {}

    #[s3_test(bucket = "precious")]
    #[should_panic]
    async fn should_panic(bucket: TestBucket) {
        record(&bucket);
        panic!("as it should");
    }
}

#[s3_test(bucket = "precious")]
async fn holds_it(bucket: TestBucket, store: Arc<dyn ObjectStore>) {
    round_trip(&*store, "held").await.unwrap();
    record(&bucket);
    std::future::pending().await
}

/// Two machines start it at the same moment. It ends when the file `SUITE_GO` appears, and fails if its bucket was touched
/// until then.
#[s3_test(bucket = "contested", timeout = "60s")]
async fn contends_for_it(bucket: TestBucket, store: Arc<dyn ObjectStore>) {
    let own = std::process::id().to_string();
    round_trip(&*store, &own).await.unwrap();
    record(&bucket);
    let go = std::env::var("SUITE_GO").unwrap();
    while !std::path::Path::new(&go).exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let path = Path::from(format!("folder/{own}"));
    let read = store.get(&path).await.unwrap().bytes().await.unwrap();
    assert_eq!(read, own);
    let listed: Vec<_> = store.list(None).collect().await;
    assert_eq!(listed.len(), 1, "{listed:?}");
}

#[s3_test(bucket = "precious")]
async fn sets_tags_of_its_own(bucket: TestBucket) {
    let client = Client::new(bucket.endpoint(), bucket.access_key(), bucket.secret_key());
    let path = format!("{}?tagging", bucket.name());
    let tags =
        "<Tagging><TagSet><Tag><Key>colour</Key><Value>blue</Value></Tag></TagSet></Tagging>";
    client.send("PUT", &path, tags).await;
}

#[s3_test(versioning = true)]
async fn needs_versions(_bucket: TestBucket) {}

#[s3_test]
async fn holds_a_fresh_one(bucket: TestBucket, store: Arc<dyn ObjectStore>) {
    round_trip(&*store, "held").await.unwrap();
    record(&bucket);
    std::future::pending().await
}

#[s3_test(region = "eu-west-1")]
async fn is_in_another_region(
    bucket: TestBucket,
    store: Arc<dyn ObjectStore>,
) -> object_store::Result<()> {
    record(&bucket);
    assert_eq!(bucket.region(), "eu-west-1");
    round_trip(&*store, "region").await
}

/// A program that the test starts learns the authority of the service's certificate.
#[s3_test]
fn hands_over_its_authority(bucket: &TestBucket) {
    let bundle = bucket
        .env_vars()
        .into_iter()
        .find(|(name, _)| *name == "AWS_CA_BUNDLE")
        .map(|(_, bundle)| bundle);
    assert!(bucket.endpoint().starts_with("https://"));
    assert_eq!(bundle, std::env::var("S3_TEST_CA_BUNDLE").ok());
    assert!(bundle.is_some());
}

#[s3_test]
async fn sees_and_breaks_requests(
    bucket: TestBucket,
    store: Arc<dyn ObjectStore>,
    requests: Requests,
    faults: Faults,
) -> object_store::Result<()> {
    record(&bucket);
    assert!(bucket.endpoint().starts_with("http://127.0.0.1:"));
    let slow = faults.on(Operation::PutObject).once();
    slow.respond(S3Error::SLOW_DOWN);
    round_trip(&*store, "behind TLS").await?;
    assert_eq!(
        requests.to_string(),
        "PutObject folder/behind TLS 503 SlowDown (fault: respond SlowDown)\n\
         PutObject folder/behind TLS 200\n\
         GetObject folder/behind TLS 200\n\
         ListObjectsV2 prefix=folder/ 200\n"
    );
    Ok(())
}

/// The file `SUITE_IMPOSTOR` makes the service show a certificate of another authority.
#[s3_test]
async fn meets_an_impostor(bucket: TestBucket, requests: Requests) {
    let retry = RetryConfig {
        max_retries: 0,
        ..RetryConfig::default()
    };
    let store = bucket.builder().with_retry(retry).build().unwrap();
    let impostor = std::env::var("SUITE_IMPOSTOR").unwrap();
    std::fs::write(&impostor, "").unwrap();
    let put = store.put(&Path::from("secret"), "x".into()).await;
    std::fs::remove_file(&impostor).unwrap();
    assert!(put.is_err());
    let request = requests.iter().next().unwrap();
    assert_eq!(request.status(), None);
    let reason = request.failure().unwrap();
    assert!(
        reason.contains("invalid peer certificate: UnknownIssuer"),
        "{reason}"
    );
}

#[s3_test]
async fn fails_for_its_report(bucket: TestBucket) {
    record(&bucket);
    assert_eq!(bucket.backend().name(), "external");
    assert_eq!(bucket.console_url(), None);
    panic!("for the report");
}

/// Objects on several pages of every list, and keys that are easily misread.
#[s3_test]
async fn has_forty_objects(store: Arc<dyn ObjectStore>) {
    for number in 0..40 {
        let path = Path::from(number.to_string());
        store.put(&path, "x".into()).await.expect("it is put");
    }
}

#[s3_test]
async fn fills_its_bucket(bucket: TestBucket, store: Arc<dyn ObjectStore>) {
    let objects = stream::iter(0..2_500).map(|number| {
        let store = store.clone();
        async move {
            store
                .put(&Path::from(format!("many/{number}")), "x".into())
                .await
        }
    });
    let written: Vec<_> = objects.buffer_unordered(32).collect().await;
    assert!(written.iter().all(Result::is_ok));

    let client = Client::new(bucket.endpoint(), bucket.access_key(), bucket.secret_key());
    let odd = [
        "a%20b",
        "a%2Bb",
        "100%25",
        "%2525",
        "%F0%9F%98%80",
        "%C3%A4",
        "q%3Fx%3D1%23f",
        "a%26b%3Cc%3E%22%27",
        "~t-._",
        "tab%09x",
        "%20leading",
        "trailing%20",
        "dots/...",
    ];
    for key in odd {
        client
            .send("PUT", &format!("{}/{key}", bucket.name()), "odd")
            .await;
    }
    // RustFS has no such keys.
    for key in ["x//y", "/lead", "folder/"] {
        let _ = client
            .try_send("PUT", &format!("{}/{key}", bucket.name()), "")
            .await;
    }

    let versioning = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    client
        .send("PUT", &format!("{}?versioning", bucket.name()), versioning)
        .await;
    for key in odd {
        client
            .send("PUT", &format!("{}/{key}", bucket.name()), "a version")
            .await;
        client
            .send("DELETE", &format!("{}/{key}", bucket.name()), "")
            .await;
    }
    for key in ["unfinished", "also unfinished+", "many/1"] {
        let mut upload = store.put_multipart(&Path::from(key)).await.unwrap();
        upload.put_part("part".into()).await.unwrap();
    }
    record(&bucket);
}

/// Nobody can delete it for a year.
#[s3_test]
async fn locks_an_object(bucket: TestBucket, store: Arc<dyn ObjectStore>) {
    record(&bucket);
    let client = Client::new(bucket.endpoint(), bucket.access_key(), bucket.secret_key());
    let versioning = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    client
        .send("PUT", &format!("{}?versioning", bucket.name()), versioning)
        .await;
    let locking = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>\
                   COMPLIANCE</Mode><Years>1</Years></DefaultRetention></Rule></ObjectLockConfiguration>";
    client
        .send("PUT", &format!("{}?object-lock", bucket.name()), locking)
        .await;
    store.put(&Path::from("locked"), "x".into()).await.unwrap();
}
