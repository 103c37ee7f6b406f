//! Numbers of requests that a test expects, checked at its end.

use std::{fmt, sync::Arc};

use super::{log::Log, operation::Operation, request::Request, requests::RequestList};

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

/// A number of requests of one operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected {
    operation: Operation,
    limit: Limit,
}

#[derive(Debug, Clone, Copy)]
enum Limit {
    AtMost(usize),
    Exactly(usize),
    AtLeast(usize),
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

impl Limit {
    fn allows(self, count: usize) -> bool {
        match self {
            Self::AtMost(limit) => count <= limit,
            Self::Exactly(limit) => count == limit,
            Self::AtLeast(limit) => count >= limit,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(limit) => write!(f, "at most {limit}"),
            Self::Exactly(0) => f.write_str("no"),
            Self::Exactly(limit) => write!(f, "exactly {limit}"),
            Self::AtLeast(limit) => write!(f, "at least {limit}"),
        }
    }
}

/// Checks all expectations against all requests. The error says what was expected, and which requests there were.
pub(super) fn verify(expected: &[Expected], requests: &[Request]) -> Result<(), String> {
    let mut missed = Vec::new();
    for Expected { operation, limit } in expected {
        let of_it = |request: &&Request| request.operation() == *operation;
        let count = requests.iter().filter(of_it).count();
        if !limit.allows(count) {
            missed.push(format!(
                "the test expected {limit} {operation}, and there were {count}."
            ));
        }
    }
    if missed.is_empty() {
        return Ok(());
    }
    let list = RequestList::from(requests.to_vec());
    let list = match requests {
        [] => "There were no requests.".to_owned(),
        _ => format!("The requests:\n{}", list.table()),
    };
    Err(format!(
        "{} Correct the code that sent the requests, or the number. {list}",
        missed.join(" ")
    ))
}
