//! The lock of a bucket's name, held as long as a test uses the bucket.
//!
//! Tests that name the same bucket wait for each other on it. A lock file that nobody holds is that of a killed process.

use std::time::Duration;

use super::{FileLock, StateDirectory, data_lock};
use crate::error::Error;

/// The limit for one test's use of a bucket that another test waits for.
const LIMIT: Duration = Duration::from_secs(5 * 60);

fn prefix(identity: &str) -> String {
    format!("bucket-{identity}-")
}

/// Waits for the lock of a bucket on the shared server with this identity.
pub(crate) async fn take(identity: &str, bucket: &str, test_path: &str) -> Result<FileLock, Error> {
    let state = StateDirectory::open()?;
    let name = format!("{}{bucket}.lock", prefix(identity));
    let purpose = format!("the bucket `{bucket}`");
    state.lock(&name, &purpose, test_path, LIMIT).await
}

/// Returns the lock of a bucket if nobody holds it.
pub(crate) fn try_take(identity: &str, bucket: &str, state: &StateDirectory) -> Option<FileLock> {
    let name = format!("{}{bucket}.lock", prefix(identity));
    state.try_lock(&name, "sweeping").ok()?
}

/// Takes the locks that killed processes left behind on the server with this identity, each with its bucket's name.
pub(crate) fn take_abandoned<'a>(
    identity: &str,
    state: &'a StateDirectory,
) -> impl Iterator<Item = (String, FileLock)> + 'a {
    let prefix = prefix(identity);
    state
        .lock_names(&prefix)
        .into_iter()
        .filter_map(move |name| {
            let bucket = name.strip_prefix(&prefix)?.strip_suffix(".lock")?;
            let lock = state.try_lock(&name, "sweeping").ok()??;
            Some((bucket.to_owned(), lock))
        })
}

/// Returns the buckets on the server with this identity whose locks have this note.
#[cfg(feature = "cli")]
pub(crate) fn noted(identity: &str, state: &StateDirectory, note: &str) -> Vec<String> {
    let prefix = prefix(identity);
    let names = state.lock_names(&prefix).into_iter();
    let noted = names.filter(|name| state.note(name).as_deref() == Some(note));
    let bucket = |name: String| {
        let bucket = name.strip_prefix(&prefix)?.strip_suffix(".lock")?;
        Some(bucket.to_owned())
    };
    let mut buckets: Vec<String> = noted.filter_map(bucket).collect();
    buckets.sort_unstable();
    buckets
}

/// Removes the lock files of buckets that went with their container: those whose server's identity has this many digits
/// and is not present any more.
#[cfg(feature = "container")]
pub(crate) fn forget(state: &StateDirectory, digits: usize, is_present: impl Fn(&str) -> bool) {
    let data_sets = state.lock_names(data_lock::PREFIX);
    for name in state.lock_names("bucket-").into_iter().chain(data_sets) {
        let identity = name.split('-').nth(1).unwrap_or_default();
        if identity.len() == digits
            && !is_present(identity)
            && let Ok(Some(mut lock)) = state.try_lock(&name, "sweeping")
        {
            let _ = lock.set_note(None);
        }
    }
}
