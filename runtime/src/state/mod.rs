//! What test processes of one user agree on through the file system: who starts which server, who uses which bucket.
//!
//! Everything is a lock on a file (`std::fs::File::lock`), which the operating system releases whatever ends the
//! process. The files live in one directory and are removed with their lock, unless a note in them says that something
//! is still to be done; what a killed process left behind is removed by the next one.

use std::{
    fs::{self, File, OpenOptions},
    hash::{BuildHasher, RandomState},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
    sync::OnceLock,
    time::Duration,
};

use crate::Error;

/// The directory of the locks, and an identity that tells it from every other such directory.
#[derive(Debug)]
pub(crate) struct StateDirectory {
    path: PathBuf,
    identity: String,
}

impl StateDirectory {
    /// The directory of this user: `s3-test-<user>` in the system's directory for temporary files.
    pub(crate) fn open() -> Result<&'static Self, Error> {
        static DIRECTORY: OnceLock<StateDirectory> = OnceLock::new();
        if let Some(directory) = DIRECTORY.get() {
            return Ok(directory);
        }
        let user: String = ["USER", "LOGNAME", "USERNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok())
            .unwrap_or_else(|| "anybody".to_owned())
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let path = std::env::temp_dir().join(format!("s3-test-{user}"));
        let opened = Self::open_at(&path).map_err(|error| directory_error(&path, &error))?;
        Ok(DIRECTORY.get_or_init(|| opened))
    }

    fn open_at(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        Ok(Self {
            path: path.to_owned(),
            identity: identity(&path.join("identity"))?,
        })
    }

    /// Random, made with the directory. Processes that do not share the directory (another user, a container that
    /// only shares Docker's socket) have another one, and must not share a server either: they could not take turns.
    pub(crate) fn identity(&self) -> &str {
        &self.identity
    }

    /// Waits for the lock called `name`. Gives up when one and the same holder has kept it for `limit`.
    ///
    /// `what` is what the lock stands for and `holder` who asks, both for the message of somebody who waits in vain.
    pub(crate) async fn lock(
        &self,
        name: &str,
        what: &str,
        holder: &str,
        limit: Duration,
    ) -> Result<FileLock, Error> {
        let path = self.path.join(name);
        let mut seen_holder = None;
        loop {
            let waiting = tokio::task::spawn_blocking({
                let path = path.clone();
                let holder = holder.to_owned();
                move || FileLock::wait(path, &holder)
            });
            match tokio::time::timeout(limit, waiting).await {
                Ok(Ok(locked)) => return locked.map_err(|error| directory_error(&path, &error)),
                Ok(Err(panicked)) => std::panic::resume_unwind(panicked.into_panic()),
                Err(_elapsed) => {
                    let text = fs::read_to_string(&path).unwrap_or_default();
                    let holder = text.lines().next().unwrap_or_default().to_owned();
                    if seen_holder.as_ref() == Some(&holder) {
                        return Err(Error::Busy {
                            what: what.to_owned(),
                            holder: if holder.is_empty() {
                                "an unknown process".to_owned()
                            } else {
                                holder
                            },
                            limit,
                        });
                    }
                    seen_holder = Some(holder);
                }
            }
        }
    }

    /// The lock called `name`, unless somebody holds it.
    pub(crate) fn try_lock(&self, name: &str, holder: &str) -> io::Result<Option<FileLock>> {
        FileLock::try_take(self.path.join(name), holder)
    }

    /// A share in the lock called `name`, which any number of processes may hold at once.
    pub(crate) fn share(&self, name: &str) -> Result<Share, Error> {
        let path = self.path.join(name);
        Share::take(&path).map_err(|error| directory_error(&path, &error))
    }

    /// Notes something for other processes. Where that fails they find it out themselves.
    pub(crate) fn remember(&self, name: &str, text: &str) {
        let _ = fs::write(self.path.join(name), text);
    }

    /// What a process has noted under `name`, unless that is longer ago than `limit`; then the note is removed.
    pub(crate) fn recall(&self, name: &str, limit: Duration) -> Option<String> {
        let path = self.path.join(name);
        let noted = fs::metadata(&path).ok()?.modified().ok()?;
        if noted.elapsed().is_ok_and(|age| age < limit) {
            // Empty while it is being written.
            return fs::read_to_string(&path)
                .ok()
                .filter(|text| !text.is_empty());
        }
        let _ = fs::remove_file(&path);
        None
    }

