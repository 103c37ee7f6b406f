//! The guard of a bucket that no test owns.

use std::{
    collections::HashMap,
    fmt, mem,
    ops::Deref,
    sync::{
        LazyLock, Mutex, Once, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use crate::{
    bucket::TestBucket,
    process::{
        exit::{self, Stage},
        stderr,
    },
    test::{Prepared, kept_for},
};

/// A bucket of [`bucket()`](crate::bucket()), which is deleted when this is dropped.
///
/// It derefs to [`TestBucket`]. The deletion runs in the background, and the process waits for it at its end. A value in a
/// `static` is never dropped: its bucket is deleted at the end of the process. The next process that uses the server
/// deletes the bucket of a killed one.
///
/// The option `keep` is respected: a panic on the thread that drops the value counts as a failure.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let bucket = s3_test::bucket().create_blocking()?;
/// let store = bucket.store()?;
/// drop(bucket); // The store's requests fail from now on.
/// # drop(store);
/// # Ok(())
/// # }
/// ```
pub struct OwnedBucket {
    bucket: TestBucket,
    id: u64,
}

/// A bucket that is still to be deleted.
struct Owned {
    prepared: Prepared,
    idle_timeout: Duration,
}

/// What the guards of this process own, because the end of the process deletes what is in a `static`.
static OWNED: LazyLock<Mutex<HashMap<u64, Owned>>> = LazyLock::new(Mutex::default);

impl OwnedBucket {
    /// Takes over the only bucket of `prepared`.
    pub(super) fn new(prepared: Prepared, idle_timeout: Duration) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        static AT_EXIT: Once = Once::new();
        AT_EXIT.call_once(|| {
            exit::at_exit(Stage::Buckets, async {
                let left = mem::take(&mut *owned());
                left.into_values().for_each(|owned| owned.clean_up(false));
            });
        });
        let bucket = prepared.buckets[0].bucket.clone();
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let entry = Owned {
            prepared,
            idle_timeout,
        };
        owned().insert(id, entry);
        Self { bucket, id }
    }
}

fn owned() -> std::sync::MutexGuard<'static, HashMap<u64, Owned>> {
    OWNED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Owned {
    fn clean_up(mut self, failed: bool) {
        for held in &mut self.prepared.buckets {
            if let Some(data_set) = held.data_set.take() {
                exit::spawn(async move {
                    if let Err(written) = data_set.verify().await {
                        stderr::warn(&written);
                    }
                });
            }
            if held.is_kept(failed) {
                let (name, server) = (held.bucket.name(), &self.prepared.server);
                let kept = kept_for(server, self.idle_timeout);
                stderr::note(&format!("the bucket {name} on {}{kept}", server.endpoint));
            }
        }
        self.prepared.clean_up(|held| held.is_kept(failed));
    }
}

impl Deref for OwnedBucket {
    type Target = TestBucket;

    fn deref(&self) -> &TestBucket {
        &self.bucket
    }
}

impl Drop for OwnedBucket {
    fn drop(&mut self) {
        // None if the end of the process was first.
        let owned = owned().remove(&self.id);
        if let Some(owned) = owned {
            owned.clean_up(thread::panicking());
        }
    }
}

impl fmt::Debug for OwnedBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnedBucket").field(&self.bucket).finish()
    }
}
