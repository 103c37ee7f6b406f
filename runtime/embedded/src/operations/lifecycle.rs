//! Lifecycle rules are validated, stored and returned. Nothing expires or moves.

use crate::{
    errors::{invalid_argument, invalid_request},
    operations::{Service, cors_and_policy::missing},
    storage::Error,
};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result, dto::*};
use std::collections::HashSet;
use time::{OffsetDateTime, Time, UtcOffset};

/// S3 User Guide, "Lifecycle configuration elements".
const MOST_RULES: usize = 1000;
const LONGEST_ID: usize = 255;

const CLASSES: [&str; 6] = [
    TransitionStorageClass::DEEP_ARCHIVE,
    TransitionStorageClass::GLACIER,
    TransitionStorageClass::GLACIER_IR,
    TransitionStorageClass::INTELLIGENT_TIERING,
    TransitionStorageClass::ONEZONE_IA,
    TransitionStorageClass::STANDARD_IA,
];

/// "Before you transition objects to S3 Standard-IA or S3 One Zone-IA, you must store them for at least 30 days in Amazon S3"
/// (S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle").
const DAYS_BEFORE_INFREQUENT_ACCESS: i32 = 30;

pub(super) fn get(
    service: &Service,
    request: S3Request<GetBucketLifecycleConfigurationInput>,
) -> S3Result<S3Response<GetBucketLifecycleConfigurationOutput>> {
    let lifecycle = service.storage.read(&request.input.bucket, |bucket| {
        bucket.settings.lifecycle.clone()
    })?;
    let code = S3ErrorCode::NoSuchLifecycleConfiguration;
    let lifecycle =
        lifecycle.ok_or_else(|| missing(code, "The lifecycle configuration does not exist"))?;
    crate::operations::respond(GetBucketLifecycleConfigurationOutput {
        rules: Some(lifecycle.rules),
        ..Default::default()
    })
}

pub(super) fn put(
    service: &Service,
    request: S3Request<PutBucketLifecycleConfigurationInput>,
) -> S3Result<S3Response<PutBucketLifecycleConfigurationOutput>> {
    let input = request.input;
    let mut lifecycle = input.lifecycle_configuration.ok_or_else(malformed)?;
    validate(&lifecycle.rules)?;
    service.storage.write(&input.bucket, |bucket| {
        for rule in &mut lifecycle.rules {
            rule.id = rule.id.take().filter(|id| !id.is_empty());
            rule.id.get_or_insert_with(|| bucket.next_id());
        }
        bucket.settings.lifecycle = Some(lifecycle);
    })?;
    crate::operations::respond(PutBucketLifecycleConfigurationOutput::default())
}

pub(super) fn delete(
    service: &Service,
    request: S3Request<DeleteBucketLifecycleInput>,
) -> S3Result<S3Response<DeleteBucketLifecycleOutput>> {
    service.change_settings(&request.input.bucket, |settings| settings.lifecycle = None)
}

fn malformed() -> S3Error {
    Error::MalformedDocument.into()
}

fn validate(rules: &[LifecycleRule]) -> S3Result<()> {
    if rules.is_empty() || rules.len() > MOST_RULES {
        return Err(malformed());
    }
    let mut ids = HashSet::new();
    for rule in rules {
        let id = rule.id.as_deref().unwrap_or_default();
        if id.chars().count() > LONGEST_ID {
            return Err(invalid_argument(
                "ID length should not exceed allowed limit of 255",
            ));
        }
        if !id.is_empty() && !ids.insert(id) {
            return Err(invalid_argument(
                "Rule ID must be unique. Found same ID for more than one rule",
            ));
        }
        valid_rule(rule)?;
    }
    Ok(())
}

