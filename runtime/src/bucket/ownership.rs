//! Which buckets are a test's to create and to delete. On a server of s3-test's own that is every bucket whose name it
//! has the turn of; on a server that holds other people's buckets, only those that s3-test has created itself.
//!
//! There the note in the turn's lock file is the proof that outlives a killed process.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use humantime::{format_rfc3339_seconds, parse_rfc3339};

use crate::{
    s3::{Admin, Failure},
    server::Server,
    state::FileLock,
};

/// How far apart this machine and the server may tell the time of a creation that was begun and never seen to end.
const CLOCKS: Duration = Duration::from_secs(15 * 60);
/// For how long a bucket may still appear whose creator was killed.
const UNDER_WAY: Duration = Duration::from_secs(30);

/// Creates a bucket, empty. `named`: by a name that somebody has chosen, which others may choose too.
pub(crate) async fn create(
    server: &Server,
    bucket: &str,
    turn: Option<&mut FileLock>,
    named: bool,
) -> Result<(), Failure> {
    match turn {
        Some(turn) if server.is_external() => claim(&server.admin, bucket, turn, named).await,
        Some(turn) if named => {
            clear(server, bucket, turn).await?;
            server.create_bucket(bucket).await
        }
        _ => server.create_bucket(bucket).await,
    }
}

/// Deletes a bucket that this process has created. What it could not delete it tells, in words for a warning.
pub(crate) async fn remove(
    server: &Server,
    bucket: &str,
    mut turn: FileLock,
) -> Result<(), String> {
    let Err(failure) = server.admin.delete_bucket(bucket).await else {
        // Should this fail, the next process finds no such bucket.
        let _ = turn.set_note(None);
        return Ok(());
    };
    let fate = match server.is_external() {
        false if server.is_lost() => return Ok(()),
        false => "stays until its server goes",
        true if turn.note().is_some() => "stays until the tests run on this machine again",
        true => "stays until somebody deletes it",
    };
    Err(format!(
        "the bucket `{bucket}` was not deleted and {fate}: {failure}"
    ))
}

/// The note of a bucket on a server of s3-test's own that is not to be deleted.
const KEPT: &str = "kept";

/// Leaves a bucket where it is, for people to look at.
pub(crate) fn keep(server: &Server, mut turn: FileLock) {
    // Without a note nobody deletes a bucket of somebody else's server, and anybody one of ours.
    let note = (!server.is_external()).then(|| KEPT.to_owned());
    let _ = turn.set_note(note);
}

/// Deletes the bucket of a process that was killed, but not one that is kept.
pub(crate) async fn sweep(
    server: &Server,
    bucket: &str,
    turn: &mut FileLock,
) -> Result<(), Failure> {
    if turn.note() == Some(KEPT) && server.admin.bucket_exists(bucket).await? {
        return Ok(());
    }
    clear(server, bucket, turn).await
}

/// Deletes the bucket that a predecessor may have left.
async fn clear(server: &Server, bucket: &str, turn: &mut FileLock) -> Result<(), Failure> {
    if server.is_external() {
        clear_proven(&server.admin, bucket, turn).await
    } else {
        server.admin.delete_bucket(bucket).await?;
        note(turn, None);
        Ok(())
    }
}

/// Creates a bucket that is not there yet, and notes that it is ours.
async fn claim(
    admin: &Admin,
    bucket: &str,
    turn: &mut FileLock,
    named: bool,
) -> Result<(), Failure> {
    clear_proven(admin, bucket, turn).await?;
    // Some servers answer 200 to the creation of a bucket that its owner has already.
    if admin.bucket_exists(bucket).await? {
        return Err(Failure::Exists);
    }
    // Nobody else thinks of a random name, so it is ours as soon as it can be there at all. A name that somebody has
    // chosen may be chosen by another machine in the same moment.
    if !named {
        note(turn, Some(Proof::Creating(SystemTime::now())));
    }
    match admin.create_bucket(bucket).await {
        Ok(()) => {}
        Err(failure) => {
            // Otherwise it may be there or not.
            if matches!(&failure, Failure::Refused(status, _) if status.is_client_error()) {
                note(turn, None);
            }
            return Err(match failure {
                Failure::Refused(StatusCode::CONFLICT, _) => Failure::Exists,
                other => other,
            });
        }
    }
    // Where the server does not tell, a bucket whose name somebody has chosen is not deleted for a killed process.
    match admin.creation_date(bucket).await {
        Ok(Some(date)) if !is_unknown(&date) => note(turn, Some(Proof::Created(date))),
        _ => {}
    }
    Ok(())
}

/// Deletes the bucket if the note of a killed process proves that it is the one which that process has created.
async fn clear_proven(admin: &Admin, bucket: &str, turn: &mut FileLock) -> Result<(), Failure> {
    if let Some(proof) = turn.note().and_then(Proof::read) {
        match admin.creation_date(bucket).await {
            Ok(Some(date)) if proof.is_of(&date) => admin.delete_bucket(bucket).await?,
            // The killed process' request may still be under way: left to the next one.
            Ok(None) if proof.is_fresh() => return Ok(()),
            Ok(_) | Err(Failure::Refused(StatusCode::FORBIDDEN, _)) => {}
            Err(failure) => return Err(failure),
        }
    }
    note(turn, None);
    Ok(())
}

/// Without a note nothing is ever deleted for a killed process, so a note that cannot be written is no error.
fn note(turn: &mut FileLock, proof: Option<Proof>) {
    let _ = turn.set_note(proof.map(|proof| proof.write()));
}

/// Why a bucket is ours.
#[derive(Debug, PartialEq)]
enum Proof {
    /// It was not there, has a name that nobody else uses, and was about to be created at this time.
    Creating(SystemTime),
    /// It was created, and the server told this as the date, which some do in whole seconds: a bucket that is deleted and
    /// made anew within the second of its creation counts as the same one.
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

    /// Whether the creation may have been begun and not be done.
    fn is_fresh(&self) -> bool {
        match self {
            Self::Creating(time) => time.elapsed().is_ok_and(|elapsed| elapsed < UNDER_WAY),
            Self::Created(_) => false,
        }
    }

    /// Whether it is a proof for the bucket that was created at this date, as the server tells it now.
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

/// Whether the server does not know when the bucket was created: RustFS tells 1970 of one whose creator was killed before
/// it was done.
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
