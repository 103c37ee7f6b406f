//! The rules by which s3-test creates and deletes buckets. On its own servers it may delete every bucket whose lock it
//! holds; on an external service, only buckets that it has created.
//!
//! The note in a bucket's lock file proves that, even after the process was killed.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use humantime::{format_rfc3339_seconds, parse_rfc3339};

use crate::{s3::Failure, server::Server, state::FileLock};

/// The tolerance between this machine's clock and the server's, for a bucket whose creation was not seen to end.
const CLOCKS: Duration = Duration::from_secs(15 * 60);
/// The time within which a bucket may still appear after its creator was killed.
const UNDER_WAY: Duration = Duration::from_secs(30);

/// Creates an empty bucket. `named` says that somebody chose the name, so others may choose it too.
pub(crate) async fn create(
    server: &Server,
    bucket: &str,
    lock: Option<&mut FileLock>,
    named: bool,
) -> Result<(), Failure> {
    match lock {
        Some(lock) if server.is_external() => claim(server, bucket, lock, named).await,
        Some(lock) if named => {
            clear(server, bucket, lock).await?;
            server.create_bucket(bucket).await
        }
        _ => server.create_bucket(bucket).await,
    }
}

/// Deletes a bucket that this process has created.
///
/// # Errors
///
/// Returns a warning for the user if the bucket stays.
pub(crate) async fn remove(
    server: &Server,
    bucket: &str,
    mut lock: FileLock,
) -> Result<(), String> {
    let Err(failure) = server.delete_bucket(bucket).await else {
        // If this fails, the next process finds that the bucket is gone.
        let _ = lock.set_note(None);
        return Ok(());
    };
    let fate = match server.is_external() {
        false if server.is_lost() => return Ok(()),
        false => "stays until its server goes",
        true if lock.note().is_some() => "stays until the tests run on this machine again",
        true => "stays until somebody deletes it",
    };
    Err(format!(
        "the bucket `{bucket}` was not deleted and {fate}: {failure}"
    ))
}

/// The note of a kept bucket on one of s3-test's own servers.
const KEPT: &str = "kept";

/// Keeps a bucket for people to look at.
pub(crate) fn keep(server: &Server, mut lock: FileLock) {
    // Unmarked buckets are never deleted on external servers; on ours any process may delete them.
    let note = (!server.is_external()).then(|| KEPT.to_owned());
    let _ = lock.set_note(note);
}

/// Deletes the bucket of a killed process, unless it is kept.
pub(crate) async fn delete_abandoned(
    server: &Server,
    bucket: &str,
    lock: &mut FileLock,
) -> Result<(), Failure> {
    if lock.note() == Some(KEPT) && server.admin.bucket_exists(bucket).await? {
        return Ok(());
    }
    clear(server, bucket, lock).await
}

/// Deletes the bucket that a killed process may have left under this name.
async fn clear(server: &Server, bucket: &str, lock: &mut FileLock) -> Result<(), Failure> {
    if server.is_external() {
        clear_proven(server, bucket, lock).await
    } else {
        server.delete_bucket(bucket).await?;
        note(lock, None);
        Ok(())
    }
}

/// Creates a bucket on an external service and notes that it is ours.
async fn claim(
    server: &Server,
    bucket: &str,
    lock: &mut FileLock,
    named: bool,
) -> Result<(), Failure> {
    clear_proven(server, bucket, lock).await?;
    let admin = &server.admin;
    // Some servers answer 200 to the creation of a bucket that its owner already has.
    if admin.bucket_exists(bucket).await? {
        return Err(Failure::Exists);
    }
    // Nobody else uses a random name, so it is ours from the start. A chosen name may be created by another machine at
    // the same moment.
    if !named {
        note(lock, Some(Proof::Creating(SystemTime::now())));
    }
    match admin.create_bucket(bucket).await {
        Ok(()) => {}
        Err(failure) => {
            // After any other failure the bucket may exist.
            if matches!(&failure, Failure::Refused(status, _) if status.is_client_error()) {
                note(lock, None);
            }
            return Err(match failure {
                Failure::Refused(StatusCode::CONFLICT, _) => Failure::Exists,
                other => other,
            });
        }
    }
    // Without a date nobody deletes a bucket with a chosen name after its process was killed.
    match admin.creation_date(bucket).await {
        Ok(Some(date)) if !is_unknown(&date) => note(lock, Some(Proof::Created(date))),
        _ => {}
    }
    Ok(())
}