    /// The names of the locks that begin with `prefix`, held or left behind.
    pub(crate) fn lock_names(&self, prefix: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(&self.path) else {
            return Vec::new();
        };
        entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.starts_with(prefix))
            .collect()
    }
}

fn directory_error(path: &Path, error: &io::Error) -> Error {
    Error::StateDirectory {
        path: path.to_owned(),
        message: error.to_string(),
    }
}

fn identity(path: &Path) -> io::Result<String> {
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path)?;
    let mut identity = String::new();
    file.read_to_string(&mut identity)?;
    if identity.is_empty() {
        file.lock()?;
        // Whoever held the lock before may have written it.
        file.read_to_string(&mut identity)?;
        if identity.is_empty() {
            identity = format!("{:016x}", RandomState::new().hash_one(std::process::id()));
            file.write_all(identity.as_bytes())?;
        }
    }
    Ok(identity)
}

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(crate) struct FileLock {
    file: File,
    path: PathBuf,
    /// The first line of the file: who holds the lock.
    signature: String,
    /// The second one.
    note: Option<String>,
}

impl FileLock {
    fn wait(path: PathBuf, holder: &str) -> io::Result<Self> {
        loop {
            let file = open_lock(&path)?;
            file.lock()?;
            if is_still_at(&file, &path) {
                return Self::signed(file, path, holder);
            }
        }
    }

    fn try_take(path: PathBuf, holder: &str) -> io::Result<Option<Self>> {
        let file = open_lock(&path)?;
        match file.try_lock() {
            Ok(()) if is_still_at(&file, &path) => Self::signed(file, path, holder).map(Some),
            Ok(()) | Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    /// Writes who holds the lock, for those who wait for it. What a killed holder has noted stays.
    fn signed(mut file: File, path: PathBuf, holder: &str) -> io::Result<Self> {
        let mut left = String::new();
        // Who cannot read it has nothing to go by.
        let _ = file.read_to_string(&mut left);
        let mut lock = Self {
            file,
            path,
            signature: format!("process {} ({holder})", std::process::id()),
            note: left.lines().nth(1).map(str::to_owned),
        };
        lock.write()?;
        Ok(lock)
    }

    /// What this holder, or a killed one before it, has noted of what is still to be done.
    pub(crate) fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Notes what is still to be done when this process is killed. As long as there is a note the file stays, also
    /// when the lock is dropped.
    pub(crate) fn set_note(&mut self, note: Option<String>) -> io::Result<()> {
        self.note = note;
        self.write()
    }

    fn write(&mut self) -> io::Result<()> {
        let mut text = self.signature.clone();
        if let Some(note) = &self.note {
            text.push('\n');
            text.push_str(note);
        }
        // In this order: a process that is killed in between leaves no file without its note.
        self.file.rewind()?;
        self.file.write_all(text.as_bytes())?;
        self.file.set_len(text.len() as u64)
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Removed while it is still locked, so that nobody else can have taken it in between. Those who wait for the
        // removed file see that it is not the one at this path any more and open the new one.
        #[cfg(unix)]
        if self.note.is_none() {
            let _ = fs::remove_file(&self.path);
        }
        let _ = self.file.unlock();
    }
}

/// A share in a lock, held until it is dropped.
#[derive(Debug)]
pub(crate) struct Share(File, PathBuf);

impl Share {
    fn take(path: &Path) -> io::Result<Self> {
        loop {
            let file = open_lock(path)?;
            file.lock_shared()?;
            if is_still_at(&file, path) {
                return Ok(Self(file, path.to_owned()));
            }
        }
    }

    /// The lock for this process alone, if nobody else has a share.
    pub(crate) fn alone(self) -> Option<FileLock> {
        let Self(file, path) = self;
        file.unlock().ok()?;
        file.try_lock().ok()?;
        is_still_at(&file, &path).then(|| FileLock {
            file,
            path,
            signature: String::new(),
            note: None,
        })
    }
}

fn open_lock(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path)
}

/// Whether the locked file is the one that others find at the path.
#[cfg(unix)]
fn is_still_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(locked), Ok(found)) => (locked.dev(), locked.ino()) == (found.dev(), found.ino()),
        _ => false,
    }
}

