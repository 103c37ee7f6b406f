//! Faults: what a test says should go wrong.
//!
//! A test writes a rule (`rule`) and keeps its handle (`handle`). `rules` decides, `kind`, `error` and `skew` are what can
//! go wrong; `failing` in the folder above does it.

mod error;
mod handle;
mod kind;
mod rule;
mod rules;
mod skew;

use std::sync::Arc;

pub use self::{
    error::S3Error,
    handle::Fault,
    kind::{Cut, Instead},
    rule::FaultRule,
};
pub(super) use self::{
    error::{document, plain},
    kind::{InsteadKind, Kind, Shape},
    rules::Rules,
};
use super::operation::Operation;

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
/// test**, and the message says which requests came near it. Below the failure of a body that panicked, returned an error or
/// ran into its timeout it is a note.
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
        FaultRule::new(self.rules.clone(), operations.into().0)
    }

    /// Resets the connection of every request until the rule is cleared, as when the server is gone.
    pub fn outage(&self) -> Fault {
        self.on(Any).reset()
    }
}
