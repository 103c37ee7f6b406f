//! Every kind of fault between the AWS SDK and each server: the one of the environment, the embedded one, and both once
//! more as a service that somebody runs (`S3_TEST_ENDPOINT`).

use std::time::{Duration, Instant};

use aws_sdk_s3::{
    Client,
    config::retry::RetryConfig,
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart, Delete, ObjectIdentifier},
};
use s3_test::{BoxError, Faults, Operation, Requests, S3Error, TestBucket, s3_test};
use s3_test_suite::fault_kinds::{
    Act, Seen, Subject, cells, check_column, content, run_on_the_service,
};

struct AwsSdk {
    client: Client,
    bucket: String,
}

impl AwsSdk {
    async fn try_act(&self, act: Act, key: &str) -> Result<bool, BoxError> {
        let put = || {
            let put = self.client.put_object().bucket(&self.bucket).key(key);
            put.body(ByteStream::from(content()))
        };
        match act {
            Act::Put => drop(put().send().await?),
            Act::Create => drop(put().if_none_match("*").send().await?),
            Act::Get => {
                let get = self.client.get_object().bucket(&self.bucket).key(key);
                let got = get.send().await?.body.collect().await?;
                return Ok(got.to_vec() == content());
            }
            Act::Upload => self.upload(key).await?,
            Act::Delete => {
                let object = ObjectIdentifier::builder().key(key).build()?;
                let delete = Delete::builder().objects(object).build()?;
                let request = self.client.delete_objects().bucket(&self.bucket);
                let deleted = request.delete(delete).send().await?;
                // The SDK leaves the entries to its caller.
                if let Some(error) = deleted.errors().first() {
                    return Err(format!("{error:?}").into());
                }
            }
        }
        Ok(true)
    }

    async fn upload(&self, key: &str) -> Result<(), BoxError> {
        let (client, bucket) = (&self.client, &self.bucket);
        let create = client.create_multipart_upload().bucket(bucket).key(key);
        let created = create.send().await?;
        let id = created.upload_id().ok_or("an id")?;
        let part = client.upload_part().bucket(bucket).key(key).upload_id(id);
        let part = part.part_number(1).body(ByteStream::from(content()));
        let part = part.send().await?;
        let part = CompletedPart::builder()
            .part_number(1)
            .set_e_tag(part.e_tag)
            .set_checksum_crc32(part.checksum_crc32)
            .build();
        let parts = CompletedMultipartUpload::builder().parts(part).build();
        let complete = client.complete_multipart_upload().bucket(bucket).key(key);
        let complete = complete.upload_id(id).multipart_upload(parts);
        complete.send().await?;
        Ok(())
    }
}

impl Subject for AwsSdk {
    /// A client of the SDK remembers how wrong the server's clock is.
    fn afresh(&self) -> Self {
        Self {
            client: Client::from_conf(self.client.config().clone()),
            bucket: self.bucket.clone(),
        }
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
            async fn every_kind_does_to_the_aws_sdk_what_the_guide_says(
                client: Client,
                bucket: TestBucket,
                faults: Faults,
                requests: Requests,
            ) {
                let bucket = bucket.name().to_owned();
                let cells = cells(&AwsSdk { client, bucket }, &faults, &requests).await;
                check_column("aws-sdk-s3", &cells);
            }

            /// The SDK numbers its attempts in a header, which the log shows.
            #[s3_test($($backend)*)]
            async fn the_aws_sdk_tries_as_often_as_configured(
                client: Client,
                bucket: TestBucket,
                faults: Faults,
                requests: Requests,
            ) -> Result<(), BoxError> {
                let busy = faults.on(Operation::PutObject).respond(S3Error::SLOW_DOWN);
                let bucket = bucket.name().to_owned();
                for attempts in [1, 2, 5] {
                    let retry = RetryConfig::standard()
                        .with_max_attempts(attempts)
                        .with_initial_backoff(Duration::from_millis(10));
                    let config = client.config().to_builder().retry_config(retry).build();
                    let subject = AwsSdk { client: Client::from_conf(config), bucket: bucket.clone() };
                    assert_eq!(subject.act(Act::Put, "key").await, Seen::Error);
                    let sent = requests.take();
                    let numbers: Vec<_> = sent.iter().filter_map(|it| it.attempt()).collect();
                    assert_eq!(numbers, (1..=attempts).collect::<Vec<_>>(), "{sent}");
                }
                busy.clear();
                // The default, and the wait before it, of which the SDK's jitter leaves no least part.
                faults.on(Operation::PutObject).once().respond(S3Error::SLOW_DOWN);
                let subject = AwsSdk { client, bucket };
                assert_eq!(subject.act(Act::Put, "key").await, Seen::Right);
                let numbers: Vec<_> = requests.iter().map(|it| (it.attempt(), it.status())).collect();
                assert_eq!(numbers, [(Some(1), Some(503)), (Some(2), Some(200))]);
                Ok(())
            }

            /// The SDK's own protection against stalled streams has a grace period, as the guide says.
            #[s3_test($($backend)*)]
            async fn the_aws_sdk_gives_up_a_body_that_stalls(
                client: Client,
                bucket: TestBucket,
                faults: Faults,
                requests: Requests,
            ) -> Result<(), BoxError> {
                let grace = Duration::from_secs(5);
                let subject = AwsSdk { client, bucket: bucket.name().to_owned() };
                assert_eq!(subject.act(Act::Put, "key").await, Seen::Right);
                let stalled = faults.on(Operation::GetObject).stall_after(300);
                let start = Instant::now();
                assert_eq!(subject.act(Act::Get, "key").await, Seen::Error);
                let took = start.elapsed();
                assert!(took >= grace && took < 4 * grace, "{took:?}");
                assert_eq!((stalled.hits(), requests.operation(Operation::GetObject).count()), (1, 1));
                Ok(())
            }
        }
    };
}

kinds!(on_the_server_of_the_environment,);
kinds!(on_the_embedded_server, backend = "embedded");

const CHILD: (&str, usize) = ("fault_kinds::on_the_server_of_the_environment", 3);

#[s3_test]
fn on_an_external_service_which_is_the_server_of_the_environment(bucket: TestBucket) {
    run_on_the_service(&bucket, CHILD);
}

#[s3_test(backend = "embedded")]
fn on_an_external_service_which_is_the_embedded_server(bucket: TestBucket) {
    run_on_the_service(&bucket, CHILD);
}
