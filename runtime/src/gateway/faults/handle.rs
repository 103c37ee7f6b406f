//! A rule in force, as its test sees it.

use std::{sync::Arc, time::Duration};

use super::rules::Rules;
use crate::process::background;

/// The longest wait of [`Fault::wait_hits`].
const WAIT_LIMIT: Duration = Duration::from_secs(30);

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
    pub(super) fn new(rules: Arc<Rules>, index: usize) -> Self {
        Self { rules, index }
    }

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
