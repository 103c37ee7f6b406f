//! Conversions between the types of the protocol layer and those of the storage.

use crate::{
    errors,
    storage::{
        Acl, Error, Lock, Object, Retention, RetentionMode,
        checksum::{Algorithm, Checksum, Kind},
        preconditions::{ETags, Preconditions},
    },
};
use s3s::{
    S3Error, S3ErrorCode, S3Result,
    dto::{
        ChecksumAlgorithm, ChecksumType, ETag, ETagCondition, ObjectLockLegalHoldStatus, Owner,
        Timestamp,
    },
};
use std::collections::HashMap;
use time::OffsetDateTime;

pub(super) fn etag(etag: &str) -> ETag {
    ETag::Strong(etag.to_owned())
}

pub(super) fn time(time: OffsetDateTime) -> Timestamp {
    time.into()
}

/// Returns an owner. Its id is the access key, because canonical ids would mean nothing here.
pub(super) fn owner(name: &str) -> Owner {
    Owner {
        display_name: Some(name.to_owned()),
        id: Some(name.to_owned()),
    }
}

/// Treats an empty version id, which some clients send, as none.
pub(super) fn version(id: Option<&String>) -> Option<&str> {
    id.map(String::as_str).filter(|id| !id.is_empty())
}

pub(super) fn size(bytes: u64) -> Option<i64> {
    i64::try_from(bytes).ok()
}

fn etags(condition: Option<ETagCondition>) -> Option<ETags> {
    condition.map(|condition| match condition {
        ETagCondition::Any => ETags::Any,
        ETagCondition::ETag(etag) => ETags::One(etag.into_value()),
    })
}

pub(super) fn conditions(
    if_match: Option<ETagCondition>,
    if_none_match: Option<ETagCondition>,
    if_modified_since: Option<Timestamp>,
    if_unmodified_since: Option<Timestamp>,
) -> Preconditions {
    Preconditions {
        if_match: etags(if_match),
        if_none_match: etags(if_none_match),
        if_modified_since: if_modified_since.map(Into::into),
        if_unmodified_since: if_unmodified_since.map(Into::into),
    }
}

/// Parses the conditions of a write from its headers, because s3s does not know all of them. A write can require one ETag, or
/// that there is no object (S3 API Reference, "PutObject": `If-Match` "expects the ETag value", `If-None-Match` "the '*'").
pub(super) fn write_conditions(headers: &http::HeaderMap) -> S3Result<Preconditions> {
    let etags = |name: http::HeaderName| {
        let Some(value) = headers.get(&name) else {
            return Ok(None);
        };
        let condition = ETagCondition::parse_http_header(value.as_bytes());
        condition
            .map(Some)
            .map_err(|_| errors::invalid_argument(format!("{name} is not an entity tag")))
    };
    let time = |name: http::HeaderName| {
        let Some(value) = headers.get(&name) else {
            return Ok(None);
        };
        let time = value
            .to_str()
            .ok()
            .and_then(|value| Timestamp::parse(s3s::dto::TimestampFormat::HttpDate, value).ok());
        time.map(Some)
            .ok_or_else(|| errors::invalid_argument(format!("{name} is not an HTTP date")))
    };
    let (if_match, if_none_match) = (
        etags(http::header::IF_MATCH)?,
        etags(http::header::IF_NONE_MATCH)?,
    );
    let both = if_match.is_some() && if_none_match.is_some();
    if both
        || matches!(if_match, Some(ETagCondition::Any))
        || matches!(if_none_match, Some(ETagCondition::ETag(_)))
    {
        return Err(S3Error::with_message(
            S3ErrorCode::NotImplemented,
            "A header you provided implies functionality that is not implemented",
        ));
    }
    Ok(conditions(
        if_match,
        if_none_match,
        time(http::header::IF_MODIFIED_SINCE)?,
        time(http::header::IF_UNMODIFIED_SINCE)?,
    ))
}

pub(super) fn acl(acl: Option<&str>) -> S3Result<Acl> {
    let Some(name) = acl else {
        return Ok(Acl::default());
    };
    Acl::parse(name).ok_or_else(|| errors::invalid_argument(format!("{name} is not a canned ACL")))
}

pub(super) fn kind(kind: &ChecksumType) -> S3Result<Kind> {
    match kind.as_str() {
        ChecksumType::FULL_OBJECT => Ok(Kind::FullObject),
        ChecksumType::COMPOSITE => Ok(Kind::Composite),
        other => Err(errors::invalid_request(format!(
            "{other} is not a checksum type"
        ))),
    }
}

pub(super) fn algorithm(algorithm: &ChecksumAlgorithm) -> S3Result<Algorithm> {
    let unknown = || {
        errors::invalid_request(
            "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
        )
    };
    Algorithm::parse(algorithm.as_str()).ok_or_else(unknown)
}

pub(super) fn checksum_type(kind: Kind) -> ChecksumType {
    ChecksumType::from_static(match kind {
        Kind::FullObject => ChecksumType::FULL_OBJECT,
        Kind::Composite => ChecksumType::COMPOSITE,
    })
}

