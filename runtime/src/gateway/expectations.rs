//! Expectations of a test about its requests.

use std::sync::Arc;

use super::{
    expected::{Expected, Limit},
    log::Log,
    operation::Operation,
};

/// An expectation that still lacks its number; see [`Requests::expect`](crate::Requests::expect).
///
/// ```
/// use object_store::{ObjectStore, ObjectStoreExt, path::Path};
/// use s3_test::{Operation, Requests, s3_test};
///
/// #[s3_test(backend = "embedded")]
/// async fn written_without_a_look(store: &dyn ObjectStore, requests: Requests) -> object_store::Result<()> {
///     requests.expect(Operation::PutObject).exactly(1);
///     requests.expect(Operation::HeadObject).never();
///     requests.expect(Operation::ListObjectsV2).at_most(3);
///     store.put(&Path::from("key"), "content".into()).await?;
///     Ok(())
/// }
/// ```
#[derive(Debug)]
#[must_use = "an expectation without a number expects nothing"]
pub struct Expectation {
    log: Arc<Log>,
    operation: Operation,
}

impl Expectation {
    pub(super) fn new(log: Arc<Log>, operation: Operation) -> Self {
        Self { log, operation }
    }

    /// Fails the test if there are more.
    pub fn at_most(self, count: usize) {
        self.add(Limit::AtMost(count));
    }

    /// Fails the test if there are more or fewer.
    pub fn exactly(self, count: usize) {
        self.add(Limit::Exactly(count));
    }

    /// Fails the test if there are fewer.
    pub fn at_least(self, count: usize) {
        self.add(Limit::AtLeast(count));
    }

    /// Fails the test if there is any.
    pub fn never(self) {
        self.exactly(0);
    }

    fn add(self, limit: Limit) {
        let operation = self.operation;
        self.log.expect(Expected { operation, limit });
    }
}