/// Elsewhere lock files are never removed, so the path always leads to the same one.
#[cfg(not(unix))]
fn is_still_at(_file: &File, _path: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(name: &str) -> StateDirectory {
        let path =
            std::env::temp_dir().join(format!("s3-test-state-{name}-{}", std::process::id()));
        StateDirectory::open_at(&path).expect("a directory")
    }

    async fn lock(
        directory: &StateDirectory,
        holder: &str,
        limit: Duration,
    ) -> Result<FileLock, Error> {
        directory
            .lock("x.lock", "the bucket `x`", holder, limit)
            .await
    }

    #[tokio::test]
    async fn a_lock_that_is_never_released_is_an_error_that_names_its_holder() {
        let directory = directory("busy");
        let held = lock(&directory, "the first test", Duration::from_secs(9))
            .await
            .expect("free");
        let error = lock(&directory, "the second test", Duration::from_millis(30))
            .await
            .expect_err("held");
        assert_eq!(
            error.to_string(),
            format!(
                "waited 30ms for the bucket `x`, held all the time by process {} (the first test). End that process if \
                 it hangs, give its test a `timeout`, or use a bucket name of its own for each test.",
                std::process::id()
            )
        );
        drop(held);
        let _ = fs::remove_dir_all(directory.path);
    }

    #[tokio::test]
    async fn a_lock_is_held_by_one_at_a_time_and_leaves_no_file() {
        let directory = directory("turns");
        let path = directory.path.clone();
        let directory: &'static StateDirectory = Box::leak(Box::new(directory));
        let inside = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let tasks: Vec<_> = (0..32)
            .map(|_| {
                let inside = inside.clone();
                tokio::spawn(async move {
                    for _ in 0..20 {
                        let held = lock(directory, "a test", Duration::from_secs(60))
                            .await
                            .expect("a turn");
                        assert_eq!(inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0);
                        tokio::task::yield_now().await;
                        inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                        drop(held);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no two at once");
        }
        #[cfg(unix)]
        assert_eq!(directory.lock_names(""), ["identity"]);
        let _ = fs::remove_dir_all(path);
    }

    #[test]
    fn a_note_stays_until_it_is_taken_back() {
        let directory = directory("notes");
        let lock = |holder| {
            directory
                .try_lock("x.lock", holder)
                .expect("no failure")
                .expect("free")
        };
        let mut first = lock("the first test, whose name is the longer one");
        assert_eq!(first.note(), None);
        first
            .set_note(Some("to do".to_owned()))
            .expect("it is written");
        drop(first);
        for holder in ["the second", "the third"] {
            assert_eq!(lock(holder).note(), Some("to do"));
        }
        let mut last = lock("the last");
        last.set_note(None).expect("it is taken back");
        drop(last);
        assert_eq!(lock("another").note(), None);
        #[cfg(unix)]
        assert_eq!(directory.lock_names(""), ["identity"]);
        let _ = fs::remove_dir_all(directory.path);
    }

    #[test]
    fn the_last_share_becomes_a_lock() {
        let directory = directory("shares");
        let (first, second) = (directory.share("x.lock"), directory.share("x.lock"));
        let (first, second) = (first.expect("a share"), second.expect("another"));
        assert!(
            directory
                .try_lock("x.lock", "sweeping")
                .expect("no failure")
                .is_none()
        );
        assert!(first.alone().is_none());
        assert!(second.alone().is_some());
        assert!(
            directory
                .try_lock("x.lock", "sweeping")
                .expect("no failure")
                .is_some()
        );
        let _ = fs::remove_dir_all(directory.path);
    }

    #[test]
    fn every_directory_has_an_identity_that_stays() {
        let (one, other) = (directory("one"), directory("other"));
        let again = StateDirectory::open_at(&one.path).expect("the same directory");
        assert_eq!(one.identity(), again.identity());
        assert_ne!(one.identity(), other.identity());
        let _ = fs::remove_dir_all(one.path);
        let _ = fs::remove_dir_all(other.path);
    }
}
