//! The buckets that tests kept on this user's containers.

use crate::{bucket::ownership, server::survey::Found, state::StateDirectory};

/// Returns the names of the buckets that are kept in a container.
pub(super) fn names(container: &Found) -> Vec<String> {
    match StateDirectory::open() {
        Ok(state) => ownership::kept(&container.identity, state),
        Err(_) => Vec::new(),
    }
}
