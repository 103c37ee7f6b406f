//! The journal of departed buckets: those of an external service that were deleted, or not found where they were expected.
//!
//! A cluster may list a deleted bucket again, after one of its nodes was away, and may fail to list one that is there. So a
//! bucket's note is not forgotten with the first answer. It is kept here, and later runs look again.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, Write},
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::{StateDirectory, file_lock::is_still_at};

/// The time for which a bucket is looked for again.
const KEPT: Duration = Duration::from_secs(60 * 60);
/// The most buckets that are looked for again.
const MOST: usize = 5_000;
/// The word that begins the line which tells who has looked last.
const LOOKED: &str = "looked ";

/// A bucket that has departed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Departed {
    /// The time of its departure, in seconds since 1970.
    since: u64,
    pub(crate) bucket: String,
    /// The note that its lock had, which proves whose it is.
    pub(crate) note: String,
}

impl Departed {
    fn read(line: &str) -> Option<Self> {
        let mut parts = line.splitn(3, ' ');
        Some(Self {
            since: parts.next()?.parse().ok()?,
            bucket: parts.next()?.to_owned(),
            note: parts.next()?.to_owned(),
        })
    }

    fn write(&self) -> String {
        format!("{} {} {}\n", self.since, self.bucket, self.note)
    }

    /// Returns true if nobody need look for it any more.
    fn is_over(&self, now: u64) -> bool {
        now.saturating_sub(self.since) > KEPT.as_secs()
    }
}

/// Adds a bucket. A failure is no error: without an entry nobody looks again.
pub(crate) fn add(state: &StateDirectory, identity: &str, bucket: &str, note: &str) {
    let departed = Departed {
        since: seconds_since_1970(),
        bucket: bucket.to_owned(),
        note: note.to_owned(),
    };
    let _ = open(state, identity).and_then(|mut journal| {
        journal.seek(io::SeekFrom::End(0))?;
        journal.write_all(departed.write().as_bytes())
    });
}

/// Returns all departed buckets of the service with this identity to the first process of a run, and none to the others.
pub(crate) fn due(state: &StateDirectory, identity: &str, run: &str) -> Vec<Departed> {
    let mut due = Vec::new();
    rewrite(state, identity, |looked, entries| {
        if looked.as_deref() != Some(run) {
            due.clone_from(entries);
            *looked = Some(run.to_owned());
        }
    });
    due
}

/// Returns the entries of one bucket.
pub(crate) fn of(state: &StateDirectory, identity: &str, bucket: &str) -> Vec<Departed> {
    let Ok(text) = fs::read_to_string(path(state, identity)) else {
        return Vec::new();
    };
    let entries = text.lines().filter_map(Departed::read);
    entries.filter(|entry| entry.bucket == bucket).collect()
}

/// Forgets entries that nobody need look for any more. `is_settled` tells this of an entry that is young, and `is_back` of
/// a bucket that it was seen: it is remembered however old its entry is.
pub(crate) fn forget(
    state: &StateDirectory,
    identity: &str,
    is_settled: impl Fn(&Departed) -> bool,
    is_back: impl Fn(&Departed) -> bool,
) {
    let now = seconds_since_1970();
    rewrite(state, identity, |_, entries| {
        entries.retain(|entry| !is_settled(entry) && (is_back(entry) || !entry.is_over(now)));
        let surplus = entries.len().saturating_sub(MOST);
        entries.drain(..surplus);
    });
}

fn rewrite(
    state: &StateDirectory,
    identity: &str,
    change: impl FnOnce(&mut Option<String>, &mut Vec<Departed>),
) {
    let path = path(state, identity);
    if !path.exists() {
        return;
    }
    let _ = open(state, identity).and_then(|mut journal| {
        let mut text = String::new();
        journal.read_to_string(&mut text)?;
        let mut looked = text
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix(LOOKED).map(str::to_owned));
        let mut entries: Vec<_> = text.lines().filter_map(Departed::read).collect();
        change(&mut looked, &mut entries);
        // Other systems do not remove an open file.
        if cfg!(unix) && entries.is_empty() {
            return fs::remove_file(&path);
        }
        let mut text: String = entries.iter().map(Departed::write).collect();
        if let Some(looked) = looked {
            text.push_str(&format!("{LOOKED}{looked}\n"));
        }
        // In this order a process that is killed in between leaves all entries.
        journal.rewind()?;
        journal.write_all(text.as_bytes())?;
        journal.set_len(text.len() as u64)
    });
}

/// Opens and locks the journal.
fn open(state: &StateDirectory, identity: &str) -> io::Result<File> {
    let path = path(state, identity);
    loop {
        let journal = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)?;
        // Nobody holds it longer than it takes to write a file.
        journal.lock()?;
        if is_still_at(&journal, Path::new(&path)) {
            return Ok(journal);
        }
    }
}

fn path(state: &StateDirectory, identity: &str) -> std::path::PathBuf {
    state.path_of(&format!("departed-{identity}"))
}

fn seconds_since_1970() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_looked_for_again_by_each_run_until_it_is_settled_or_long_gone() {
        let folder = tempfile::tempdir().expect("a directory");
        let state = StateDirectory::open_at(folder.path()).expect("a directory");
        add(&state, "1", "first", "owned a b");
        add(&state, "1", "second", "fresh c");
        add(&state, "2", "elsewhere", "fresh d");
        let names = |entries: &[Departed]| -> Vec<String> {
            entries.iter().map(|entry| entry.bucket.clone()).collect()
        };
        let due_now = due(&state, "1", "a run");
        assert_eq!(names(&due_now), ["first", "second"]);
        assert_eq!(due_now[0].note, "owned a b");
        // Another process of that run has nothing to do; another run has.
        assert_eq!(due(&state, "1", "a run"), []);
        add(&state, "1", "third", "fresh e");
        assert_eq!(due(&state, "1", "a run"), []);
        forget(&state, "1", |entry| entry.bucket == "second", |_| false);
        assert_eq!(names(&due(&state, "1", "another")), ["first", "third"]);
        assert_eq!(of(&state, "1", "third").len(), 1);

        // Long gone, but for one that was seen.
        let path = path(&state, "1");
        let text = fs::read_to_string(&path).expect("the journal");
        let long_ago = seconds_since_1970() - KEPT.as_secs() - 10;
        let aged: String = text
            .lines()
            .map(|line| match line.split_once(' ') {
                Some((_, rest)) if !line.starts_with(LOOKED) => format!("{long_ago} {rest}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        fs::write(&path, aged).expect("the journal");
        forget(&state, "1", |_| false, |entry| entry.bucket == "first");
        assert_eq!(names(&due(&state, "1", "a third")), ["first"]);
        forget(&state, "1", |_| false, |_| false);
        #[cfg(unix)]
        assert!(!path.exists());
        assert_eq!(names(&due(&state, "2", "a run")), ["elsewhere"]);
    }

    #[test]
    fn the_journal_does_not_grow_for_ever() {
        let folder = tempfile::tempdir().expect("a directory");
        let state = StateDirectory::open_at(folder.path()).expect("a directory");
        for number in 0..MOST + 20 {
            add(&state, "1", &format!("bucket-{number}"), "fresh c");
        }
        forget(&state, "1", |_| false, |_| false);
        let due = due(&state, "1", "a run");
        assert_eq!(due.len(), MOST);
        assert_eq!(due[0].bucket, "bucket-20");
    }
}
