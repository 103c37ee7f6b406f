//! The deletion of buckets that are ours.

use http::StatusCode;

use super::{
    claim::mark_departed,
    proof::{Judgement, Proof},
};
use crate::{s3::Failure, server::Server};

/// Deletes a bucket that is ours, with everything in it.
pub(super) async fn delete(
    server: &Server,
    bucket: &str,
    proof: Option<&Proof>,
) -> Result<(), Failure> {
    if let Some(mark) = proof.and_then(Proof::mark) {
        mark_departed(&server.admin, bucket, mark).await;
    }
    server.delete_bucket(bucket).await
}

/// Deletes the bucket if it is proved to be ours, and returns what the proof is worth.
pub(super) async fn delete_proven(
    server: &Server,
    bucket: &str,
    proof: &Proof,
) -> Result<Judgement, Failure> {
    let judgement = proof.judge(&server.admin, bucket).await?;
    match judgement {
        Judgement::Ours => delete(server, bucket, Some(proof)).await?,
        // What is in it is somebody else's.
        Judgement::OursIfEmpty => match server.admin.delete(bucket, &[]).await {
            Err(Failure::Refused(StatusCode::CONFLICT, _)) => return Ok(Judgement::Foreign),
            deleted => deleted?,
        },
        Judgement::Missing | Judgement::Foreign | Judgement::Unknown => {}
    }
    Ok(judgement)
}
