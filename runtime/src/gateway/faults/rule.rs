//! The writing of a rule: which requests, how often, and what happens to them.

use std::{sync::Arc, time::Duration};

use super::{
    error::S3Error,
    handle::Fault,
    kind::{Instead, Kind, Shape},
    rules::{Rule, Rules},
    skew::Skew,
};
use crate::gateway::{operation::Operation, request::Request};

/// A rule that still lacks its fault; see [`Faults::on`](crate::Faults::on).
///
/// ```
/// use s3_test::{Cut, Faults, Operation};
///
/// fn lose_an_answer(faults: &Faults) {
///     faults.on(Operation::PutObject).key("manifest").once().commit_then(Cut::BeforeAnswer);
///     faults.on(Operation::GetObject).key_prefix("data/").skip(1).once().cut_body_after(300);
/// }
/// ```
#[derive(Debug)]
#[must_use = "a rule without a fault does nothing"]
pub struct FaultRule {
    rules: Arc<Rules>,
    rule: Rule,
}

impl FaultRule {
    pub(super) fn new(rules: Arc<Rules>, operation: Option<Operation>) -> Self {
        let rule = Rule::new(operation);
        Self { rules, rule }
    }

    /// Narrows the rule to requests to this bucket.
    pub fn bucket(self, bucket: &str) -> Self {
        let bucket = bucket.to_owned();
        self.check(format!("bucket {bucket}"), move |it| {
            it.bucket() == Some(&bucket)
        })
    }

    /// Narrows the rule to requests about this key.
    pub fn key(self, key: &str) -> Self {
        let key = key.to_owned();
        self.check(format!("key {key}"), move |it| it.key() == Some(&key))
    }

    /// Narrows the rule to keys that begin so, and to listings of such keys.
    pub fn key_prefix(self, prefix: &str) -> Self {
        let prefix = prefix.to_owned();
        self.check(format!("key prefix {prefix}"), move |it| {
            let key = it.key().or_else(|| it.prefix());
            key.is_some_and(|key| key.starts_with(&prefix))
        })
    }

    /// Narrows the rule to this part of a multipart upload, from 1.
    pub fn part_number(self, part: u32) -> Self {
        self.check(format!("part {part}"), move |it| {
            it.part_number() == Some(part)
        })
    }

    /// Narrows the rule to this page of a listing, from 1; see [`Request::page`].
    ///
    /// ```
    /// use s3_test::{Faults, Operation, S3Error};
    ///
    /// fn fail_late(faults: &Faults) {
    ///     faults.on(Operation::ListObjectsV2).page(3).once().respond(S3Error::INTERNAL_ERROR);
    /// }
    /// ```
    pub fn page(self, page: usize) -> Self {
        self.check(format!("page {page}"), move |it| it.page() == Some(page))
    }

    /// Narrows the rule to requests that fulfil a condition. Of such a request there is no answer yet.
    pub fn matching(self, condition: impl Fn(&Request) -> bool + Send + Sync + 'static) -> Self {
        self.check("the condition".to_owned(), condition)
    }

    /// Lets the rule fire once.
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Lets the rule fire so many times; without it there is no limit.
    pub fn times(mut self, times: usize) -> Self {
        self.rule.times = Some(times);
        self
    }

    /// Lets the first `count` requests pass that the rule would fire for.
    pub fn skip(mut self, count: usize) -> Self {
        self.rule.skip = count;
        self
    }

    /// Fires for the first of every `count` requests.
    pub fn every(mut self, count: usize) -> Self {
        self.rule.every = count.max(1);
        self
    }

    /// Fires with this probability, from 0 to 1, in the order that [`Self::seed`] gives.
    pub fn with_probability(mut self, probability: f64) -> Self {
        self.rule.probability = Some(probability);
        self
    }

    /// Chooses the sequence of [`Self::with_probability`], which is the same in every run; 0 by default.
    pub fn seed(mut self, seed: u64) -> Self {
        self.rule.random = seed;
        self
    }

    /// Lets the test pass if the rule never fires.
    pub fn optional(mut self) -> Self {
        self.rule.optional = true;
        self
    }

    /// Answers with an error before the server sees the request.
    pub fn respond(self, error: S3Error) -> Fault {
        self.add(Kind::Error(error))
    }

    /// Answers with status 200 and an error document before the server sees the request, as S3 does for
    /// CompleteMultipartUpload, CopyObject and UploadPartCopy when they fail late.
    pub fn respond_200_with(self, error: S3Error) -> Fault {
        self.add(Kind::ErrorInside200(error))
    }

    /// Answers DeleteObjects with status 200 and an `<Error>` entry for every key, before the server sees the request:
    /// nothing is deleted. Other operations pass.
    ///
    /// ```
    /// use object_store::{ObjectStore, ObjectStoreExt, aws::AmazonS3, path::Path};
    /// use s3_test::{Faults, Operation, S3Error, s3_test};
    ///
    /// #[s3_test(backend = "embedded")]
    /// async fn keys_that_stay_are_noticed(store: AmazonS3, faults: Faults) -> object_store::Result<()> {
    ///     use futures_util::{StreamExt, stream};
    ///
    ///     let path = Path::from("key");
    ///     store.put(&path, "x".into()).await?;
    ///     faults.on(Operation::DeleteObjects).respond_entries_with(S3Error::ACCESS_DENIED);
    ///     let deleted: Vec<_> = store.delete_stream(stream::iter([Ok(path)]).boxed()).collect().await;
    ///     assert!(deleted[0].is_err());
    ///     Ok(())
    /// }
    /// ```
    pub fn respond_entries_with(self, error: S3Error) -> Fault {
        self.deletions().add(Kind::EntriesFail(error))
    }

