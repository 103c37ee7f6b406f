//! The contest for a chosen name on an external service, where machines that share no locks may create the same bucket at
//! the same moment and each be told that it has done so.
//!
//! Each contender reads the bucket's tags and withdraws if there are any. Else it writes its mark, waits, and reads again.
//! The last one to write has the bucket, all others find its mark and withdraw. That holds if nobody takes longer from
//! reading to writing than the others wait, so a contender that did withdraws too.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use http::StatusCode;

use super::proof::{DEPARTED, OWNER, has_no_tags, is_no_bucket, mark_in};
use crate::{
    process::stderr,
    s3::{Admin, Failure, bucket_tags, is_empty, remove_bucket_tags, set_bucket_tag},
    server::Server,
};

/// The time after which a mark that is still there stays. All machines must agree on it.
const WAIT: Duration = Duration::from_secs(1);
/// The longest time from reading that there is no mark to having written one. It is shorter than `WAIT` by the time in
/// which the nodes of a cluster tell each other.
const PROMPT: Duration = Duration::from_millis(700);

/// The outcome of a contest.
#[derive(Debug)]
pub(super) enum Contest {
    Won,
    /// It is somebody else's.
    Lost,
    /// It may be somebody else's.
    TooSlow(Duration),
    /// There can be no contest.
    Unprotected,
}

/// Contends for a bucket that was there for no test and no person before it was created. `mark` is this claim's alone.
pub(super) async fn contend(server: &Server, bucket: &str, mark: &str) -> Result<Contest, Failure> {
    let admin = &server.admin;
    if is_known_without_tags(server) {
        return Ok(Contest::Unprotected);
    }
    let mut departed = None;
    let start = loop {
        let start = (Instant::now(), SystemTime::now());
        let tags = match bucket_tags(admin, bucket).await {
            Ok(tags) => tags,
            Err(failure) => return without_tags(server, failure),
        };
        match &tags[..] {
            [] => break start,
            _ if departed.as_ref() == Some(&tags) => break start,
            // Its owner is about to delete it, or has and the tags are left over.
            [(key, mark)] if key == OWNER && mark.starts_with(DEPARTED) && departed.is_none() => {
                tokio::time::sleep(WAIT).await;
                if !is_empty(admin, bucket).await? {
                    return Ok(Contest::Lost);
                }
                departed = Some(tags);
            }
            _ => return Ok(Contest::Lost),
        }
    };
    if let Err(failure) = set_bucket_tag(admin, bucket, OWNER, mark).await {
        return without_tags(server, failure);
    }
    // The first clock stands still while the machine sleeps, and the second may be set.
    let took = start.0.elapsed().max(start.1.elapsed().unwrap_or_default());
    if took > PROMPT {
        // Whoever has the bucket proves it by its date.
        remove_bucket_tags(admin, bucket).await?;
        return Ok(Contest::TooSlow(took));
    }
    tokio::time::sleep(WAIT).await;
    confirm(server, bucket, mark).await
}

/// Marks a bucket as one that is about to be deleted, for services on which tags outlive their bucket.
pub(super) async fn mark_departed(admin: &Admin, bucket: &str, mark: &str) {
    // If this fails, the bucket goes all the same.
    let _ = set_bucket_tag(admin, bucket, OWNER, &format!("{DEPARTED}{mark}")).await;
}

/// Finds out whether the mark is still there, and nothing else.
async fn confirm(server: &Server, bucket: &str, mark: &str) -> Result<Contest, Failure> {
    let admin: &Admin = &server.admin;
    match bucket_tags(admin, bucket).await.map(mark_in) {
        Ok(Some(found)) if found == mark => {}
        Ok(Some(_)) => return Ok(Contest::Lost),
        Ok(None) => return Ok(unprotected(server, "it does not keep them")),
        Err(failure) => return without_tags(server, failure),
    }
    // No test has the bucket yet, so what is in it is that of a person who created it in the same moment.
    if !is_empty(admin, bucket).await? {
        remove_bucket_tags(admin, bucket).await?;
        return Ok(Contest::Lost);
    }
    Ok(Contest::Won)
}

/// Returns the outcome of a request about tags that failed.
fn without_tags(server: &Server, failure: Failure) -> Result<Contest, Failure> {
    match failure {
        // The winner has deleted it already, or another request was faster.
        Failure::Refused(StatusCode::CONFLICT, _) => Ok(Contest::Lost),
        failure if is_no_bucket(&failure) => Ok(Contest::Lost),
        failure if has_no_tags(&failure) => Ok(unprotected(server, &failure.to_string())),
        failure => Err(failure),
    }
}

/// The endpoints of services without tags.
static WITHOUT_TAGS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn is_known_without_tags(server: &Server) -> bool {
    let known = WITHOUT_TAGS.lock().unwrap_or_else(PoisonError::into_inner);
    known.contains(&server.endpoint)
}

/// Says once for each service that it has no protection for names.
fn unprotected(server: &Server, reason: &str) -> Contest {
    let mut known = WITHOUT_TAGS.lock().unwrap_or_else(PoisonError::into_inner);
    if known.insert(server.endpoint.clone()) {
        stderr::warn(&format!(
            "{} has no tags of buckets ({reason}), so a bucket name that two machines use at the same moment is not protected. \
             Leave the option `bucket` out there, so that each test has a fresh name.",
            server.description
        ));
    }
    Contest::Unprotected
}
