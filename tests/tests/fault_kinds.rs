//! Every kind of fault between object_store and each server: RustFS where there is Docker, the embedded one, and both once
//! more as a service that somebody runs (`S3_TEST_ENDPOINT`).

use std::time::Duration;

use futures_util::{StreamExt, stream};
use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, ObjectStoreExt, PutMode, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    client::ReqwestConnector,
    list::{PaginatedListOptions, PaginatedListStore},
    path::Path,
};
use s3_test::{BoxError, Faults, Operation, Requests, S3Error, TestBucket, s3_test};
use s3_test_suite::fault_kinds::{
    Act, Seen, Subject, cells, check_column, content, run_on_the_service,
};

struct ObjectStoreSubject(AmazonS3);

impl ObjectStoreSubject {
    async fn try_act(&self, act: Act, key: &str) -> object_store::Result<bool> {
        let Self(store) = self;
        let path = Path::from(key);
        match act {
            Act::Put => store.put(&path, content().into()).await.map(|_| true),
            Act::Create => {
                let create = PutMode::Create.into();
                store
                    .put_opts(&path, content().into(), create)
                    .await
                    .map(|_| true)
            }
            Act::Get => {
                let got = store.get(&path).await?.bytes().await?;
                Ok(got == content())
            }
            Act::Upload => {
                let mut upload = store.put_multipart(&path).await?;
                upload.put_part(content().into()).await?;
                upload.complete().await.map(|_| true)
            }
            Act::Delete => {
                let paths = stream::iter([Ok(path)]).boxed();
                let deleted: Vec<_> = store.delete_stream(paths).collect().await;
                deleted
                    .into_iter()
                    .try_for_each(|it| it.map(drop))
                    .map(|()| true)
            }
        }
    }
}

impl Subject for ObjectStoreSubject {
    fn afresh(&self) -> Self {
        Self(self.0.clone())
    }

    async fn act(&self, act: Act, key: &str) -> Seen {
        match self.try_act(act, key).await {
            Ok(true) => Seen::Right,
            Ok(false) => Seen::Wrong,
            Err(_) => Seen::Error,
        }
    }
}