    /// Lets the server act on DeleteObjects, and then reports keys that begin so as failed. Other operations pass.
    ///
    /// The objects are gone: S3's error of an entry does not say that its object is still there. Keys without the prefix are
    /// reported as the server reports them.
    pub fn commit_then_fail_entries(self, key_prefix: &str, error: S3Error) -> Fault {
        let prefix = key_prefix.to_owned();
        self.deletions().add(Kind::EntriesFailLate(prefix, error))
    }

    /// Answers with a status from 200 to 599 and no body, as a proxy or load balancer does.
    ///
    /// # Panics
    ///
    /// With any other status.
    #[track_caller]
    pub fn respond_status(self, status: u16) -> Fault {
        assert!(
            (200..600).contains(&status),
            "{status} is no status of a final answer"
        );
        self.add(Kind::Status(status))
    }

    /// Resets the connection before the server sees the request.
    pub fn reset(self) -> Fault {
        self.add(Kind::Reset)
    }

    /// Sends so many bytes of the request's body to the server, and then resets both connections.
    ///
    /// The last byte of the body is never sent: a request that is complete may take effect. A request without a body is
    /// reset before the server sees it.
    pub fn reset_upload_after(self, bytes: u64) -> Fault {
        self.add(Kind::ResetUpload(bytes))
    }

    /// Closes the client's connection instead of reading the request, if the connection has served one before: as a
    /// server does whose idle timeout ends just when the client uses the connection again.
    pub fn close_reused_connection(self) -> Fault {
        self.check("an earlier request on its connection".to_owned(), |it| {
            it.is_on_reused_connection()
        })
        .add(Kind::Close)
    }

    /// Lets the server act on the request, and then gives the client an [`S3Error`] or a [`Cut`](crate::Cut) instead of the answer.
    pub fn commit_then(self, instead: impl Into<Instead>) -> Fault {
        self.add(Kind::CommitThen(instead.into().0))
    }

    /// Waits before the server sees the request. A client that gives up first has changed nothing.
    pub fn delay(self, delay: Duration) -> Fault {
        self.add(Kind::Delay(delay))
    }

    /// Lets the server act on the request, and waits before its answer. A client that gives up first has changed something.
    pub fn delay_answer(self, delay: Duration) -> Fault {
        self.add(Kind::DelayAnswer(delay))
    }

    /// Delivers the request to the server twice, and the second answer to the client. Its body is held in memory.
    pub fn deliver_twice(self) -> Fault {
        self.add(Kind::Twice)
    }

    /// Gives the server a clock that is ahead by so much, as the client sees it: see [`Self::clock_behind`].
    pub fn clock_ahead(self, by: Duration) -> Fault {
        self.add(Kind::Skew(Skew::Ahead(by)))
    }

    /// Gives the server a clock that is behind by so much, as the client sees it.
    ///
    /// The header `Date` of the answer is shifted. A request that was signed more than 15 minutes from that clock is
    /// refused as by S3, with `RequestTimeTooSkewed` and both times in the error document, before the server sees it. The
    /// server behind the gateway keeps its own clock: it refuses a client that corrects its own by more than 15 minutes.
    /// For a client that shall correct itself and go on, answer once with
    /// [`REQUEST_TIME_TOO_SKEWED`](S3Error::REQUEST_TIME_TOO_SKEWED) instead.
    pub fn clock_behind(self, by: Duration) -> Fault {
        self.add(Kind::Skew(Skew::Behind(by)))
    }

    /// Closes the connection after so many bytes of the answer's body, of which its head promises all.
    pub fn cut_body_after(self, bytes: u64) -> Fault {
        self.add(Kind::Shape(Shape::CutAfter(bytes)))
    }

    /// Resets the connection after so many bytes of the answer's body, of which its head promises all.
    pub fn reset_body_after(self, bytes: u64) -> Fault {
        self.add(Kind::Shape(Shape::ResetAfter(bytes)))
    }

    /// Ends the answer's body in good order after so many bytes, with a head that promises no more: only a client that knows
    /// the size or a checksum notices.
    pub fn truncate_body_to(self, bytes: u64) -> Fault {
        self.add(Kind::Shape(Shape::TruncateTo(bytes)))
    }

    /// Sends so many bytes of the answer's body and then nothing more, until the client or the test ends.
    pub fn stall_after(self, bytes: u64) -> Fault {
        self.add(Kind::Shape(Shape::StallAfter(bytes)))
    }

    /// Flips a bit of the byte at this place of the answer's body, from 0.
    pub fn flip_byte(self, at: u64) -> Fault {
        self.add(Kind::Shape(Shape::FlipByte(at)))
    }

    /// Slows the answer's body down to so many bytes per second, at least 1.
    pub fn bandwidth(self, bytes_per_second: u64) -> Fault {
        self.add(Kind::Shape(Shape::BytesPerSecond(bytes_per_second.max(1))))
    }

    /// Sends the answer's body in chunks of so many bytes, at least 1, with a wait between two of them.
    pub fn delay_between_chunks(self, bytes: u64, delay: Duration) -> Fault {
        self.add(Kind::Shape(Shape::Chunks(bytes.max(1), delay)))
    }

    fn deletions(self) -> Self {
        self.check("a list of keys".to_owned(), |it| {
            it.operation() == Operation::DeleteObjects
        })
    }

    fn check(
        mut self,
        description: String,
        check: impl Fn(&Request) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.rule.description += &format!(", {description}");
        self.rule
            .checks
            .push(Box::new(move |request| match check(request) {
                true => Ok(()),
                false => Err(format!("it does not have {description}")),
            }));
        self
    }

    fn add(mut self, kind: Kind) -> Fault {
        self.rule.kind = kind;
        let index = self.rules.add(self.rule);
        Fault::new(self.rules, index)
    }
}
