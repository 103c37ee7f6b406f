//! The log as a test sees it.

use std::{fmt, sync::Arc, time::Duration};

use super::{
    cost::Cost, expectations::Expectation, list::RequestList, log::Log, operation::Operation,
    request::Request,
};
use crate::process::background;

/// The requests that reach this test's endpoint, from any client.
///
/// Take it as a parameter: all parameters of the test, [`TestBucket::env_vars`](crate::TestBucket::env_vars) and so its
/// child processes then send their requests through a proxy on 127.0.0.1, which notes every one of them. The requests by
/// which s3-test itself makes and deletes the test's buckets are not among them. Other tests pay nothing for it.
///
/// Every method sees the log as it is at that moment; [`RequestList`] is such a moment. [`Display`](fmt::Display) is one
/// line for each request, in the order of arrival, without times, ids, ports and bucket names, for snapshots.
///
/// ```
/// use object_store::{ObjectStore, ObjectStoreExt, path::Path};
/// use s3_test::{Operation, Requests, s3_test};
///
/// #[s3_test(backend = "embedded")]
/// async fn one_get_is_enough(store: &dyn ObjectStore, requests: Requests) -> object_store::Result<()> {
///     store.put(&Path::from("a/b"), "hello".into()).await?;
///     requests.take();
///     requests.expect(Operation::GetObject).exactly(1);
///
///     store.get(&Path::from("a/b")).await?.bytes().await?;
///
///     assert_eq!(requests.to_string(), "GetObject a/b 200\n");
///     assert_eq!(requests.bytes_received(), 5);
///     assert_eq!(requests.operation(Operation::HeadObject).count(), 0);
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Requests {
    log: Arc<Log>,
}

/// The error of [`Requests::wait_for`]: no such request came in time. It lists the requests that did come.
///
/// ```
/// use std::time::Duration;
///
/// use s3_test::{Operation, Requests, WaitError, s3_test};
///
/// #[s3_test(backend = "embedded")]
/// async fn nobody_writes(requests: Requests) {
///     let put = requests.wait_for(|it| it.operation() == Operation::PutObject, Duration::from_millis(50));
///     let late: WaitError = put.await.expect_err("nobody writes");
///     assert!(late.to_string().contains("within 50ms"));
/// }
/// ```
#[derive(Debug, Clone, thiserror::Error)]
#[error(
    "no request that was waited for came within {}. These came:\n{seen}",
    humantime::format_duration(*limit)
)]
pub struct WaitError {
    limit: Duration,
    seen: RequestList,
}

impl Requests {
    pub(super) fn new(log: Arc<Log>) -> Self {
        Self { log }
    }

    /// Returns the requests so far.
    #[must_use]
    pub fn list(&self) -> RequestList {
        RequestList(self.log.requests())
    }

    /// Returns the requests so far and takes them out of the log, so that what comes later is alone in it.
    ///
    /// A request that is in flight is taken as it is. [`Self::expect`] counts all requests, taken or not.
    pub fn take(&self) -> RequestList {
        RequestList(self.log.take())
    }

    /// Returns the requests so far, in the order of arrival.
    pub fn iter(&self) -> impl Iterator<Item = Request> + use<> {
        self.log.requests().into_iter()
    }

    /// Returns the requests of one operation.
    #[must_use]
    pub fn operation(&self, operation: Operation) -> RequestList {
        self.list().operation(operation)
    }

    /// Returns the requests whose key begins so, and the listings of such keys.
    #[must_use]
    pub fn key_prefix(&self, prefix: &str) -> RequestList {
        self.list().key_prefix(prefix)
    }

    /// Returns the requests that were answered with this HTTP status.
    #[must_use]
    pub fn status(&self, status: u16) -> RequestList {
        self.list().status(status)
    }

    /// Returns the number of requests.
    #[must_use]
    pub fn count(&self) -> usize {
        self.list().count()
    }

    /// Returns the bytes of all requests' bodies.
    #[must_use]
    pub fn bytes_sent(&self) -> u64 {
        self.list().bytes_sent()
    }

    /// Returns the bytes of all answers' bodies.
    #[must_use]
    pub fn bytes_received(&self) -> u64 {
        self.list().bytes_received()
    }

    /// Returns the length of the latency chain, as [`RequestList::hops`].
    #[must_use]
    pub fn hops(&self) -> usize {
        self.list().hops()
    }

    /// Returns the number of requests in each of S3's price classes.
    #[must_use]
    pub fn cost(&self) -> Cost {
        self.list().cost()
    }

    /// Returns a table with sizes and durations, for people.
    #[must_use]
    pub fn table(&self) -> String {
        self.list().table()
    }

    /// Begins an expectation, which is checked at the end of the test: `requests.expect(op).at_most(3)`.
    ///
    /// It counts all requests of the test, also those before the call and those that were taken. A miss fails a test whose
    /// body succeeded. Below the failure of a body that panicked, returned an error or ran into its timeout it is a note.
    pub fn expect(&self, operation: Operation) -> Expectation {
        Expectation::new(self.log.clone(), operation)
    }

    /// Waits until a request in the log fulfils the condition, and returns the first that does.
    ///
    /// The condition sees every request again whenever something about one has changed: it may ask for a status.
    /// The limit is one of real time, also in a test whose clock is paused.
    ///
    /// # Errors
    ///
    /// When there was none within the limit. The error lists the requests that came.
    pub async fn wait_for(
        &self,
        condition: impl Fn(&Request) -> bool,
        limit: Duration,
    ) -> Result<Request, WaitError> {
        let mut changes = self.log.changes();
        // On the background runtime, whose clock nobody pauses.
        let mut elapsed = background::handle().spawn(tokio::time::sleep(limit));
        loop {
            if let Some(found) = self.iter().find(&condition) {
                elapsed.abort();
                return Ok(found);
            }
            tokio::select! {
                biased;
                _ = changes.changed() => {}
                _ = &mut elapsed => {
                    let seen = self.list();
                    return Err(WaitError { limit, seen });
                }
            }
        }
    }
}

impl fmt::Display for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list().fmt(f)
    }
}
