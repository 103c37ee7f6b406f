//! A second look for the deleted buckets of an external service: at the end of the process, and by the next run.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::{
    deletion::delete_proven,
    name::run_id,
    proof::{Judgement, Proof},
};
use crate::{
    process::{
        exit::{self, Stage},
        stderr,
    },
    s3::Failure,
    server::Server,
    state::{
        StateDirectory, bucket_lock,
        departed::{self, Departed},
    },
};

/// The limit for the look at the end of the process.
const LIMIT: Duration = Duration::from_secs(10);
/// The most names that a warning tells.
const NAMED: usize = 5;

/// The buckets that this process has deleted, by service.
static DELETED: Mutex<Vec<(Arc<Server>, Vec<String>)>> = Mutex::new(Vec::new());

/// Notes that this process has deleted a bucket of an external service. The process' end sees whether it is gone.
pub(super) fn deleted(server: &Arc<Server>, bucket: &str) {
    let mut deleted = DELETED.lock().unwrap_or_else(PoisonError::into_inner);
    if deleted.is_empty() {
        exit::at_exit(Stage::Verification, verify());
    }
    match deleted.iter_mut().find(|(of, _)| Arc::ptr_eq(of, server)) {
        Some((_, buckets)) => buckets.push(bucket.to_owned()),
        None => deleted.push((server.clone(), vec![bucket.to_owned()])),
    }
}

async fn verify() {
    let deleted = std::mem::take(&mut *DELETED.lock().unwrap_or_else(PoisonError::into_inner));
    for (server, buckets) in deleted {
        let (reason, left) = match tokio::time::timeout(LIMIT, back(&server, &buckets)).await {
            Ok(Ok(back)) if back.is_empty() => continue,
            Ok(Ok(back)) => ("it still lists them".to_owned(), back),
            Ok(Err(failure)) => (failure.to_string(), buckets),
            Err(_elapsed) => (format!("no answer within {} s", LIMIT.as_secs()), buckets),
        };
        let count = left.len();
        let mut names = left;
        names.truncate(NAMED);
        let mut names = names.join("`, `");
        if count > NAMED {
            names.push_str(&format!("` and {} more: `…", count - NAMED));
        }
        stderr::warn(&format!(
            "{count} deleted bucket{} could not be verified to be gone from {}: {reason} (`{names}`). The next run on this \
             machine looks again and deletes what is still there.",
            if count == 1 { "" } else { "s" },
            server.description
        ));
    }
}

/// Returns those of the deleted buckets that are there again, and that another attempt does not delete.
async fn back(server: &Server, buckets: &[String]) -> Result<Vec<String>, Failure> {
    let Some((identity, state)) = place(server) else {
        return Ok(Vec::new());
    };
    let listed = listed(server, buckets).await?;
    let mut suspects = Vec::new();
    for bucket in listed {
        // The last entry is that of the last deletion. Without one it is not known whose the bucket is.
        let Some(entry) = departed::of(state, identity, &bucket).pop() else {
            continue;
        };
        if !matches!(
            delete_again(server, identity, state, &entry).await,
            Ok(Judgement::Foreign)
        ) {
            suspects.push(bucket);
        }
    }
    match suspects.is_empty() {
        true => Ok(suspects),
        false => self::listed(server, &suspects).await,
    }
}

/// Looks for the buckets that earlier runs have deleted or missed, and deletes those that are there and ours.
pub(super) async fn look_again(server: &Server) -> Result<(), Failure> {
    let Some((identity, state)) = place(server) else {
        return Ok(());
    };
    let entries = departed::due(state, identity, run_id());
    if entries.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = entries.iter().map(|entry| entry.bucket.clone()).collect();
    let listed = listed(server, &names).await?;
    let (mut settled, mut remaining) = (Vec::new(), Vec::new());
    for entry in entries {
        if !listed.contains(&entry.bucket) {
            continue;
        }
        match delete_again(server, identity, state, &entry).await {
            // It is another's, and a later bucket of that name has an entry of its own.
            Ok(Judgement::Foreign) => settled.push(entry),
            // It may come back once more.
            Ok(Judgement::Ours | Judgement::OursIfEmpty) => {
                departed::add(state, identity, &entry.bucket, &entry.note);
                settled.push(entry);
            }
            Ok(Judgement::Missing | Judgement::Unknown) | Err(_) => remaining.push(entry),
        }
    }
    let is_among = |entries: &[Departed], entry: &Departed| entries.contains(entry);
    departed::forget(
        state,
        identity,
        |entry| is_among(&settled, entry),
        |entry| is_among(&remaining, entry),
    );
    Ok(())
}

/// Deletes a departed bucket that is listed, if it is proved to be ours and no test of this machine uses its name.
async fn delete_again(
    server: &Server,
    identity: &str,
    state: &StateDirectory,
    entry: &Departed,
) -> Result<Judgement, Failure> {
    let Some(proof) = Proof::read(&entry.note) else {
        return Ok(Judgement::Foreign);
    };
    match bucket_lock::try_take(identity, &entry.bucket, state) {
        Some(lock) if lock.note().is_none() => delete_proven(server, &entry.bucket, &proof).await,
        _ => Ok(Judgement::Unknown),
    }
}

/// Returns those of the buckets that the service lists.
async fn listed(server: &Server, buckets: &[String]) -> Result<Vec<String>, Failure> {
    let dates = server.admin.creation_dates().await?;
    let listed: std::collections::HashSet<String> =
        dates.into_iter().map(|(name, _)| name).collect();
    let mut buckets: Vec<String> = buckets.to_vec();
    buckets.retain(|bucket| listed.contains(bucket));
    buckets.sort_unstable();
    buckets.dedup();
    Ok(buckets)
}

/// Returns the identity of the service and the directory of its journal.
fn place(server: &Server) -> Option<(&str, &'static StateDirectory)> {
    Some((server.shared_identity()?, StateDirectory::open().ok()?))
}
