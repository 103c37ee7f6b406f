//! Faults between object_store and the server that the environment decides upon, which is RustFS where there is Docker, and
//! the embedded one. Each test also shows in the log that object_store tried again, or that it did not.

macro_rules! fault_tests {
    ($server:ident, $($backend:tt)*) => {
        mod $server {
            use std::{process::Command, sync::Arc, time::{Duration, Instant}};

            use futures_util::StreamExt;
            use object_store::{
                Error, ObjectStore, ObjectStoreExt, PutMode, aws::AmazonS3, path::Path,
            };
            use s3_test::{Any, BoxError, Cut, Faults, Operation, Requests, S3Error, TestBucket, s3_test};

            const LIMIT: Duration = Duration::from_secs(20);

            fn content() -> bytes::Bytes {
                (0..1000_u32).map(|number| number.to_le_bytes()[0]).collect()
            }

            #[s3_test($($backend)*)]
            async fn errors_before_the_server_sees_the_request_are_tried_again(
                store: AmazonS3,
                faults: Faults,
                requests: Requests,
            ) -> Result<(), BoxError> {
                let slow = faults.on(Operation::PutObject).times(2).respond(S3Error::SLOW_DOWN);
                faults.on(Any).once().respond_status(502);
                store.put(&Path::from("key"), "content".into()).await?;
                slow.wait_hits(2).await;
                assert_eq!(slow.hits(), 2);
                assert_eq!(
                    requests.to_string(),
                    "PutObject key 503 SlowDown (fault: respond SlowDown)\n\
                     PutObject key 503 SlowDown (fault: respond SlowDown)\n\
                     PutObject key 502 (fault: respond 502)\n\
                     PutObject key 200\n"
                );
                assert_eq!(requests.bytes_sent(), 4 * 7);
                Ok(())
            }

            /// A bug of many clients: the object is there, and it is the client's own.
            /// (icechunk 2099, hudi 14373)
            #[s3_test($($backend)*)]
            async fn a_lost_answer_turns_the_retry_of_a_conditional_put_into_412(
                store: AmazonS3,
                faults: Faults,
                requests: Requests,
            ) -> Result<(), BoxError> {
                let path = Path::from("manifest");
                let lost = faults.on(Operation::PutObject).key("manifest").once();
                let lost = lost.commit_then(S3Error::INTERNAL_ERROR);
                let put = store.put_opts(&path, "mine".into(), PutMode::Create.into()).await;
                assert!(matches!(put, Err(Error::AlreadyExists { .. })), "{put:?}");
                assert_eq!(lost.hits(), 1);
                assert_eq!(
                    requests.to_string(),
                    "PutObject manifest if-none-match: * 500 InternalError (fault: commit, then InternalError)\n\
                     PutObject manifest if-none-match: * 412 PreconditionFailed\n"
                );
                assert_eq!(store.get(&path).await?.bytes().await?, "mine");
                Ok(())
            }

            /// A conflict says nothing about whether the object exists. (arrow-rs-object-store 852)
            #[s3_test($($backend)*)]
            async fn a_conflict_is_reported_as_an_object_that_exists(
                store: AmazonS3,
                faults: Faults,
            ) -> Result<(), BoxError> {
                let path = Path::from("key");
                faults.on(Operation::PutObject).respond(S3Error::CONDITIONAL_REQUEST_CONFLICT);
                let put = store.put_opts(&path, "x".into(), PutMode::Create.into()).await;
                assert!(matches!(put, Err(Error::AlreadyExists { .. })), "{put:?}");
                let head = store.head(&path).await;
                assert!(matches!(head, Err(Error::NotFound { .. })), "{head:?}");
                Ok(())
            }

            /// A client that looks at the status alone takes it for a success. (arrow-rs-object-store 122, aws-sdk-rust 1163)
            #[s3_test($($backend)*)]
            async fn an_error_inside_status_200_is_found_by_the_client(
                store: AmazonS3,
                faults: Faults,
                requests: Requests,
            ) -> Result<(), BoxError> {
                let path = Path::from("large");
                let late = faults.on(Operation::CompleteMultipartUpload).once();
                late.respond_200_with(S3Error::INTERNAL_ERROR);
                let mut upload = store.put_multipart(&path).await?;
                upload.put_part("only".into()).await?;
                upload.complete().await?;
                assert_eq!(
                    requests.to_string(),
                    "CreateMultipartUpload large 200\n\
                     UploadPart large part=1 200\n\
                     CompleteMultipartUpload large 200 InternalError (fault: respond 200 with InternalError)\n\
                     CompleteMultipartUpload large 200\n"
                );
                assert_eq!(store.get(&path).await?.bytes().await?, "only");
                Ok(())
            }

            /// (arrow-rs-object-store 15)
            #[s3_test($($backend)*)]
            async fn a_body_cut_after_300_bytes_is_resumed(
                store: AmazonS3,
                faults: Faults,
                requests: Requests,
            ) -> Result<(), BoxError> {
                let path = Path::from("key");
                store.put(&path, content().into()).await?;
                requests.take();
                faults.on(Operation::GetObject).once().cut_body_after(300);
                assert!(store.get(&path).await?.bytes().await? == content());
                assert_eq!(
                    requests.to_string(),
                    "GetObject key 200 (fault: cut the body after 300 B)\n\
                     GetObject key bytes=300-999 206\n"
                );
                let received: Vec<u64> = requests.iter().map(|it| it.bytes_received()).collect();
                assert_eq!(received, [300, 700]);
                Ok(())
            }

            #[s3_test($($backend)*)]
            async fn a_lost_answer_to_a_plain_put_is_tried_again(
                store: AmazonS3,
                faults: Faults,
                requests: Requests,
            ) -> Result<(), BoxError> {
                faults.on(Operation::PutObject).once().commit_then(Cut::BeforeAnswer);
                faults.on(Operation::PutObject).once().commit_then(Cut::ClosedBeforeAnswer);
                faults.on(Operation::PutObject).once().reset();
                store.put(&Path::from("key"), "content".into()).await?;
                assert_eq!(
                    requests.to_string(),
                    "PutObject key no answer (fault: commit, then cut)\n\
                     PutObject key no answer (fault: commit, then cut)\n\
                     PutObject key no answer (fault: reset)\n\
                     PutObject key 200\n"
                );
                Ok(())
            }

            #[s3_test($($backend)*)]
            async fn a_request_is_delivered_twice(
                store: AmazonS3,
                faults: Faults,
            ) -> Result<(), BoxError> {
                let path = Path::from("key");
                faults.on(Operation::PutObject).once().deliver_twice();
                let put = store.put_opts(&path, "x".into(), PutMode::Create.into()).await;
                assert!(matches!(put, Err(Error::AlreadyExists { .. })), "{put:?}");
                assert_eq!(store.get(&path).await?.bytes().await?, "x");
                Ok(())
            }

            #[s3_test($($backend)*)]
            async fn an_outage_lasts_until_it_is_cleared(
                store: Arc<dyn ObjectStore>,
                faults: Faults,
            ) -> Result<(), BoxError> {
                let outage = faults.outage();
                let writing = tokio::spawn({
                    let store = store.clone();
                    async move { store.put(&Path::from("key"), "x".into()).await }
                });
                outage.wait_hits(2).await;
                outage.clear();
                writing.await??;
                let hits = outage.hits();
                store.head(&Path::from("key")).await?;
                assert_eq!(outage.hits(), hits);
                Ok(())
            }

            #[s3_test($($backend)*)]
            async fn a_body_stalls_until_the_client_goes_away(
                store: AmazonS3,
                faults: Faults,
                requests: Requests,
            ) -> Result<(), BoxError> {
                let path = Path::from("key");
                store.put(&path, content().into()).await?;
                requests.take();
                faults.on(Operation::GetObject).once().stall_after(5);
                let mut body = store.get(&path).await?.into_stream();
                let first = body.next().await.expect("a chunk")?;
                assert!(first == content()[..5]);
                assert_eq!(requests.iter().next().and_then(|it| it.ended()), None);
                drop(body);
                requests.wait_for(|it| it.ended().is_some(), LIMIT).await?;
                assert_eq!(requests.bytes_received(), 5);
                Ok(())
            }

            #[s3_test($($backend)*)]
            async fn a_byte_is_flipped(store: AmazonS3, faults: Faults) -> Result<(), BoxError> {
                let path = Path::from("key");
                store.put(&path, content().into()).await?;
                faults.on(Operation::GetObject).skip(1).once().flip_byte(700);
                let mut expected = content().to_vec();
                assert!(store.get(&path).await?.bytes().await? == expected);
                expected[700] ^= 1;
                assert!(store.get(&path).await?.bytes().await? == expected);
                Ok(())
            }

            #[s3_test($($backend)*)]
            async fn answers_are_slow(store: AmazonS3, faults: Faults) -> Result<(), BoxError> {
                let path = Path::from("key");
                faults.on(Operation::PutObject).delay(Duration::from_millis(100));
                faults.on(Operation::GetObject).bandwidth(5000);
                let start = Instant::now();
                store.put(&path, content().into()).await?;
                assert!(start.elapsed() >= Duration::from_millis(100));
                let start = Instant::now();
                assert!(store.get(&path).await?.bytes().await? == content());
                // A fifth of a second, but for the last of the pieces.
                assert!(start.elapsed() >= Duration::from_millis(140), "{:?}", start.elapsed());
                Ok(())
            }

            #[s3_test($($backend)*)]
            async fn selectors_choose_the_requests(
                bucket: TestBucket,
                faults: Faults,
                requests: Requests,
            ) -> Result<(), BoxError> {
                let denied = S3Error::ACCESS_DENIED;
                let store = bucket.store()?;
                let every = faults.on(Operation::HeadObject).key_prefix("e/").every(2).respond(denied);
                let chance = || faults.on(Operation::HeadObject).bucket(bucket.name()).with_probability(0.5).seed(7);
                let chance = chance().matching(|it| it.key() == Some("p")).respond(denied);
                let part = faults.on(Any).part_number(2).optional().respond(denied);
                for _ in 0..4 {
                    let _ = store.head(&Path::from("e/x")).await;
                }
                for _ in 0..20 {
                    let _ = store.head(&Path::from("p")).await;
                }
                assert_eq!((every.hits(), chance.hits(), part.hits()), (2, 10, 0));
                let statuses: Vec<_> = requests.key_prefix("e/").into_iter().map(|it| it.status()).collect();
                assert_eq!(statuses, [403, 404, 403, 404].map(Some));
                Ok(())
            }

            #[test]
            fn a_rule_that_never_fired_fails_the_test_and_says_why() {
                let this = std::env::current_exe().expect("the test binary");
                let mut command = Command::new(this);
                let output = command
                    .args(["--ignored", "--exact"])
                    .arg(concat!(stringify!($server), "::no_rule_fires"))
                    .output()
                    .expect("the child runs");
                let text = String::from_utf8_lossy(&output.stdout);
                assert!(!output.status.success(), "{text}");
                let expected = "s3-test: a fault never fired, so the test did not show what it should. Correct the rule, \
                    or add `.optional()`.\n  \
                      PutObject, key manifest: respond SlowDown\n    \
                        not for PutObject data: it does not have key manifest\n    \
                        not for HeadObject manifest: it is no PutObject\n  \
                      GetObject: cut the body after 300 B\n    \
                        no request came near it\n";
                assert!(text.contains(expected), "{expected} is not in {text}");
            }

            #[s3_test($($backend)*)]
            #[ignore = "it fails, and is run in a child process"]
            async fn no_rule_fires(store: AmazonS3, faults: Faults) -> Result<(), BoxError> {
                faults.on(Operation::PutObject).key("manifest").respond(S3Error::SLOW_DOWN);
                faults.on(Operation::GetObject).cut_body_after(300);
                store.put(&Path::from("data"), "x".into()).await?;
                let _ = store.head(&Path::from("manifest")).await;
                Ok(())
            }
        }
    };
}

fault_tests!(on_the_server_of_the_environment,);
fault_tests!(on_the_embedded_server, backend = "embedded");
