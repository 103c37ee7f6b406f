//! Everything that a parameter may be, and everything that a bucket tells, on the server that the environment decides upon,
//! which is RustFS where there is Docker, and on the embedded one.

macro_rules! parameter_tests {
    ($server:ident, $expected:expr, $($backend:tt)*) => {
        mod $server {
            use std::sync::Arc;

            use object_store::{
                ObjectStore,
                aws::{AmazonS3, AmazonS3Builder},
            };
            use s3_test::{BoxError, FromBucket, TestBucket, s3_test};
            use s3_test_suite::{Server, round_trip};

            #[s3_test($($backend)*)]
            async fn a_shared_store(store: Arc<dyn ObjectStore>) -> object_store::Result<()> {
                round_trip(&*store, "x").await
            }

            #[s3_test($($backend)*)]
            async fn a_boxed_store(store: Box<dyn ObjectStore>) -> object_store::Result<()> {
                round_trip(&*store, "x").await
            }

            #[s3_test($($backend)*)]
            async fn a_store(store: AmazonS3) -> object_store::Result<()> {
                round_trip(&store, "x").await
            }

            #[s3_test($($backend)*)]
            async fn a_shared_s3_store(store: Arc<AmazonS3>) -> object_store::Result<()> {
                round_trip(&*store, "x").await
            }

            #[s3_test($($backend)*)]
            async fn a_configuration(builder: AmazonS3Builder) -> object_store::Result<()> {
                round_trip(&builder.build()?, "x").await
            }

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
