//! ACLs and policies that a bucket refuses or ignores (S3 User Guide, "Blocking public access to your Amazon S3 storage" and
//! "Controlling ownership of objects and disabling ACLs for your bucket").

use crate::{errors, storage::Bucket};
use http::HeaderMap;
use s3s::{
    S3Error, S3ErrorCode, S3Result,
    dto::{ObjectOwnership, PublicAccessBlockConfiguration},
};

fn blocks(
    bucket: &Bucket,
    setting: impl Fn(&PublicAccessBlockConfiguration) -> Option<bool>,
) -> bool {
    let configuration = bucket.settings.public_access_block.as_ref();
    configuration.and_then(setting).unwrap_or_default()
}

fn has_no_acls(bucket: &Bucket) -> bool {
    let ownership = bucket.settings.ownership.as_ref();
    ownership.is_some_and(|ownership| ownership.as_str() == ObjectOwnership::BUCKET_OWNER_ENFORCED)
}

/// Checks the ACL that a request sets by its headers.
pub(super) fn refuse_acl_headers(bucket: &Bucket, headers: &HeaderMap) -> S3Result<()> {
    let canned = headers.get("x-amz-acl").map(|acl| acl.as_bytes());
    let canned = canned.filter(|acl| !acl.is_empty());
    let granted = |to: &str| {
        headers.iter().any(|(name, grantees)| {
            name.as_str().starts_with("x-amz-grant-")
                && String::from_utf8_lossy(grantees.as_bytes()).contains(to)
        })
    };
    let public = match canned {
        Some(name) => name.starts_with(b"public-read") || name == b"authenticated-read",
        None => granted("/groups/global/"),
    };
    let given = canned.is_some_and(|name| name != b"bucket-owner-full-control") || granted("");
    if given && has_no_acls(bucket) {
        return Err(S3Error::with_message(
            S3ErrorCode::AccessControlListNotSupported,
            "The bucket does not allow ACLs",
        ));
    }
    if public && blocks(bucket, |block| block.block_public_acls) {
        return Err(errors::access_denied());
    }
    Ok(())
}

/// Returns true if ACLs have an effect. Every ACL that grants something to others is public here.
pub(super) fn acls_count(bucket: &Bucket) -> bool {
    !has_no_acls(bucket) && !blocks(bucket, |block| block.ignore_public_acls)
}

/// Returns true if a public policy admits only the owner.
pub(super) fn is_restricted(bucket: &Bucket) -> bool {
    let policy = bucket.settings.policy.as_ref();
    policy.is_some_and(|policy| policy.is_public())
        && blocks(bucket, |block| block.restrict_public_buckets)
}

/// Returns true if the bucket refuses public policies.
pub(crate) fn blocks_public_policy(bucket: &Bucket) -> bool {
    blocks(bucket, |block| block.block_public_policy)
}
