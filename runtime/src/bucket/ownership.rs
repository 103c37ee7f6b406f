//! The rules by which s3-test creates and deletes buckets. On its own servers it may delete every bucket whose lock it
//! holds; on an external service, only buckets that it has created.
//!
//! The note in a bucket's lock file proves that, even after the process was killed.

use std::{pin::Pin, sync::Arc, time::SystemTime};

use http::StatusCode;

use super::{
    claim::{Contest, contend},
    deletion::{delete, delete_proven},
    name::unique_mark,
    proof::{Judgement, Proof, is_unknown},
    verification,
};
#[cfg(feature = "cli")]
use crate::state::bucket_lock;
use crate::{
    process::{exit, stderr},
    s3::{Admin, Failure},
    server::Server,
    state::{FileLock, StateDirectory, departed},
};

/// Creates an empty bucket. `named` says that somebody chose the name, so others may choose it too.
pub(crate) async fn create(
    server: &Server,
    bucket: &str,
    lock: Option<&mut FileLock>,
    named: bool,
) -> Result<(), Failure> {
    match lock {
        Some(lock) if named || server.is_external() => {
            create_noticed(server, bucket, lock, named).await
        }
        _ => server.create_bucket(bucket).await,
    }
}

/// Creates a bucket that may be there already. It is boxed here, and not by the caller, so that other tests have no room for
/// it on their stacks: each page of a new thread's stack is a page fault.
fn create_noticed<'a>(
    server: &'a Server,
    bucket: &'a str,
    lock: &'a mut FileLock,
    named: bool,
) -> Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>> {
    Box::pin(async move {
        if !server.is_external() {
            clear(server, bucket, lock).await?;
            return server.create_bucket(bucket).await;
        }
        settle(server, bucket, lock).await?;
        // Some servers answer 200 to the creation of a bucket that its owner already has.
        if server.admin.bucket_exists(bucket).await? {
            return Err(Failure::Exists);
        }
        match named {
            true => create_named(server, bucket, lock).await,
            false => create_fresh(&server.admin, bucket, lock).await,
        }
    })
}

