//! Buckets and their versioning.

use crate::{
    errors,
    operations::{Service, acl, convert, public_access},
    storage::{Bucket as Stored, Error, OLDEST_REGION, Versioning},
};
use http::{HeaderValue, header::CONTENT_TYPE};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result, dto::*};

const RESERVED_PREFIXES: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_SUFFIXES: [&str; 5] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/// Returns true for a name that S3 refuses and the protocol layer does not: reserved ones, those that look like an IP
/// address, and those with a hyphen beside a dot (S3 User Guide, "General purpose bucket naming rules").
fn is_refused(name: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    RESERVED_PREFIXES
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || RESERVED_SUFFIXES
            .iter()
            .any(|suffix| name.ends_with(suffix))
        || name.contains(".-")
        || name.contains("-.")
        || (name.split('.').count() == 4 && name.split('.').all(is_number))
}

pub(super) fn create(
    service: &Service,
    request: S3Request<CreateBucketInput>,
) -> S3Result<S3Response<CreateBucketOutput>> {
    let owner = crate::operations::principal(&request).ok_or_else(errors::access_denied)?;
    let input = &request.input;
    if is_refused(&input.bucket) {
        return Err(S3Error::new(S3ErrorCode::InvalidBucketName));
    }
    let constraint = input
        .create_bucket_configuration
        .as_ref()
        .and_then(|config| config.location_constraint.as_ref());
    if constraint.is_some_and(|constraint| !is_constraint(constraint.as_str())) {
        return Err(S3Error::with_message(
            S3ErrorCode::InvalidLocationConstraint,
            "The specified location-constraint is not valid",
        ));
    }
    let region = constraint.map_or(service.region.as_str(), BucketLocationConstraint::as_str);
    let acl = acl::bucket_acl(&acl::wanted!(input, write: input.grant_write.as_deref()))?;
    let ownership = public_access::ownership(input.object_ownership.as_ref())?;
    public_access::check_acl_is_allowed(acl, ownership.as_ref())?;
    let mut bucket = Stored::new(
        owner,
        region,
        acl,
        input.object_lock_enabled_for_bucket.unwrap_or_default(),
    );
    bucket.settings.ownership = ownership;
    service.storage.create_bucket(&input.bucket, bucket)?;
    crate::operations::respond(CreateBucketOutput {
        location: Some(format!("/{}", input.bucket)),
    })
}

/// Returns true for a region such as `eu-west-1`, or `EU`, its old name. Buckets in the oldest region have no constraint.
fn is_constraint(name: &str) -> bool {
    let words = name.split('-').collect::<Vec<_>>();
    let is_region = |(number, words): (&&str, &[&str])| {
        words.len() >= 2
            && number.parse::<u8>().is_ok()
            && words
                .iter()
                .all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()))
    };
    name == "EU" || name != OLDEST_REGION && words.split_last().is_some_and(is_region)
}

pub(super) fn head(
    service: &Service,
    request: S3Request<HeadBucketInput>,
) -> S3Result<S3Response<HeadBucketOutput>> {
    let region = service
        .storage
        .read(&request.input.bucket, |bucket| bucket.region.clone())?;
    let mut response = S3Response::new(HeadBucketOutput {
        bucket_region: Some(region),
        ..Default::default()
    });
    let document = HeaderValue::from_static("application/xml");
    response.headers.insert(CONTENT_TYPE, document);
    Ok(response)
}

pub(super) fn delete(
    service: &Service,
    request: S3Request<DeleteBucketInput>,
) -> S3Result<S3Response<DeleteBucketOutput>> {
    service.storage.delete_bucket(&request.input.bucket)?;
    crate::operations::respond(DeleteBucketOutput::default())
}

pub(super) fn list(
    service: &Service,
    request: S3Request<ListBucketsInput>,
) -> S3Result<S3Response<ListBucketsOutput>> {
    let owner = crate::operations::principal(&request).ok_or_else(errors::access_denied)?;
    let input = &request.input;
    let most = input
        .max_buckets
        .unwrap_or(10_000)
        .clamp(1, 10_000)
        .unsigned_abs() as usize;
    let page = service.storage.list_buckets(most, |name, bucket| {
        let wanted = bucket.owner == owner
            && input.prefix.as_deref().is_none_or(|prefix| name.starts_with(prefix))
            && input.bucket_region.as_deref().is_none_or(|region| region == bucket.region)
            // The token is the last name of the previous page.
            && input.continuation_token.as_deref().is_none_or(|after| name > after);
        wanted.then(|| Bucket {
            name: Some(name.to_owned()),
            creation_date: Some(convert::time(bucket.created)),
            bucket_region: Some(bucket.region.clone()),
        })
    });
    crate::operations::respond(ListBucketsOutput {
        continuation_token: page.next_after().and_then(|last| last.name.clone()),
        buckets: Some(page.entries),
        owner: Some(convert::owner(owner)),
        prefix: input.prefix.clone(),
    })
}

/// Answers without a constraint in the oldest region (S3 API Reference, "GetBucketLocation").
pub(super) fn location(
    service: &Service,
    request: S3Request<GetBucketLocationInput>,
) -> S3Result<S3Response<GetBucketLocationOutput>> {
    let region = service
        .storage
        .read(&request.input.bucket, |bucket| bucket.region.clone())?;
    let location_constraint = (region != OLDEST_REGION).then(|| region.into());
    crate::operations::respond(GetBucketLocationOutput {
        location_constraint,
    })
}

pub(super) fn get_versioning(
    service: &Service,
    request: S3Request<GetBucketVersioningInput>,
) -> S3Result<S3Response<GetBucketVersioningOutput>> {
    let status = match service
        .storage
        .read(&request.input.bucket, |bucket| bucket.versioning)?
    {
        Versioning::Unversioned => None,
        Versioning::Enabled => Some(BucketVersioningStatus::from_static(
            BucketVersioningStatus::ENABLED,
        )),
        Versioning::Suspended => Some(BucketVersioningStatus::from_static(
            BucketVersioningStatus::SUSPENDED,
        )),
    };
    crate::operations::respond(GetBucketVersioningOutput {
        status,
        mfa_delete: None,
    })
}

pub(super) fn put_versioning(
    service: &Service,
    request: S3Request<PutBucketVersioningInput>,
) -> S3Result<S3Response<PutBucketVersioningOutput>> {
    let input = request.input;
    let configuration = &input.versioning_configuration;
    if configuration
        .mfa_delete
        .as_ref()
        .is_some_and(|mfa| mfa.as_str() == MFADelete::ENABLED)
    {
        return Err(errors::not_implemented(
            "PutBucketVersioning with MfaDelete",
        ));
    }
    let versioning = match configuration
        .status
        .as_ref()
        .map(BucketVersioningStatus::as_str)
    {
        Some(BucketVersioningStatus::ENABLED) => Versioning::Enabled,
        Some(BucketVersioningStatus::SUSPENDED) => Versioning::Suspended,
        Some(_) => return Err(S3Error::from(Error::MalformedDocument)),
        None => {
            return Err(S3Error::with_message(
                S3ErrorCode::IllegalVersioningConfigurationException,
                "The Versioning element must be specified",
            ));
        }
    };
    service.storage.try_write(&input.bucket, |bucket| {
        if versioning == Versioning::Suspended && bucket.lock.is_some() {
            return Err(Error::InvalidBucketState(
                "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
            ));
        }
        bucket.versioning = versioning;
        Ok(())
    })?;
    crate::operations::respond(PutBucketVersioningOutput::default())
}
