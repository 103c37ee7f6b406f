//! Condition keys: those that have a value here, and those that exist at all (IAM User Guide, "AWS global condition context
//! keys"; Service Authorization Reference, "Condition keys for Amazon S3").

use crate::policy::{Refusal, malformed};

/// Keys that `access/request.rs` has values for, in lower case.
const SUPPLIED: [&str; 21] = [
    "aws:currenttime",
    "aws:epochtime",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principaltype",
    "aws:referer",
    "aws:securetransport",
    "aws:sourceip",
    "aws:useragent",
    "aws:userid",
    "aws:username",
    "aws:viaawsservice",
    "s3:delimiter",
    "s3:if-match",
    "s3:if-none-match",
    "s3:max-keys",
    "s3:objectcreationoperation",
    "s3:prefix",
    "s3:versionid",
    "s3:x-amz-content-sha256",
    "s3:x-amz-copy-source",
];

/// Headers that describe a new object. With `s3:` in front, each is a condition key.
const OF_NEW_OBJECT: [&str; 12] = [
    "x-amz-acl",
    "x-amz-grant-full-control",
    "x-amz-grant-read",
    "x-amz-grant-read-acp",
    "x-amz-grant-write",
    "x-amz-grant-write-acp",
    "x-amz-metadata-directive",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-storage-class",
    "x-amz-website-redirect-location",
];

/// Prefixes of S3's other keys.
const OTHERS: [&str; 17] = [
    "s3:accessgrantsinstancearn",
    "s3:accesspointnetworkorigin",
    "s3:accesspointtag/",
    "s3:authtype",
    "s3:buckettag/",
    "s3:dataaccesspoint",
    "s3:existingjob",
    "s3:inventoryaccessibleoptionalfields",
    "s3:jobsuspendedcause",
    "s3:locationconstraint",
    "s3:object-lock-",
    "s3:requestjob",
    "s3:requestobjecttag",
    "s3:resourceaccount",
    "s3:signature",
    "s3:tlsversion",
    "s3:x-amz-object-ownership",
];

/// Returns the key in lower case, except for the key of a tag after a slash.
pub(super) fn lower_case(key: &str) -> String {
    let (name, tag) = key.split_at(key.find('/').unwrap_or(key.len()));
    name.to_ascii_lowercase() + tag
}

pub(super) fn is_supplied(key: &str) -> bool {
    let header = key.strip_prefix("s3:").unwrap_or_default();
    SUPPLIED.contains(&key) || is_of_new_object(header) || key.starts_with("s3:existingobjecttag/")
}

pub(crate) fn is_of_new_object(header: &str) -> bool {
    OF_NEW_OBJECT.contains(&header)
}

/// Refuses a key, in lower case, that has no value here. S3 accepts every key with the prefix of global keys.
pub(super) fn check(key: &str) -> Result<(), Refusal> {
    if is_supplied(key) {
        return Ok(());
    }
    match key.starts_with("aws:") || OTHERS.iter().any(|other| key.starts_with(other)) {
        true => Err(Refusal::NotImplemented(format!(
            "The policy condition key {key}"
        ))),
        false => Err(malformed("Policy has an invalid condition key")),
    }
}