/// Deletes the bucket if a killed process' note proves that this process created it.
async fn clear_proven(server: &Server, bucket: &str, lock: &mut FileLock) -> Result<(), Failure> {
    if let Some(proof) = lock.note().and_then(Proof::read) {
        match server.admin.creation_date(bucket).await {
            Ok(Some(date)) if proof.is_of(&date) => server.delete_bucket(bucket).await?,
            // The killed process' request may still be under way. The next process looks again.
            Ok(None) if proof.is_fresh() => return Ok(()),
            Ok(_) | Err(Failure::Refused(StatusCode::FORBIDDEN, _)) => {}
            Err(failure) => return Err(failure),
        }
    }
    note(lock, None);
    Ok(())
}

/// Writes the note. A failure is no error, since without a note nothing is deleted for a killed process.
fn note(lock: &mut FileLock, proof: Option<Proof>) {
    let _ = lock.set_note(proof.map(|proof| proof.write()));
}

/// The proof that a bucket is ours.
#[derive(Debug, PartialEq)]
enum Proof {
    /// It did not exist, has a name that nobody else uses, and its creation began at this time.
    Creating(SystemTime),
    /// It was created, and the server gave this date. Some servers give whole seconds: a bucket that is deleted and created
    /// again within that second counts as the same one.
    Created(String),
}

impl Proof {
    fn write(&self) -> String {
        match self {
            Self::Creating(time) => format!("creating {}", format_rfc3339_seconds(*time)),
            Self::Created(date) => format!("created {date}"),
        }
    }

    fn read(note: &str) -> Option<Self> {
        match note.split_once(' ')? {
            ("creating", time) => parse_rfc3339(time).ok().map(Self::Creating),
            ("created", date) => Some(Self::Created(date.to_owned())),
            _ => None,
        }
    }

    /// Returns true if the creation may still be under way.
    fn is_fresh(&self) -> bool {
        match self {
            Self::Creating(time) => time.elapsed().is_ok_and(|elapsed| elapsed < UNDER_WAY),
            Self::Created(_) => false,
        }
    }

    /// Returns true if this proves the ownership of a bucket with this date of creation.
    fn is_of(&self, date: &str) -> bool {
        match self {
            Self::Created(noted) => noted == date,
            Self::Creating(_) if is_unknown(date) => true,
            Self::Creating(time) => parse_rfc3339(date).is_ok_and(|date| {
                let apart = date
                    .duration_since(*time)
                    .unwrap_or_else(|earlier| earlier.duration());
                apart < CLOCKS
            }),
        }
    }
}

/// Returns true if the server does not know the date: RustFS gives 1970 for a bucket whose creator was killed.
fn is_unknown(date: &str) -> bool {
    parse_rfc3339(date).is_ok_and(|date| date == SystemTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_of_one_creation_only() {
        let date = "2026-11-22T12:47:57.684Z";
        let created = Proof::Created(date.to_owned());
        assert_eq!(Proof::read(&created.write()), Some(created));
        let created = Proof::read(&format!("created {date}")).expect("a proof");
        assert!(created.is_of(date));
        assert!(!created.is_of("2026-11-22T12:47:57.685Z"));

        let creating = Proof::read("creating 2026-11-22T12:47:00Z").expect("a proof");
        assert_eq!(creating.write(), "creating 2026-11-22T12:47:00Z");
        assert!(creating.is_of(date));
        // A name that nobody else thinks of, begun and never done.
        let unknown = "1970-01-01T00:00:00.000Z";
        assert!(creating.is_of(unknown));
        assert!(!Proof::Created(date.to_owned()).is_of(unknown));
        for other in [
            "2026-11-22T13:47:57.684Z",
            "2026-11-22T11:47:57Z",
            "soon",
            "",
        ] {
            assert!(!creating.is_of(other), "{other}");
        }
        for nothing in ["", "created", "creating", "creating soon", "deleted now"] {
            assert_eq!(Proof::read(nothing), None, "{nothing}");
        }
    }
}
