//! Locks on files, which the operating system releases whatever ends the process.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(crate) struct FileLock {
    file: File,
    path: PathBuf,
    /// The first line of the file, which names the holder.
    signature: String,
    /// The second line of the file.
    note: Option<String>,
}

impl FileLock {
    pub(super) fn wait(path: PathBuf, holder: &str) -> io::Result<Self> {
        loop {
            let file = open_lock(&path)?;
            file.lock()?;
            if is_still_at(&file, &path) {
                return Self::signed(file, path, holder);
            }
        }
    }

    pub(super) fn try_take(path: PathBuf, holder: &str) -> io::Result<Option<Self>> {
        let file = open_lock(&path)?;
        match file.try_lock() {
            Ok(()) if is_still_at(&file, &path) => Self::signed(file, path, holder).map(Some),
            Ok(()) | Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    /// Writes the holder into the file, for processes that wait. The note of a killed holder stays.
    fn signed(mut file: File, path: PathBuf, holder: &str) -> io::Result<Self> {
        let mut left = String::new();
        // An unreadable file has no note.
        let _ = file.read_to_string(&mut left);
        let mut lock = Self {
            file,
            path,
            signature: signature(holder),
            note: left.lines().nth(1).map(str::to_owned),
        };
        lock.write()?;
        Ok(lock)
    }

    /// Tells processes that wait what this one is doing now.
    #[cfg(feature = "container")]
    pub(crate) fn set_holder(&mut self, holder: &str) -> io::Result<()> {
        self.signature = signature(holder);
        self.write()
    }

    /// Returns the note of this holder, or of a killed one before it.
    pub(crate) fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Notes what remains to be done if this process is killed. A file with a note outlives its lock.
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
        // In this order a process that is killed in between leaves its note.
        self.file.rewind()?;
        self.file.write_all(text.as_bytes())?;
        self.file.set_len(text.len() as u64)
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // The file is removed while it is locked, so no process can have taken it meanwhile. Those that wait for the
        // removed file notice that the path leads to another one.
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
    pub(super) fn take(path: &Path) -> io::Result<Self> {
        loop {
            let file = open_lock(path)?;
            file.lock_shared()?;
            if is_still_at(&file, path) {
                return Ok(Self(file, path.to_owned()));
            }
        }
    }

    /// Returns the note in the file.
    pub(crate) fn note(&self) -> Option<String> {
        let text = fs::read_to_string(&self.1).ok()?;
        text.lines().nth(1).map(str::to_owned)
    }

    /// Makes the file's time the present.
    pub(crate) fn touch(&self) {
        // Without it the lock looks as if it had not been used for a while.
        let _ = self.0.set_modified(SystemTime::now());
    }

    /// Turns the share into a lock, if no other process has a share.
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

fn signature(holder: &str) -> String {
    format!("process {} ({holder})", std::process::id())
}

fn open_lock(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path)
}

/// Returns true if the path still leads to the locked file.
#[cfg(unix)]
pub(super) fn is_still_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(locked), Ok(found)) => (locked.dev(), locked.ino()) == (found.dev(), found.ino()),
        _ => false,
    }
}

/// Other systems never remove lock files, so the path always leads to the same file.
#[cfg(not(unix))]
pub(super) fn is_still_at(_file: &File, _path: &Path) -> bool {
    true
}