fn valid_rule(rule: &LifecycleRule) -> S3Result<()> {
    let status = rule.status.as_str();
    if ![ExpirationStatus::ENABLED, ExpirationStatus::DISABLED].contains(&status)
        || rule.filter.is_some() == rule.prefix.is_some()
    {
        return Err(malformed());
    }
    let none = LifecycleRuleFilter::default();
    let filter = rule.filter.as_ref().unwrap_or(&none);
    valid_filter(filter)?;
    let transitions = rule.transitions.as_deref().unwrap_or_default();
    let noncurrent = rule
        .noncurrent_version_transitions
        .as_deref()
        .unwrap_or_default();
    if rule.expiration.is_none()
        && rule.noncurrent_version_expiration.is_none()
        && rule.abort_incomplete_multipart_upload.is_none()
        && transitions.is_empty()
        && noncurrent.is_empty()
    {
        return Err(invalid_request(
            "At least one action needs to be specified in a rule",
        ));
    }
    if let Some(expiration) = &rule.expiration {
        valid_expiration(expiration, filter)?;
    }
    valid_transitions(rule, transitions)?;
    if let Some(expiration) = &rule.noncurrent_version_expiration {
        at_least_one(
            expiration.noncurrent_days,
            "'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer",
        )?;
    }
    noncurrent
        .iter()
        .try_for_each(valid_noncurrent_transition)?;
    if let Some(abort) = &rule.abort_incomplete_multipart_upload {
        at_least_one(
            abort.days_after_initiation,
            "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer",
        )?;
        without_object_filters(filter, "AbortIncompleteMultipartUpload")?;
    }
    Ok(())
}

/// Accepts at most one predicate, or an `And` of two or more.
fn valid_filter(filter: &LifecycleRuleFilter) -> S3Result<()> {
    let given = [
        filter.and.is_some(),
        filter.prefix.is_some(),
        filter.tag.is_some(),
        filter.object_size_greater_than.is_some(),
        filter.object_size_less_than.is_some(),
    ];
    let together = filter.and.as_ref().map(|and| {
        let given = [
            and.prefix.is_some(),
            and.object_size_greater_than.is_some(),
            and.object_size_less_than.is_some(),
        ];
        count(&given) + and.tags.as_ref().map_or(0, Vec::len)
    });
    if count(&given) > 1
        || together.is_some_and(|together| together < 2)
        || tags(filter).any(|tag| tag.key.is_none())
    {
        return Err(malformed());
    }
    Ok(())
}

fn count(given: &[bool]) -> usize {
    given.iter().filter(|given| **given).count()
}

fn tags(filter: &LifecycleRuleFilter) -> impl Iterator<Item = &Tag> {
    let together = filter.and.iter().flat_map(|and| and.tags.iter().flatten());
    filter.tag.iter().chain(together)
}

fn valid_expiration(
    expiration: &LifecycleExpiration,
    filter: &LifecycleRuleFilter,
) -> S3Result<()> {
    let marker = expiration.expired_object_delete_marker;
    let given = [
        expiration.days.is_some(),
        expiration.date.is_some(),
        marker.is_some(),
    ];
    if count(&given) != 1 {
        return Err(malformed());
    }
    if expiration.days.is_some() {
        at_least_one(
            expiration.days,
            "'Days' for Expiration action must be a positive integer",
        )?;
    }
    if marker.is_some() {
        without_object_filters(filter, "ExpiredObjectDeleteMarker")?;
    }
    at_midnight(expiration.date.as_ref())
}

fn valid_transitions(rule: &LifecycleRule, transitions: &[Transition]) -> S3Result<()> {
    transitions.iter().try_for_each(valid_transition)?;
    let mut classes = HashSet::new();
    let mut classes_given = transitions
        .iter()
        .filter_map(|one| one.storage_class.as_ref());
    if !classes_given.all(|class| classes.insert(class.as_str())) {
        return Err(invalid_request(format!(
            "'StorageClass' must be different for 'Transition' actions in same 'Rule' with {}",
            what_for(rule)
        )));
    }
    let expiration = rule.expiration.as_ref();
    let days = expiration.and_then(|expiration| expiration.days);
    let date = expiration.and_then(|expiration| expiration.date.as_ref());
    let by_days = days.is_some() || transitions.iter().any(|one| one.days.is_some());
    let by_date = date.is_some() || transitions.iter().any(|one| one.date.is_some());
    if by_days && by_date {
        return Err(invalid_request(format!(
            "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for {}",
            what_for(rule)
        )));
    }
    let last = transitions.iter().filter_map(|one| one.days).max();
    if days.is_some_and(|days| last.is_some_and(|last| days <= last)) {
        return Err(invalid_argument(format!(
            "'Days' in the Expiration action for {} must be greater than 'Days' in the Transition action",
            what_for(rule)
        )));
    }
    Ok(())
}

