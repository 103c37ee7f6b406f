//! The state directory: locks, notes and an identity that all processes of one user on this machine share.

use std::{
    fs::{self, OpenOptions},
    hash::{BuildHasher, RandomState},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::OnceLock,
    time::Duration,
};

use super::file_lock::{FileLock, Share};
use crate::{error::Error, process::waiting};

/// The directory of the locks, with an identity that no other such directory has.
#[derive(Debug)]
pub(crate) struct StateDirectory {
    path: PathBuf,
    identity: String,
}

impl StateDirectory {
    /// Opens the directory of this user: `s3-test-<user>` in the system's directory for temporary files.
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

    pub(super) fn open_at(path: &Path) -> io::Result<Self> {
        create(path)?;
        Ok(Self {
            path: path.to_owned(),
            identity: identity(&path.join("identity"))?,
        })
    }

    /// Returns the directory's random identity. Processes that do not share the directory (another user, a container that
    /// shares only Docker's socket) have another identity. They must not share a server, since they do not share locks.
    pub(crate) fn identity(&self) -> &str {
        &self.identity
    }

    /// Returns where the directory is.
    #[cfg(feature = "cli")]
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the note in the lock called `name`, held or abandoned.
    #[cfg(feature = "cli")]
    pub(crate) fn note(&self, name: &str) -> Option<String> {
        let text = fs::read_to_string(self.path.join(name)).ok()?;
        text.lines().nth(1).map(str::to_owned)
    }

    /// Waits for the lock called `name`. Gives up when one holder has kept it for `limit`.
    ///
    /// `purpose` names what the lock protects and `holder` the process that asks. Both appear in error messages, and in
    /// lines about a wait that takes long.
    pub(crate) async fn lock(
        &self,
        name: &str,
        purpose: &str,
        holder: &str,
        limit: Duration,
    ) -> Result<FileLock, Error> {
        let path = self.path.join(name);
        // Mostly nobody has it, and then no thread need be started to wait.
        if let Ok(Some(lock)) = FileLock::try_take(path.clone(), holder) {
            return Ok(lock);
        }
        let mut seen_holder = None;
        loop {
            let waiting = tokio::task::spawn_blocking({
                let path = path.clone();
                let holder = holder.to_owned();
                move || FileLock::wait(path, &holder)
            });
            let what = || format!("{purpose}, which {} has", self.holder(name));
            match waiting::told(what, tokio::time::timeout(limit, waiting)).await {
                Ok(Ok(locked)) => return locked.map_err(|error| directory_error(&path, &error)),
                Ok(Err(panicked)) => std::panic::resume_unwind(panicked.into_panic()),
                Err(_elapsed) => {
                    let holder = self.holder(name);
                    if seen_holder.as_ref() == Some(&holder) {
                        return Err(Error::Busy {
                            what: purpose.to_owned(),
                            holder,
                            limit,
                        });
                    }
                    seen_holder = Some(holder);
                }
            }
        }
    }

    /// Returns the holder of the lock called `name`, for people.
    fn holder(&self, name: &str) -> String {
        let text = fs::read_to_string(self.path.join(name)).unwrap_or_default();
        let holder = text.lines().next().unwrap_or_default();
        if holder.is_empty() {
            return "an unknown process".to_owned();
        }
        holder.to_owned()
    }

    /// Returns the lock called `name`, or `None` if a process holds it.
    pub(crate) fn try_lock(&self, name: &str, holder: &str) -> io::Result<Option<FileLock>> {
        FileLock::try_take(self.path.join(name), holder)
    }

    /// Takes a share in the lock called `name`. Any number of processes may hold one.
    pub(crate) fn share(&self, name: &str) -> Result<Share, Error> {
        let path = self.path.join(name);
        Share::take(&path).map_err(|error| directory_error(&path, &error))
    }

    /// Waits until a share in the lock called `name` can be taken, and gives up after `limit`.
    pub(crate) async fn share_within(
        &self,
        name: &str,
        purpose: &str,
        limit: Duration,
    ) -> Result<Share, Error> {
        let path = self.path.join(name);
        let waiting = tokio::task::spawn_blocking({
            let path = path.clone();
            move || Share::take(&path)
        });
        match tokio::time::timeout(limit, waiting).await {
            Ok(Ok(taken)) => taken.map_err(|error| directory_error(&path, &error)),
            Ok(Err(panicked)) => std::panic::resume_unwind(panicked.into_panic()),
            Err(_elapsed) => {
                let text = fs::read_to_string(&path).unwrap_or_default();
                Err(Error::Busy {
                    what: purpose.to_owned(),
                    holder: text
                        .lines()
                        .next()
                        .unwrap_or("an unknown process")
                        .to_owned(),
                    limit,
                })
            }
        }
    }

    /// Returns the time since the lock called `name` was last used.
    pub(crate) fn age(&self, name: &str) -> Option<Duration> {
        let modified = fs::metadata(self.path.join(name)).ok()?.modified().ok()?;
        modified.elapsed().ok()
    }

    /// Leaves a note for other processes. A failure does no harm: they find out themselves.
    pub(crate) fn remember(&self, name: &str, text: &str) {
        let _ = fs::write(self.path.join(name), text);
    }

    /// Returns the note called `name`. An older one than `limit` is removed instead.
    pub(crate) fn recall(&self, name: &str, limit: Duration) -> Option<String> {
        let path = self.path.join(name);
        let noted = fs::metadata(&path).ok()?.modified().ok()?;
        if noted.elapsed().is_ok_and(|age| age < limit) {
            // A note is empty while a process writes it.
            return fs::read_to_string(&path)
                .ok()
                .filter(|text| !text.is_empty());
        }
        let _ = fs::remove_file(&path);
        None
    }

    /// Returns the path of a file in the directory.
    pub(super) fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Returns the names of all locks that begin with `prefix`, held or abandoned.
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

/// Creates the directory, if it is not there. It stands where all users may write, so it must be this user's alone: a lock file
/// that somebody else has made a link would overwrite what it leads to.
#[cfg(unix)]
fn create(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)?;
    let refused = |problem: &str| io::Error::new(io::ErrorKind::PermissionDenied, problem);
    let directory = fs::symlink_metadata(path)?;
    if !directory.is_dir() {
        return Err(refused("it is a link"));
    }
    if directory.uid() != own_uid(path)? {
        return Err(refused("it belongs to another user"));
    }
    if directory.mode() & 0o022 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Returns the owner of what this process creates.
#[cfg(unix)]
fn own_uid(directory: &Path) -> io::Result<u32> {
    use std::os::unix::fs::MetadataExt;
    if let Ok(process) = fs::metadata("/proc/self") {
        return Ok(process.uid());
    }
    let random = RandomState::new().hash_one(std::process::id());
    let path = directory.join(format!("uid-{random:016x}"));
    let probe = OpenOptions::new()
        .create_new(true)
        .write(true)
        .open(&path)?;
    let owner = probe.metadata().map(|probe| probe.uid());
    fs::remove_file(&path)?;
    owner
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
        // The previous holder of the lock may have written it.
        file.read_to_string(&mut identity)?;
        if identity.is_empty() {
            identity = format!("{:016x}", RandomState::new().hash_one(std::process::id()));
            file.write_all(identity.as_bytes())?;
        }
    }
    Ok(identity)
}

#[cfg(test)]
mod tests;
