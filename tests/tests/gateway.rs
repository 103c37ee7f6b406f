//! The gateway in front of the server that the environment decides upon, which is RustFS where there is Docker, and in
//! front of the embedded one.

macro_rules! gateway_tests {
    ($server:ident, $($backend:tt)*) => {
        mod $server {
            use std::{process::Command, sync::Arc, time::Duration};

            use futures_util::TryStreamExt;
            use object_store::{ObjectStore, ObjectStoreExt, PutMode, aws::AmazonS3, path::Path};
            use s3_test::{BoxError, Faults, FromBucket, Operation, Requests, TestBucket, s3_test};
            use s3_test_suite::round_trip;

            #[s3_test($($backend)*)]
            async fn a_round_trip_is_seen(
                store: &dyn ObjectStore,
                requests: Requests,
            ) -> object_store::Result<()> {
                round_trip(store, "x").await?;
                assert_eq!(
                    requests.to_string(),
                    "PutObject folder/x 200\n\
                     GetObject folder/x 200\n\
                     ListObjectsV2 prefix=folder/ 200\n"
                );
                let put_and_get = requests.list().key_prefix("folder/x");
                assert_eq!((put_and_get.bytes_sent(), put_and_get.bytes_received()), (1, 1));
                assert_eq!(requests.hops(), 3);
                assert_eq!((requests.cost().writes, requests.cost().reads), (2, 1));
                Ok(())
            }

            /// Every byte of the path is signed: a changed one is a refused request.
            #[s3_test($($backend)*)]
            async fn odd_keys_arrive_as_they_are(
                store: AmazonS3,
                requests: Requests,
            ) -> Result<(), BoxError> {
                let keys = ["a b+c%d", "ä/€/😀", "a=b&c?d#e", "%2F%2f/x", "~!*'();:@$,[]"];
                for key in keys {
                    let path = Path::parse(key)?;
                    store.put(&path, key.into()).await?;
                    assert_eq!(store.get(&path).await?.bytes().await?, key);
                }
                for key in keys {
                    let of_key = requests.list().filter(|it| it.key() == Some(key));
                    assert_eq!(of_key.status(200).count(), 2, "{key}: {requests}");
                }
                Ok(())
            }

            #[s3_test(timeout = "5m", $($backend)*)]
            async fn a_large_object_passes(
                store: AmazonS3,
                requests: Requests,
            ) -> object_store::Result<()> {
                let content = bytes::Bytes::from(vec![7; 64 << 20]);
                let path = Path::from("large");
                store.put(&path, content.clone().into()).await?;
                assert!(store.get(&path).await?.bytes().await? == content);
                assert_eq!((requests.bytes_sent(), requests.bytes_received()), (64 << 20, 64 << 20));
                Ok(())
            }

            #[s3_test($($backend)*)]
            async fn conditions_ranges_and_errors_are_noted(
                store: Arc<dyn ObjectStore>,
                requests: Requests,
            ) -> object_store::Result<()> {
                let path = Path::from("key");
                let create = || store.put_opts(&path, "content".into(), PutMode::Create.into());
                create().await?;
                let again = create().await;
                assert!(matches!(again, Err(object_store::Error::AlreadyExists { .. })));
                assert_eq!(store.get_range(&path, 1..3).await?, "on");
                let missing = store.head(&Path::from("missing")).await;
                assert!(missing.is_err());
                let missing = store.get(&Path::from("missing")).await;
                assert!(missing.is_err());
                assert_eq!(
                    requests.to_string(),
                    "PutObject key if-none-match: * 200\n\
                     PutObject key if-none-match: * 412 PreconditionFailed\n\
                     GetObject key bytes=1-2 206\n\
                     HeadObject missing 404\n\
                     GetObject missing 404 NoSuchKey\n"
                );
                Ok(())
            }

            /// All buckets of the test, and all clients, whoever makes them.
            #[s3_test($($backend)*)]
            async fn all_parameters_go_through_it(
                requests: Requests,
                store: AmazonS3,
                #[bucket] other: TestBucket,
                bucket: TestBucket,
            ) -> Result<(), BoxError> {
                assert_eq!(bucket.endpoint(), other.endpoint());
                let variables = bucket.env_vars();
                assert!(variables.contains(&("AWS_ENDPOINT_URL", bucket.endpoint().to_owned())));
                let listed: Vec<_> = store.list(None).try_collect().await?;
                assert!(listed.is_empty());
                other.store()?.put(&Path::from("of another"), "x".into()).await?;
                let buckets: Vec<_> = requests.iter().map(|it| it.bucket().map(str::to_owned)).collect();
                assert_eq!(buckets, [Some(bucket.name().to_owned()), Some(other.name().to_owned())]);
                Ok(())
            }

            struct Own(Requests, AmazonS3);

            impl FromBucket for Own {
                const NEEDS_GATEWAY: bool = true;

                async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
                    Ok(Self(Requests::from_bucket(bucket).await?, bucket.store()?))
                }
            }

            #[s3_test($($backend)*)]
            async fn a_type_of_ones_own_asks_for_it(Own(requests, store): Own) -> Result<(), BoxError> {
                requests.expect(Operation::PutObject).exactly(1);
                requests.expect(Operation::GetObject).never();
                store.put(&Path::from("key"), "x".into()).await?;
                let limit = Duration::from_secs(5);
                let put = requests.wait_for(|it| it.ended().is_some(), limit).await?;
                assert_eq!(put.operation(), Operation::PutObject);
                Ok(())
            }

            /// The tests below fail on purpose, in a child process.
            #[test]
            fn an_expectation_that_is_not_met_fails_the_test() {
                let this = std::env::current_exe().expect("the test binary");
                let mut command = Command::new(this);
                let output = command
                    .args(["--ignored", "--exact"])
                    .arg(concat!(stringify!($server), "::one_put_too_many"))
                    .arg(concat!(stringify!($server), "::too_few_but_a_panic_comes_first"))
                    .output()
                    .expect("the child runs");
                let text = String::from_utf8_lossy(&output.stdout);
                assert!(!output.status.success(), "{text}");
                for expected in [
                    "s3-test: the test expected at most 1 PutObject, and there were 2.",
                    "PutObject a 200",
                    "PutObject b 200",
                    "1 passed; 1 failed",
                ] {
                    assert!(text.contains(expected), "{expected} is not in {text}");
                }
            }

            /// What a failing test missed is told below its own reason.
            #[test]
            fn a_test_that_fails_anyway_has_a_note() {
                for test in ["too_few_below_a_panic", "too_few_below_an_error", "too_few_below_a_timeout"] {
                    let this = std::env::current_exe().expect("the test binary");
                    let mut command = Command::new(this);
                    let output = command
                        .args(["--ignored", "--exact"])
                        .arg(format!(concat!(stringify!($server), "::{}"), test))
                        .output()
                        .expect("the child runs");
                    let text = String::from_utf8_lossy(&output.stdout);
                    assert!(!output.status.success(), "{text}");
                    let reason = text.find("the test's own reason").or_else(|| text.find("within its timeout"));
                    let note = text.find(
                        "s3-test: the test failed for the reason above. Also, the test expected at least 1 PutObject, \
                         and there were 0.",
                    );
                    assert!(reason.is_some() && note.is_some() && reason < note, "{text}");
                    assert!(text.contains("a fault never fired") && text.contains("GetObject: reset"), "{text}");
                }
            }

            #[s3_test($($backend)*)]
            #[ignore = "it fails, and is run in a child process"]
            async fn too_few_below_a_panic(requests: Requests, faults: Faults) {
                requests.expect(Operation::PutObject).at_least(1);
                faults.on(Operation::GetObject).reset();
                panic!("the test's own reason");
            }

            #[s3_test($($backend)*)]
            #[ignore = "it fails, and is run in a child process"]
            async fn too_few_below_an_error(requests: Requests, faults: Faults) -> Result<(), BoxError> {
                requests.expect(Operation::PutObject).at_least(1);
                faults.on(Operation::GetObject).reset();
                Err("the test's own reason".into())
            }

            #[s3_test(timeout = "100ms", $($backend)*)]
            #[ignore = "it fails, and is run in a child process"]
            async fn too_few_below_a_timeout(requests: Requests, faults: Faults) {
                requests.expect(Operation::PutObject).at_least(1);
                faults.on(Operation::GetObject).reset();
                std::future::pending().await
            }

            #[s3_test($($backend)*)]
            #[ignore = "it fails, and is run in a child process"]
            async fn one_put_too_many(store: AmazonS3, requests: Requests) -> object_store::Result<()> {
                requests.expect(Operation::PutObject).at_most(1);
                store.put(&Path::from("a"), "x".into()).await?;
                store.put(&Path::from("b"), "x".into()).await?;
                Ok(())
            }

            #[s3_test($($backend)*)]
            #[ignore = "it is run in a child process"]
            #[should_panic(expected = "the test's own panic")]
            async fn too_few_but_a_panic_comes_first(requests: Requests) {
                requests.expect(Operation::PutObject).at_least(1);
                panic!("the test's own panic");
            }
        }
    };
}

gateway_tests!(on_the_server_of_the_environment,);
gateway_tests!(on_the_embedded_server, backend = "embedded");
