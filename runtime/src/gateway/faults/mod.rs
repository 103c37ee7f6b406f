//! Faults: what a test says should go wrong.
//!
//! `rules` decides, `kind` and `error` are what can go wrong; the proxy does it.

mod error;
mod kind;
mod rules;

use std::{sync::Arc, time::Duration};

use self::rules::Rule;
pub use self::{
    error::S3Error,
    kind::{Cut, Instead},
};
pub(super) use self::{
    error::plain,
    kind::{InsteadKind, Kind, Shape},
    rules::Rules,
};
use super::{operation::Operation, request::Request};
use crate::process::background;

/// The longest wait of [`Fault::wait_hits`].
const WAIT_LIMIT: Duration = Duration::from_secs(30);

/// Every operation, for [`Faults::on`].
///
/// ```
/// use s3_test::{Any, Faults, S3Error};
///
/// fn shaky(faults: &Faults) {
///     faults.on(Any).with_probability(0.01).seed(7).optional().respond(S3Error::INTERNAL_ERROR);
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Any;

/// The operations that a rule is for: one [`Operation`], or [`Any`].
///
/// ```
/// use s3_test::{Any, Fault, Faults, Operation, Operations, S3Error};
///
/// fn busy(faults: &Faults, operations: impl Into<Operations>) -> Fault {
///     faults.on(operations).once().respond(S3Error::SLOW_DOWN)
/// }
///
/// fn busy_twice(faults: &Faults) -> [Fault; 2] {
///     [busy(faults, Operation::HeadObject), busy(faults, Any)]
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Operations(Option<Operation>);

impl From<Operation> for Operations {
    fn from(operation: Operation) -> Self {
        Self(Some(operation))
    }
}

impl From<Any> for Operations {
    fn from(_: Any) -> Self {
        Self(None)
    }
}

/// Faults between this test's clients and its server.
///
/// Take it as a parameter: all clients of the test, also its child processes, then go through a proxy on 127.0.0.1, as with
/// [`Requests`](crate::Requests). Rules apply in the order in which they were made, and the first that fires wins. Each
/// returns a [`Fault`], by which a test waits for what happened instead of sleeping. **A rule that never fired fails the
/// test**, and the message says which requests came near it.
///
/// ```
/// use object_store::{ObjectStore, ObjectStoreExt, path::Path};
/// use s3_test::{Faults, Operation, Requests, S3Error, s3_test};
///
/// #[s3_test(backend = "embedded")]
/// async fn a_busy_server_is_asked_again(
///     store: &dyn ObjectStore,
///     faults: Faults,
///     requests: Requests,
/// ) -> object_store::Result<()> {
///     let busy = faults.on(Operation::GetObject).times(2).respond(S3Error::SLOW_DOWN);
///     store.put(&Path::from("key"), "content".into()).await?;
///     store.get(&Path::from("key")).await?;
///     assert_eq!(busy.hits(), 2);
///     assert_eq!(requests.operation(Operation::GetObject).count(), 3);
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Faults {
    rules: Arc<Rules>,
}

impl Faults {
    pub(super) fn new(rules: Arc<Rules>) -> Self {
        Self { rules }
    }

    /// Begins a rule for one operation, or for [`Any`]; it takes effect when its fault is said.
    pub fn on(&self, operations: impl Into<Operations>) -> FaultRule {
        let operation = operations.into().0;
        FaultRule {
            rules: self.rules.clone(),
            rule: Rule {
                operation,
                description: operation.map_or("Any", Operation::name).to_owned(),
                checks: Vec::new(),
                skip: 0,
                every: 1,
                times: None,
                probability: None,
                random: 0,
                optional: false,
                kind: Kind::Reset,
                matched: 0,
                hits: 0,
                cleared: false,
                misses: Vec::new(),
            },
        }
    }

    /// Resets the connection of every request until the rule is cleared, as when the server is gone.
    pub fn outage(&self) -> Fault {
        self.on(Any).reset()
    }
}

/// A rule that still lacks its fault; see [`Faults::on`].
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

    /// Lets the server act on the request, and then gives the client an [`S3Error`] or a [`Cut`] instead of the answer.
    pub fn commit_then(self, instead: impl Into<Instead>) -> Fault {
        self.add(Kind::CommitThen(instead.into().0))
    }

    /// Waits before the server sees the request.
    pub fn delay(self, delay: Duration) -> Fault {
        self.add(Kind::Delay(delay))
    }

    /// Delivers the request to the server twice, and the second answer to the client. Its body is held in memory.
    pub fn deliver_twice(self) -> Fault {
        self.add(Kind::Twice)
    }

    /// Closes the connection after so many bytes of the answer's body, of which its head promises all.
    pub fn cut_body_after(self, bytes: u64) -> Fault {
        self.add(Kind::Shape(Shape::CutAfter(bytes)))
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
        Fault {
            rules: self.rules,
            index,
        }
    }
}

/// A rule in force. Dropping it changes nothing.
///
/// ```
/// use s3_test::{Faults, Operation, S3Error};
///
/// async fn busy_at_first(faults: &Faults) {
///     let busy = faults.on(Operation::PutObject).respond(S3Error::SLOW_DOWN);
///     // … start something that writes …
///     busy.wait_hits(2).await;
///     busy.clear();
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Fault {
    rules: Arc<Rules>,
    index: usize,
}

impl Fault {
    /// Returns the number of requests that the rule has fired for.
    #[must_use]
    pub fn hits(&self) -> usize {
        self.rules.hits(self.index)
    }

    /// Waits until the rule has fired so many times; 30 s at most, also in a test whose clock is paused.
    ///
    /// # Panics
    ///
    /// When it has not by then, with the requests that came near it.
    pub async fn wait_hits(&self, count: usize) {
        let mut changes = self.rules.changes();
        // On the background runtime, whose clock nobody pauses.
        let mut elapsed = background::handle().spawn(tokio::time::sleep(WAIT_LIMIT));
        while self.hits() < count {
            tokio::select! {
                biased;
                _ = changes.changed() => {}
                _ = &mut elapsed => panic!(
                    "the fault fired {} times within {} s, and {count} were waited for.\n{}",
                    self.hits(),
                    WAIT_LIMIT.as_secs(),
                    self.rules.explain(self.index)
                ),
            }
        }
        elapsed.abort();
    }

    /// Ends the rule. What it has done to requests in flight stays done.
    pub fn clear(&self) {
        self.rules.clear(self.index);
    }
}
