//! The lock of a shared data set: shared by the tests that read it, taken alone by the one that uploads it.
//!
//! Its file outlives it with a note, which says that the upload is complete. The file's time is that of the last use.

use std::time::Duration;

use super::{FileLock, Share, StateDirectory};
use crate::error::Error;

/// The beginning of the names of these locks.
pub(super) const PREFIX: &str = "data-";
/// The limit for one upload that other tests wait for, and for one test's use of a data set that is to be made anew.
const LIMIT: Duration = Duration::from_secs(10 * 60);

fn name(identity: &str, bucket: &str) -> String {
    format!("{PREFIX}{identity}-{bucket}.lock")
}

fn purpose(bucket: &str) -> String {
    format!("the shared data set `{bucket}`")
}

/// Waits until nobody uploads the data set, and takes a share in it.
pub(crate) async fn share(identity: &str, bucket: &str) -> Result<Share, Error> {
    let state = StateDirectory::open()?;
    let name = name(identity, bucket);
    state.share_within(&name, &purpose(bucket), LIMIT).await
}

/// Waits until nobody uses the data set.
pub(crate) async fn take(identity: &str, bucket: &str, holder: &str) -> Result<FileLock, Error> {
    let state = StateDirectory::open()?;
    let name = name(identity, bucket);
    state.lock(&name, &purpose(bucket), holder, LIMIT).await
}

/// Takes the locks of data sets on this server that nobody has used for so long, each with its bucket's name.
pub(crate) fn take_unused<'a>(
    identity: &str,
    state: &'a StateDirectory,
    unused: Duration,
) -> impl Iterator<Item = (String, FileLock)> + 'a {
    let prefix = format!("{PREFIX}{identity}-");
    let names = state.lock_names(&prefix).into_iter();
    names.filter_map(move |name| {
        let bucket = name.strip_prefix(&prefix)?.strip_suffix(".lock")?;
        // Looked at first, since taking a lock writes its file.
        if state.age(&name)? < unused {
            return None;
        }
        let lock = state.try_lock(&name, "sweeping").ok()??;
        Some((bucket.to_owned(), lock))
    })
}
