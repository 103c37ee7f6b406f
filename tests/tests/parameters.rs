//! Everything that a parameter may be without a feature of s3-test's, and everything that a bucket tells, on the server
//! that the environment decides upon, which is RustFS where there is Docker, and on the embedded one.

#[path = "stores/mod.rs"]
#[macro_use]
mod stores;

use object_store::{ObjectStoreExt, aws::AmazonS3Builder, path::Path};
use s3_test_suite::set_foreign_variables;

store_tests!(stores_on_the_server_of_the_environment, object_store,);
store_tests!(
    stores_on_the_embedded_server,
    object_store,
    backend = "embedded"
);

macro_rules! parameter_tests {
    ($server:ident, $expected:expr, $($backend:tt)*) => {
        mod $server {
            use std::sync::Arc;

            use object_store::{ObjectStore, ObjectStoreExt, aws::AmazonS3, path::Path};
            use s3_test::{BoxError, FromBucket, TestBucket, s3_test};
            use s3_test_suite::{Server, round_trip};

            struct Own(AmazonS3, String);

            impl FromBucket for Own {
                async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
                    Ok(Self(bucket.store()?, bucket.name().to_owned()))
                }
            }

            #[s3_test($($backend)*)]
            async fn a_type_of_ones_own(Own(store, name): Own) -> object_store::Result<()> {
                assert!(name.contains("a-type-of-ones-own"), "{name}");
                round_trip(&store, "x").await
            }

            #[s3_test($($backend)*)]
            async fn nothing() {}

            /// All see the same bucket.
            #[s3_test(bucket = "three-of-them", $($backend)*)]
            async fn several(
                one: Arc<dyn ObjectStore>,
                other: AmazonS3,
                bucket: TestBucket,
            ) -> object_store::Result<()> {
                round_trip(&*one, "x").await?;
                round_trip(&other, "x").await?;
                assert_eq!(bucket.name(), "three-of-them");
                Ok(())
            }

            #[s3_test(access_key = "own-key", secret_key = "own-secret-key", $($backend)*)]
            async fn what_a_bucket_tells(bucket: TestBucket) -> object_store::Result<()> {
                assert!(bucket.name().starts_with("test-bucket-"));
                assert!(bucket.endpoint().starts_with("http://127.0.0.1:"));
                assert!(!bucket.endpoint().ends_with('/'));
                assert_eq!(bucket.access_key(), "own-key");
                assert_eq!(bucket.secret_key(), "own-secret-key");
                assert_eq!(bucket.region(), "us-east-1");
                let expected: Server = $expected;
                assert_eq!(bucket.backend().name(), expected.name());
                assert_eq!(bucket.console_url().is_some(), expected == Server::Container);
                assert!(!format!("{bucket:?}").contains("own-secret-key"));
                round_trip(&bucket.store()?, "x").await?;
                round_trip(&bucket.clone().builder().build()?, "x").await
            }

            /// A child process whose environment leads elsewhere finds the bucket all the same.
            #[s3_test(region = "eu-west-1", timeout = "60s", $($backend)*)]
            async fn variables_for_a_child(bucket: TestBucket) -> Result<(), BoxError> {
                let mut child = std::process::Command::new(std::env::current_exe()?);
                super::set_foreign_variables(&mut child).envs(bucket.env_vars());
                for foreign in super::REMOVED {
                    child.env_remove(foreign);
                }
                child.args(["--exact", "--ignored", "the_child"]);
                let output = child.output()?;
                assert!(output.status.success(), "{output:?}");
                let path = Path::from("from the child");
                let read = bucket.store()?.get(&path).await?.bytes().await?;
                let expected = format!("{} {:?}", bucket.name(), bucket.console_url());
                assert_eq!(read, expected);
                Ok(())
            }
        }
    };
}

parameter_tests!(
    on_the_server_of_the_environment,
    Server::of_the_environment(),
);
parameter_tests!(
    on_the_embedded_server,
    Server::Embedded,
    backend = "embedded"
);

/// Variables that a child process must not inherit. The documentation of `TestBucket::env_vars` names the first six.
const REMOVED: [&str; 7] = [
    "AWS_PROFILE",
    "AWS_SESSION_TOKEN",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    // To object_store alone it means something.
    "AWS_SKIP_SIGNATURE",
];

#[tokio::test]
#[ignore = "it is run by `variables_for_a_child`, as another process"]
async fn the_child() -> Result<(), Box<dyn std::error::Error>> {
    let name = std::env::var("AWS_STORAGE_BUCKET_NAME")?;
    assert_eq!(name, std::env::var("AWS_BUCKET")?);
    assert_eq!(name, std::env::var("AWS_BUCKET_NAME")?);
    assert_eq!(std::env::var("AWS_REGION")?, "eu-west-1");
    assert_eq!(std::env::var("AWS_DEFAULT_REGION")?, "eu-west-1");
    let store = AmazonS3Builder::from_env().build()?;
    let content = format!("{name} {:?}", std::env::var("S3_CONSOLE_URL").ok());
    store
        .put(&Path::from("from the child"), content.into())
        .await?;
    Ok(())
}
