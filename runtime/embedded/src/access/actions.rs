//! Names of actions in policies, by operation (Service Authorization Reference, "Actions defined by Amazon S3").

use http::{HeaderMap, HeaderName};

/// Returns the action that an operation always needs.
pub(super) fn action(operation: &str, version: bool) -> String {
    let name = match operation {
        "GetObject" | "HeadObject" | "GetObjectAttributes" if version => "GetObjectVersion",
        "GetObject" | "HeadObject" | "GetObjectAttributes" => "GetObject",
        "PutObject"
        | "CopyObject"
        | "CreateMultipartUpload"
        | "UploadPart"
        | "UploadPartCopy"
        | "CompleteMultipartUpload" => "PutObject",
        "DeleteObject" if version => "DeleteObjectVersion",
        "GetObjectTagging" if version => "GetObjectVersionTagging",
        "PutObjectTagging" if version => "PutObjectVersionTagging",
        "DeleteObjectTagging" if version => "DeleteObjectVersionTagging",
        "GetObjectAcl" if version => "GetObjectVersionAcl",
        "PutObjectAcl" if version => "PutObjectVersionAcl",
        "ListObjects" | "ListObjectsV2" | "HeadBucket" => "ListBucket",
        "ListObjectVersions" => "ListBucketVersions",
        "ListMultipartUploads" => "ListBucketMultipartUploads",
        "ListParts" => "ListMultipartUploadParts",
        "GetBucketCors" => "GetBucketCORS",
        "GetPublicAccessBlock" => "GetBucketPublicAccessBlock",
        "PutPublicAccessBlock" | "DeletePublicAccessBlock" => "PutBucketPublicAccessBlock",
        "DeleteBucketOwnershipControls" => "PutBucketOwnershipControls",
        "PutBucketCors" | "DeleteBucketCors" => "PutBucketCORS",
        "GetBucketLifecycleConfiguration" => "GetLifecycleConfiguration",
        "PutBucketLifecycleConfiguration" | "DeleteBucketLifecycle" => "PutLifecycleConfiguration",
        "GetBucketEncryption" => "GetEncryptionConfiguration",
        "PutBucketEncryption" | "DeleteBucketEncryption" => "PutEncryptionConfiguration",
        "GetBucketNotificationConfiguration" => "GetBucketNotification",
        "PutBucketNotificationConfiguration" => "PutBucketNotification",
        "DeleteBucketTagging" => "PutBucketTagging",
        "GetObjectLockConfiguration" => "GetBucketObjectLockConfiguration",
        "PutObjectLockConfiguration" => "PutBucketObjectLockConfiguration",
        other => other,
    };
    format!("s3:{name}")
}

/// Returns the further actions that a request needs (S3 API Reference, "Permissions" of the operations).
pub(super) fn others(operation: &str, version: bool, headers: &HeaderMap) -> Vec<&'static str> {
    let mut actions = match operation {
        "GetObjectAttributes" if version => vec!["s3:GetObjectVersionAttributes"],
        "GetObjectAttributes" => vec!["s3:GetObjectAttributes"],
        "PutObject" | "CopyObject" | "CreateMultipartUpload" => {
            headers.keys().filter_map(action_for_header).collect()
        }
        _ => Vec::new(),
    };
    let bypass = headers.get("x-amz-bypass-governance-retention");
    if bypass.is_some_and(|bypass| bypass.as_bytes().eq_ignore_ascii_case(b"true")) {
        actions.push("s3:BypassGovernanceRetention");
    }
    actions
}

/// Returns the further action that an upload with this header needs.
fn action_for_header(header: &HeaderName) -> Option<&'static str> {
    match header.as_str() {
        "x-amz-tagging" => Some("s3:PutObjectTagging"),
        "x-amz-acl" => Some("s3:PutObjectAcl"),
        grant if grant.starts_with("x-amz-grant-") => Some("s3:PutObjectAcl"),
        "x-amz-object-lock-mode" | "x-amz-object-lock-retain-until-date" => {
            Some("s3:PutObjectRetention")
        }
        "x-amz-object-lock-legal-hold" => Some("s3:PutObjectLegalHold"),
        _ => None,
    }
}
