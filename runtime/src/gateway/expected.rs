//! Numbers of requests that a test expects, checked at its end.

use std::fmt;

use super::{list::RequestList, operation::Operation, request::Request};

/// A number of requests of one operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected {
    pub(super) operation: Operation,
    pub(super) limit: Limit,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Limit {
    AtMost(usize),
    Exactly(usize),
    AtLeast(usize),
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
