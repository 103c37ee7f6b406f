//! Who uses which bucket. Tests that name the same bucket take turns, and what a killed process left behind is deleted
//! by the next one: both by a lock with the bucket's name, which lives as long as the bucket is used.

use std::{sync::Arc, time::Duration};

use super::ownership;
use crate::{
    Error,
    server::Server,
    state::{FileLock, StateDirectory},
};

/// How long one and the same test may use a bucket that another one waits for.
const LIMIT: Duration = Duration::from_secs(5 * 60);

fn prefix(identity: &str) -> String {
    format!("bucket-{identity}-")
}

/// Waits until nobody else uses the bucket of the shared server that has this identity.
pub(crate) async fn take(identity: &str, bucket: &str, test_path: &str) -> Result<FileLock, Error> {
    let state = StateDirectory::open()?;
    let name = format!("{}{bucket}.lock", prefix(identity));
    let what = format!("the bucket `{bucket}`");
    state.lock(&name, &what, test_path, LIMIT).await
}

/// Removes the locks of buckets that went with their container: those whose server's identity has so many digits and is
/// not there any more.
#[cfg(feature = "container")]
pub(crate) fn forget(state: &StateDirectory, digits: usize, is_there: impl Fn(&str) -> bool) {
    for name in state.lock_names("bucket-") {
        let identity = name.split('-').nth(1).unwrap_or_default();
        if identity.len() == digits
            && !is_there(identity)
            && let Ok(Some(mut turn)) = state.try_lock(&name, "sweeping")
        {
            let _ = turn.set_note(None);
        }
    }
}

/// Deletes the buckets whose test was killed.
pub(crate) async fn sweep(server: Arc<Server>, state: &'static StateDirectory) {
    let Some(identity) = server.shared_identity() else {
        return;
    };
    let prefix = prefix(identity);
    for name in state.lock_names(&prefix) {
        let bucket = name
            .strip_prefix(&prefix)
            .and_then(|rest| rest.strip_suffix(".lock"));
        let Some(bucket) = bucket else { continue };
        if let Ok(Some(mut turn)) = state.try_lock(&name, "sweeping") {
            // Should this fail, the bucket goes with its server, or the next process tries again.
            let _ = ownership::sweep(&server, bucket, &mut turn).await;
        }
    }
}
