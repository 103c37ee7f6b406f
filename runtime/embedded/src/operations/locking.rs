//! Object lock: a bucket's default, and retention and legal hold of single versions.

use crate::{
    errors,
    operations::{
        Service, convert,
        lookup::{Lookup, NamesObject},
    },
    storage::{DefaultLock, Error, Lock, Period, Retention, RetentionMode, Versioning},
};
use http::StatusCode;
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result, dto::*};
use time::OffsetDateTime;

/// Returns the value for enabled object lock, the only one that S3 has.
fn enabled() -> Option<ObjectLockEnabled> {
    Some(ObjectLockEnabled::from_static(ObjectLockEnabled::ENABLED))
}

/// The longest default retention.
const MOST_DAYS: i32 = 36_500;
const MOST_YEARS: i32 = 100;

fn malformed() -> S3Error {
    Error::MalformedDocument.into()
}

/// Parses a mode. In a document an unknown mode violates the schema; in a header it is an invalid argument.
fn mode_in_document(mode: &ObjectLockRetentionMode) -> S3Result<RetentionMode> {
    convert::retention_mode(mode.as_str()).map_err(|_| malformed())
}

pub(super) fn get_configuration(
    service: &Service,
    request: S3Request<GetObjectLockConfigurationInput>,
) -> S3Result<S3Response<GetObjectLockConfigurationOutput>> {
    let lock = service
        .storage
        .read(&request.input.bucket, |bucket| bucket.lock)?
        .ok_or_else(|| {
            S3Error::with_message(
                S3ErrorCode::ObjectLockConfigurationNotFoundError,
                "Object Lock configuration does not exist for this bucket",
            )
        })?;
    let rule = lock.retention.map(|(mode, period)| {
        let (days, years) = match period {
            Period::Days(days) => (Some(days), None),
            Period::Years(years) => (None, Some(years)),
        };
        let mode = Some(convert::show_mode(mode).to_owned().into());
        ObjectLockRule {
            default_retention: Some(DefaultRetention { days, mode, years }),
        }
    });
    crate::operations::respond(GetObjectLockConfigurationOutput {
        object_lock_configuration: Some(ObjectLockConfiguration {
            object_lock_enabled: enabled(),
            rule,
        }),
    })
}

pub(super) fn put_configuration(
    service: &Service,
    request: S3Request<PutObjectLockConfigurationInput>,
) -> S3Result<S3Response<PutObjectLockConfigurationOutput>> {
    let input = request.input;
    let configuration = input
        .object_lock_configuration
        .ok_or(S3ErrorCode::MissingRequestBodyError)?;
    if configuration.object_lock_enabled != enabled() {
        return Err(malformed());
    }
    let default = configuration.rule.and_then(|rule| rule.default_retention);
    let retention = default.map(|default| {
        let period = match (default.days, default.years) {
            (Some(days), None) if days > 0 => Period::Days(days),
            (None, Some(years)) if years > 0 => Period::Years(years),
            (Some(_), None) | (None, Some(_)) => {
                return Err(errors::invalid_argument(
                    "Default retention period must be a positive integer value",
                ));
            }
            _ => return Err(malformed()),
        };
        if matches!(period, Period::Days(days) if days > MOST_DAYS)
            || matches!(period, Period::Years(years) if years > MOST_YEARS)
        {
            return Err(errors::invalid_argument(
                "Default retention period too large",
            ));
        }
        let mode = default.mode.as_ref().ok_or_else(malformed)?;
        Ok((mode_in_document(mode)?, period))
    });
    let retention = retention.transpose()?;
    service.storage.try_write(&input.bucket, |bucket| {
        if bucket.versioning != Versioning::Enabled {
            return Err(Error::InvalidBucketState(
                "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
            ));
        }
        bucket.lock = Some(DefaultLock { retention });
        Ok(())
    })?;
    crate::operations::respond(PutObjectLockConfigurationOutput::default())
}

fn missing() -> S3Error {
    errors::custom(
        "NoSuchObjectLockConfiguration",
        StatusCode::NOT_FOUND,
        "The specified object does not have a ObjectLock configuration",
    )
}

fn lock_of(service: &Service, input: &impl NamesObject) -> S3Result<Lock> {
    let found = Lookup::of(service, input).of_lock().find()?;
    Ok(found.object.attributes.lock)
}

pub(super) fn get_retention(
    service: &Service,
    request: S3Request<GetObjectRetentionInput>,
) -> S3Result<S3Response<GetObjectRetentionOutput>> {
    let lock = lock_of(service, &request.input)?;
    let retention = lock.retention.ok_or_else(missing)?;
    crate::operations::respond(GetObjectRetentionOutput {
        retention: Some(ObjectLockRetention {
            mode: Some(convert::show_mode(retention.mode).to_owned().into()),
            retain_until_date: Some(convert::time(retention.until)),
        }),
    })
}

pub(super) fn put_retention(
    service: &Service,
    request: S3Request<PutObjectRetentionInput>,
) -> S3Result<S3Response<PutObjectRetentionOutput>> {
    let mut input = request.input;
    let wanted = input.retention.take().ok_or_else(malformed)?;
    let wanted = match (&wanted.mode, wanted.retain_until_date) {
        (None, None) => None,
        (Some(mode), Some(until)) => Some(Retention {
            mode: mode_in_document(mode)?,
            until: convert::retain_until(until)?,
        }),
        _ => return Err(malformed()),
    };
    let bypass = input.bypass_governance_retention.unwrap_or_default();
    let lookup = Lookup::of(service, &input).of_lock();
    lookup.change(|object| {
        let lock = &mut object.attributes.lock;
        if lock.forbids_retention(OffsetDateTime::now_utc(), wanted, bypass) {
            return Err(Error::Locked);
        }
        lock.retention = wanted;
        Ok(())
    })?;
    crate::operations::respond(PutObjectRetentionOutput::default())
}

pub(super) fn get_legal_hold(
    service: &Service,
    request: S3Request<GetObjectLegalHoldInput>,
) -> S3Result<S3Response<GetObjectLegalHoldOutput>> {
    let lock = lock_of(service, &request.input)?;
    let status = lock.legal_hold.map(convert::show_legal_hold);
    let status = status.ok_or_else(missing)?;
    crate::operations::respond(GetObjectLegalHoldOutput {
        legal_hold: Some(ObjectLockLegalHold {
            status: Some(status),
        }),
    })
}

pub(super) fn put_legal_hold(
    service: &Service,
    request: S3Request<PutObjectLegalHoldInput>,
) -> S3Result<S3Response<PutObjectLegalHoldOutput>> {
    let input = request.input;
    let status = input
        .legal_hold
        .as_ref()
        .and_then(|hold| hold.status.as_ref());
    let status = status.map(ObjectLockLegalHoldStatus::as_str);
    let held = match convert::legal_hold(status) {
        Ok(Some(held)) => held,
        Ok(None) | Err(_) => return Err(malformed()),
    };
    let lookup = Lookup::of(service, &input).of_lock();
    lookup.change(|object| {
        object.attributes.lock.legal_hold = Some(held);
        Ok(())
    })?;
    crate::operations::respond(PutObjectLegalHoldOutput::default())
}