/// Returns the description of a rule in S3's messages.
fn what_for(rule: &LifecycleRule) -> String {
    match (&rule.prefix, &rule.filter) {
        (Some(prefix), _) => format!("prefix '{prefix}'"),
        (None, filter) => {
            let prefix = filter.as_ref().and_then(|filter| {
                let together = filter.and.as_ref().and_then(|and| and.prefix.as_ref());
                filter.prefix.as_ref().or(together)
            });
            format!("filter '(prefix={})'", prefix.map_or("", String::as_str))
        }
    }
}

fn valid_transition(transition: &Transition) -> S3Result<()> {
    if transition.days.is_some() == transition.date.is_some() {
        return Err(malformed());
    }
    at_midnight(transition.date.as_ref())?;
    let class = valid_class(transition.storage_class.as_ref())?;
    match transition.days {
        Some(days) => late_enough(days, class, "'Days' in Transition action"),
        None => Ok(()),
    }
}

fn valid_noncurrent_transition(transition: &NoncurrentVersionTransition) -> S3Result<()> {
    let class = valid_class(transition.storage_class.as_ref())?;
    let days = transition.noncurrent_days.ok_or_else(malformed)?;
    let what = "'NoncurrentDays' in NoncurrentVersionTransition action";
    late_enough(days, class, what)
}

fn valid_class(class: Option<&TransitionStorageClass>) -> S3Result<&str> {
    let class = class.map(TransitionStorageClass::as_str);
    class
        .filter(|class| CLASSES.contains(class))
        .ok_or_else(malformed)
}

fn late_enough(days: i32, class: &str, what: &str) -> S3Result<()> {
    if days < 0 {
        return Err(invalid_argument(format!("{what} must be nonnegative")));
    }
    if class.ends_with("_IA") && days < DAYS_BEFORE_INFREQUENT_ACCESS {
        return Err(invalid_argument(format!(
            "{what} must be greater than or equal to {DAYS_BEFORE_INFREQUENT_ACCESS} for storageClass '{class}'"
        )));
    }
    Ok(())
}

fn at_least_one(days: Option<i32>, otherwise: &str) -> S3Result<()> {
    match days.ok_or_else(malformed)? {
        ..1 => Err(invalid_argument(otherwise)),
        _ => Ok(()),
    }
}

fn at_midnight(date: Option<&Timestamp>) -> S3Result<()> {
    let utc = |date: &Timestamp| OffsetDateTime::from(date.clone()).to_offset(UtcOffset::UTC);
    match date.map(utc) {
        Some(date) if date.time() != Time::MIDNIGHT => {
            Err(invalid_argument("'Date' must be at midnight GMT"))
        }
        _ => Ok(()),
    }
}

/// Refuses filters on tags or size for an action that they cannot apply to.
fn without_object_filters(filter: &LifecycleRuleFilter, action: &str) -> S3Result<()> {
    let and = filter.and.as_ref();
    let size = filter.object_size_greater_than.is_some()
        || filter.object_size_less_than.is_some()
        || and.is_some_and(|and| {
            and.object_size_greater_than.is_some() || and.object_size_less_than.is_some()
        });
    let what = match (tags(filter).next(), size) {
        (Some(_), _) => "Tags",
        (None, true) => "Object Size",
        (None, false) => return Ok(()),
    };
    Err(invalid_request(format!(
        "{action} cannot be specified with {what}."
    )))
}