macro_rules! kinds {
    ($server:ident, $($backend:tt)*) => {
        mod $server {
            use super::*;

            #[s3_test(timeout = "5m", $($backend)*)]
            async fn every_kind_does_to_object_store_what_the_guide_says(
                store: AmazonS3,
                faults: Faults,
                requests: Requests,
            ) {
                let cells = cells(&ObjectStoreSubject(store), &faults, &requests).await;
                check_column("object_store", &cells);
            }

            /// Attempts and waits are those that the store was configured with.
            #[s3_test($($backend)*)]
            async fn object_store_tries_as_often_as_configured(
                builder: AmazonS3Builder,
                faults: Faults,
                requests: Requests,
            ) -> Result<(), BoxError> {
                let wait = Duration::from_millis(40);
                let retry = RetryConfig {
                    max_retries: 3,
                    backoff: BackoffConfig { init_backoff: wait, ..BackoffConfig::default() },
                    ..RetryConfig::default()
                };
                let store = builder.with_retry(retry).build()?;
                let busy = faults.on(Operation::PutObject).respond(S3Error::SLOW_DOWN);
                assert!(store.put(&Path::from("key"), "x".into()).await.is_err());
                assert_eq!(busy.hits(), 4);
                let requests: Vec<_> = requests.iter().collect();
                for pair in requests.windows(2) {
                    let answered = pair[0].ended().ok_or("an end")?;
                    let waited = pair[1].began().duration_since(answered);
                    // The log notes the end just before the client can see it.
                    assert!(waited >= wait, "{waited:?}");
                }
                Ok(())
            }

            /// A body that stalls is over when the client's time limit is, which is 30 s by default. Then the rest is asked for.
            #[s3_test($($backend)*)]
            async fn object_store_resumes_a_body_that_stalls(
                builder: AmazonS3Builder,
                faults: Faults,
                requests: Requests,
            ) -> Result<(), BoxError> {
                let options = ClientOptions::new().with_allow_http(true);
                let store = builder
                    .with_http_connector(ReqwestConnector::default())
                    .with_client_options(options.with_timeout(Duration::from_secs(1)))
                    .build()?;
                let subject = ObjectStoreSubject(store);
                assert_eq!(subject.act(Act::Put, "key").await, Seen::Right);
                requests.take();
                faults.on(Operation::GetObject).once().stall_after(300);
                assert_eq!(subject.act(Act::Get, "key").await, Seen::Right);
                assert_eq!(
                    requests.to_string(),
                    "GetObject key 200 (fault: stall after 300 B)\nGetObject key bytes=300-999 206\n"
                );
                Ok(())
            }

            #[s3_test($($backend)*)]
            async fn the_second_page_of_a_listing_fails(
                store: AmazonS3,
                faults: Faults,
                requests: Requests,
            ) -> Result<(), BoxError> {
                for key in ["a", "b", "c", "d"] {
                    store.put(&Path::from(key), "x".into()).await?;
                }
                requests.take();
                let second = faults.on(Operation::ListObjectsV2).page(2).once();
                let second = second.respond(S3Error::INTERNAL_ERROR);
                let third = faults.on(Operation::ListObjectsV2).page(3).optional();
                let third = third.respond(S3Error::ACCESS_DENIED);
                let mut token = None;
                let mut pages = 0;
                loop {
                    let options = PaginatedListOptions {
                        max_keys: Some(2),
                        page_token: token,
                        ..PaginatedListOptions::default()
                    };
                    let page = store.list_paginated(None, options).await?;
                    assert_eq!(page.result.objects.len(), 2);
                    pages += 1;
                    token = page.page_token;
                    if token.is_none() {
                        break;
                    }
                }
                assert_eq!((pages, second.hits(), third.hits()), (2, 1, 0));
                let pages: Vec<_> = requests.iter().map(|it| it.page()).collect();
                assert_eq!(pages, [Some(1), Some(2), Some(2)]);
                Ok(())
            }

            /// A body that is cut changes nothing, and the objects of a refused deletion are there still.
            #[s3_test($($backend)*)]
            async fn the_server_is_left_as_the_fault_says(
                store: AmazonS3,
                faults: Faults,
            ) -> Result<(), BoxError> {
                let subject = ObjectStoreSubject(store);
                let key = Path::from("key");
                let cut = faults.on(Operation::PutObject).reset_upload_after(1_000_000);
                let writing = subject.act(Act::Put, "key");
                let waiting = async {
                    cut.wait_hits(2).await;
                    let head = subject.0.head(&key).await;
                    assert!(matches!(head, Err(object_store::Error::NotFound { .. })), "{head:?}");
                    cut.clear();
                };
                let (seen, ()) = tokio::join!(writing, waiting);
                assert_eq!(seen, Seen::Right);

                let refused = faults.on(Operation::DeleteObjects).respond_entries_with(S3Error::ACCESS_DENIED);
                assert_eq!(subject.act(Act::Delete, "key").await, Seen::Error);
                subject.0.head(&key).await?;
                refused.clear();
                faults.on(Operation::DeleteObjects).commit_then_fail_entries("k", S3Error::INTERNAL_ERROR);
                assert_eq!(subject.act(Act::Delete, "key").await, Seen::Error);
                assert!(subject.0.head(&key).await.is_err());
                Ok(())
            }
        }
    };
}

kinds!(on_the_server_of_the_environment,);
kinds!(on_the_embedded_server, backend = "embedded");

const CHILD: (&str, usize) = ("on_the_server_of_the_environment", 5);

#[s3_test]
fn on_an_external_service_which_is_the_server_of_the_environment(bucket: TestBucket) {
    run_on_the_service(&bucket, CHILD);
}

#[s3_test(backend = "embedded")]
fn on_an_external_service_which_is_the_embedded_server(bucket: TestBucket) {
    run_on_the_service(&bucket, CHILD);
}