/// Deletes a bucket that this process has created.
///
/// # Errors
///
/// Returns a warning for the user if the bucket stays.
pub(crate) async fn remove(
    server: &Arc<Server>,
    bucket: &str,
    mut lock: FileLock,
) -> Result<(), String> {
    let removed = match is_another_s(server, bucket, &lock).await {
        Ok(false) => delete(server, bucket, lock.note().and_then(Proof::read).as_ref()).await,
        Ok(true) => {
            depart(server, bucket, &mut lock);
            return Err(format!(
                "the bucket `{bucket}` was not deleted and stays until somebody deletes it: {} tells another tag \
                 `s3-test-owner` or another date of creation than that of this test's bucket, so it is somebody else's",
                server.description
            ));
        }
        Err(failure) => Err(failure),
    };
    let Err(failure) = removed else {
        if server.is_external() && lock.note().is_some() {
            verification::deleted(server, bucket);
        }
        // If this fails, the next process finds that the bucket is gone.
        depart(server, bucket, &mut lock);
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

/// Returns true if a bucket with a chosen name, which this process has created, is somebody else's now.
async fn is_another_s(server: &Server, bucket: &str, lock: &FileLock) -> Result<bool, Failure> {
    match lock.note().and_then(Proof::read) {
        Some(proof @ (Proof::Owned { .. } | Proof::Created(_))) if server.is_external() => {
            Ok(proof.judge(&server.admin, bucket).await? == Judgement::Foreign)
        }
        // Nobody else uses a fresh name.
        _ => Ok(false),
    }
}

/// Deletes a bucket that this process has created, and warns if it stays. The end of the process waits for it.
pub(crate) fn remove_in_background(server: Arc<Server>, bucket: String, lock: FileLock) {
    exit::spawn(async move {
        if let Err(left) = remove(&server, &bucket, lock).await {
            stderr::warn(&left);
        }
    });
}

/// The note of a kept bucket on one of s3-test's own servers.
const KEPT: &str = "kept";

/// Keeps a bucket for people to look at.
pub(crate) fn keep(server: &Server, mut lock: FileLock) {
    // Unmarked buckets are never deleted on external servers; on ours any process may delete them.
    let note = (!server.is_external()).then(|| KEPT.to_owned());
    let _ = lock.set_note(note);
}

/// Returns the buckets that are kept on the server with this identity, one of s3-test's own.
#[cfg(feature = "cli")]
pub(crate) fn kept(identity: &str, state: &StateDirectory) -> Vec<String> {
    bucket_lock::noted(identity, state, KEPT)
}

/// Deletes the bucket of a killed process, unless it is kept.
pub(super) async fn delete_abandoned(
    server: &Server,
    bucket: &str,
    lock: &mut FileLock,
) -> Result<(), Failure> {
    if lock.note() == Some(KEPT) && server.admin.bucket_exists(bucket).await? {
        return Ok(());
    }
    clear(server, bucket, lock).await
}

/// The beginning of the note of a data set that was uploaded to its end. A fingerprint and the proof follow.
const COMPLETE: &str = "complete ";

/// Notes that a data set was uploaded to its end.
pub(crate) fn complete(lock: &mut FileLock, fingerprint: &str) {
    let proof = lock.note().unwrap_or_default();
    let note = format!("{COMPLETE}{fingerprint} {proof}");
    // If this fails, the next test makes it anew.
    let _ = lock.set_note(Some(note));
}

/// Returns the fingerprint of a data set that was uploaded to its end.
pub(crate) fn completed(note: &str) -> Option<&str> {
    let (fingerprint, _) = note.strip_prefix(COMPLETE)?.split_once(' ')?;
    Some(fingerprint)
}

/// Leaves only the proof of a note.
pub(crate) fn begin_anew(lock: &mut FileLock) {
    if let Some((_, proof)) = lock
        .note()
        .and_then(|note| note.strip_prefix(COMPLETE)?.split_once(' '))
    {
        let proof = (!proof.is_empty()).then(|| proof.to_owned());
        let _ = lock.set_note(proof);
    }
}

/// Deletes a data set that is not used any more from an external service.
pub(crate) async fn delete_data_set(
    server: &Server,
    bucket: &str,
    lock: &mut FileLock,
) -> Result<(), Failure> {
    begin_anew(lock);
    clear(server, bucket, lock).await
}

/// Deletes the bucket that a killed process may have left under this name.
async fn clear(server: &Server, bucket: &str, lock: &mut FileLock) -> Result<(), Failure> {
    if server.is_external() {
        return settle(server, bucket, lock).await;
    }
    server.delete_bucket(bucket).await?;
    let _ = lock.set_note(None);
    Ok(())
}

/// Deletes the bucket if a killed process' note proves that this process created it.
async fn settle(server: &Server, bucket: &str, lock: &mut FileLock) -> Result<(), Failure> {
    match lock.note().map(Proof::read) {
        None => {}
        Some(Some(proof)) => {
            if delete_proven(server, bucket, &proof).await? == Judgement::Unknown {
                return Ok(());
            }
            depart(server, bucket, lock);
        }
        // It says nothing.
        Some(None) => note(lock, None),
    }
    Ok(())
}

/// Takes the note from the lock. On an external service one answer is not believed for ever, and the note goes into the
/// journal.
fn depart(server: &Server, bucket: &str, lock: &mut FileLock) {
    if let (Some(noted), Some(identity), Ok(state)) = (
        lock.note().filter(|_| server.is_external()),
        server.shared_identity(),
        StateDirectory::open(),
    ) {
        departed::add(state, identity, bucket, noted);
    }
    let _ = lock.set_note(None);
}

/// Creates a bucket with a name that nobody else uses. It is ours from the start.
async fn create_fresh(admin: &Admin, bucket: &str, lock: &mut FileLock) -> Result<(), Failure> {
    note(lock, Some(Proof::Creating(SystemTime::now())));
    create_noted(admin, bucket, lock).await?;
    if let Some(date) = known_date(admin, bucket).await {
        note(lock, Some(Proof::Fresh(date)));
    }
    Ok(())
}

/// Creates a bucket with a chosen name, which another machine may create at the same moment.
async fn create_named(server: &Server, bucket: &str, lock: &mut FileLock) -> Result<(), Failure> {
    let mark = unique_mark();
    let claiming = |date| Proof::Claiming {
        mark: mark.clone(),
        date,
    };
    note(lock, Some(claiming(None)));
    create_noted(&server.admin, bucket, lock).await?;
    let date = known_date(&server.admin, bucket).await;
    note(lock, Some(claiming(date.clone())));
    match contend(server, bucket, &mark).await? {
        Contest::Won => {
            note(lock, Some(Proof::Owned { mark, date }));
            Ok(())
        }
        // Without a date nobody deletes the bucket after its process was killed.
        Contest::Unprotected => {
            note(lock, date.map(Proof::Created));
            Ok(())
        }
        Contest::Lost => {
            note(lock, None);
            Err(Failure::Exists)
        }
        Contest::TooSlow(took) => {
            let time = SystemTime::now();
            note(lock, date.map(|date| Proof::Withdrawn { time, date }));
            Err(Failure::TooSlow(took))
        }
    }
}

/// Creates a bucket. If that is refused, the note goes.
async fn create_noted(admin: &Admin, bucket: &str, lock: &mut FileLock) -> Result<(), Failure> {
    let Err(failure) = admin.create_bucket(bucket).await else {
        return Ok(());
    };
    // After any other failure the bucket may exist.
    if matches!(&failure, Failure::Refused(status, _) if status.is_client_error()) {
        note(lock, None);
    }
    Err(match failure {
        Failure::Refused(StatusCode::CONFLICT, _) => Failure::Exists,
        other => other,
    })
}

/// Returns the bucket's date of creation, if the service tells it.
async fn known_date(admin: &Admin, bucket: &str) -> Option<String> {
    let date = admin.creation_date(bucket).await;
    date.ok().flatten().filter(|date| !is_unknown(date))
}

/// Writes the note. A failure is no error, since without a note nothing is deleted for a killed process.
fn note(lock: &mut FileLock, proof: Option<Proof>) {
    let _ = lock.set_note(proof.map(|proof| proof.write()));
}