/// Returns the checksum of an object. One that was uploaded without has a CRC64NVME of the whole (User Guide, "Checking object
/// integrity"), which is computed when it is first asked for.
pub(super) fn checksum_of(object: &Object) -> Checksum {
    object.checksum.clone().unwrap_or_else(|| {
        let compute = || Checksum::of(Algorithm::Crc64Nvme, &object.body);
        object.crc64nvme.get_or_init(compute).clone()
    })
}

/// The limit for names and values together, 2 KB (User Guide, "User-defined object metadata").
const MAX_USER_METADATA: usize = 2048;

pub(super) fn user_metadata(
    metadata: Option<HashMap<String, String>>,
) -> S3Result<std::collections::BTreeMap<String, String>> {
    let metadata = metadata.unwrap_or_default();
    if metadata
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum::<usize>()
        > MAX_USER_METADATA
    {
        return Err(S3Error::with_message(
            S3ErrorCode::MetadataTooLarge,
            "Your metadata headers exceed the maximum allowed metadata size",
        ));
    }
    Ok(metadata.into_iter().collect())
}

/// Removes `aws-chunked`, which is the encoding of the request and not of the object.
pub(super) fn content_encoding(encoding: Option<String>) -> Option<String> {
    let encoding = encoding?;
    let kept = encoding
        .split(',')
        .map(str::trim)
        .filter(|coding| *coding != "aws-chunked" && !coding.is_empty());
    Some(kept.collect::<Vec<_>>().join(",")).filter(|kept| !kept.is_empty())
}

pub(super) fn retention_mode(mode: &str) -> S3Result<RetentionMode> {
    match mode {
        "GOVERNANCE" => Ok(RetentionMode::Governance),
        "COMPLIANCE" => Ok(RetentionMode::Compliance),
        other => Err(errors::invalid_argument(format!(
            "{other} is not an object lock mode"
        ))),
    }
}

pub(super) fn show_mode(mode: RetentionMode) -> &'static str {
    match mode {
        RetentionMode::Governance => "GOVERNANCE",
        RetentionMode::Compliance => "COMPLIANCE",
    }
}

pub(super) fn retention(
    mode: Option<&str>,
    until: Option<Timestamp>,
) -> S3Result<Option<Retention>> {
    match (mode, until) {
        (None, None) => Ok(None),
        (Some(mode), Some(until)) => Ok(Some(Retention {
            mode: retention_mode(mode)?,
            until: retain_until(until)?,
        })),
        _ => Err(errors::invalid_argument(
            "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
        )),
    }
}

pub(super) fn retain_until(until: Timestamp) -> S3Result<OffsetDateTime> {
    let until = OffsetDateTime::from(until);
    if until <= OffsetDateTime::now_utc() {
        return Err(errors::invalid_argument(
            "The retain until date must be in the future!",
        ));
    }
    Ok(until)
}

pub(super) fn lock(
    mode: Option<&str>,
    until: Option<Timestamp>,
    legal_hold: Option<&str>,
) -> S3Result<Lock> {
    Ok(Lock {
        retention: retention(mode, until)?,
        legal_hold: self::legal_hold(legal_hold)?,
    })
}

pub(super) fn legal_hold(status: Option<&str>) -> S3Result<Option<bool>> {
    match status {
        None => Ok(None),
        Some("ON") => Ok(Some(true)),
        Some("OFF") => Ok(Some(false)),
        Some(_) => Err(Error::InvalidArgument("Legal Hold must be either of 'ON' or 'OFF'").into()),
    }
}

pub(super) fn show_legal_hold(held: bool) -> ObjectLockLegalHoldStatus {
    ObjectLockLegalHoldStatus::from_static(if held { "ON" } else { "OFF" })
}

/// The five checksum fields that many inputs have.
macro_rules! checksums_given {
    ($input:expr) => {{
        use crate::storage::checksum::Algorithm;
        [
            (Algorithm::Crc32, $input.checksum_crc32.take()),
            (Algorithm::Crc32c, $input.checksum_crc32c.take()),
            (Algorithm::Crc64Nvme, $input.checksum_crc64nvme.take()),
            (Algorithm::Sha1, $input.checksum_sha1.take()),
            (Algorithm::Sha256, $input.checksum_sha256.take()),
        ]
    }};
}

/// Fills in the one of an output's five checksum fields that matches the checksum.
macro_rules! show_checksum {
    ($output:expr, $checksum:expr) => {
        if let Some(checksum) = $checksum {
            use crate::storage::checksum::Algorithm;
            let value = Some(checksum.value.clone());
            match checksum.algorithm {
                Algorithm::Crc32 => $output.checksum_crc32 = value,
                Algorithm::Crc32c => $output.checksum_crc32c = value,
                Algorithm::Crc64Nvme => $output.checksum_crc64nvme = value,
                Algorithm::Sha1 => $output.checksum_sha1 = value,
                Algorithm::Sha256 => $output.checksum_sha256 = value,
            }
        }
    };
}

pub(super) use {checksums_given, show_checksum};
