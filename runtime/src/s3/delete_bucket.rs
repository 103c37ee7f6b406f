//! Deletes a bucket with its contents, on servers that do so in one request and on those that do not.

use http::StatusCode;

use super::{Admin, Failure, empty_bucket::empty};

/// Deletes a bucket and everything in it. A missing bucket counts as deleted. (S3 API reference: DeleteBucket.)
///
/// `force` are the headers by which some servers delete a bucket with its contents.
pub(crate) async fn delete_bucket(
    admin: &Admin,
    bucket: &str,
    force: &[(&str, &str)],
) -> Result<(), Failure> {
    match admin.delete(bucket, force).await {
        // The server does not know the headers, or these keys may not use them.
        Err(Failure::Refused(
            StatusCode::CONFLICT
            | StatusCode::FORBIDDEN
            | StatusCode::BAD_REQUEST
            | StatusCode::NOT_IMPLEMENTED,
            _,
        )) => {}
        other => return other,
    }
    empty(admin, bucket).await?;
    admin.delete(bucket, &[]).await
}
