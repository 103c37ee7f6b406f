//! The public access block, and object ownership, which can turn ACLs off. `access/restrictions.rs` applies them.

use crate::{
    errors,
    operations::{Service, cors_and_policy::missing},
    storage::{Acl, Error},
};
use http::StatusCode;
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result, dto::*};

pub(super) fn get_block(
    service: &Service,
    request: S3Request<GetPublicAccessBlockInput>,
) -> S3Result<S3Response<GetPublicAccessBlockOutput>> {
    let block = service.storage.read(&request.input.bucket, |bucket| {
        bucket.settings.public_access_block.clone()
    })?;
    let missing = || {
        errors::custom(
            "NoSuchPublicAccessBlockConfiguration",
            StatusCode::NOT_FOUND,
            "The public access block configuration was not found",
        )
    };
    crate::operations::respond(GetPublicAccessBlockOutput {
        public_access_block_configuration: Some(block.ok_or_else(missing)?),
    })
}

pub(super) fn put_block(
    service: &Service,
    request: S3Request<PutPublicAccessBlockInput>,
) -> S3Result<S3Response<PutPublicAccessBlockOutput>> {
    let input = request.input;
    let mut block = input.public_access_block_configuration;
    for setting in [
        &mut block.block_public_acls,
        &mut block.block_public_policy,
        &mut block.ignore_public_acls,
        &mut block.restrict_public_buckets,
    ] {
        setting.get_or_insert(false);
    }
    service.change_settings(&input.bucket, |settings| {
        settings.public_access_block = Some(block)
    })
}

pub(super) fn delete_block(
    service: &Service,
    request: S3Request<DeletePublicAccessBlockInput>,
) -> S3Result<S3Response<DeletePublicAccessBlockOutput>> {
    service.change_settings(&request.input.bucket, |settings| {
        settings.public_access_block = None
    })
}

/// Validates an ownership. Objects always belong to the owner of their bucket; only `BucketOwnerEnforced` turns ACLs off.
pub(super) fn ownership(given: Option<&ObjectOwnership>) -> S3Result<Option<ObjectOwnership>> {
    match given.map(ObjectOwnership::as_str) {
        None => Ok(None),
        Some(
            ObjectOwnership::BUCKET_OWNER_ENFORCED
            | ObjectOwnership::BUCKET_OWNER_PREFERRED
            | ObjectOwnership::OBJECT_WRITER,
        ) => Ok(given.cloned()),
        Some(_) => Err(Error::MalformedDocument.into()),
    }
}

/// Refuses an ACL for a bucket whose ACLs are off.
pub(super) fn check_acl_is_allowed(acl: Acl, ownership: Option<&ObjectOwnership>) -> S3Result<()> {
    let enforced = ObjectOwnership::BUCKET_OWNER_ENFORCED;
    if acl != Acl::Private && ownership.is_some_and(|ownership| ownership.as_str() == enforced) {
        return Err(S3Error::with_message(
            S3ErrorCode::InvalidBucketAclWithObjectOwnership,
            "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
        ));
    }
    Ok(())
}

pub(super) fn get_ownership(
    service: &Service,
    request: S3Request<GetBucketOwnershipControlsInput>,
) -> S3Result<S3Response<GetBucketOwnershipControlsOutput>> {
    let ownership = service.storage.read(&request.input.bucket, |bucket| {
        bucket.settings.ownership.clone()
    })?;
    let missing = || {
        missing(
            S3ErrorCode::OwnershipControlsNotFoundError,
            "The bucket ownership controls were not found",
        )
    };
    let object_ownership = ownership.ok_or_else(missing)?;
    crate::operations::respond(GetBucketOwnershipControlsOutput {
        ownership_controls: Some(OwnershipControls {
            rules: vec![OwnershipControlsRule { object_ownership }],
        }),
    })
}

pub(super) fn put_ownership(
    service: &Service,
    request: S3Request<PutBucketOwnershipControlsInput>,
) -> S3Result<S3Response<PutBucketOwnershipControlsOutput>> {
    let input = request.input;
    let [rule] = input.ownership_controls.rules.as_slice() else {
        return Err(Error::MalformedDocument.into());
    };
    let ownership = ownership(Some(&rule.object_ownership))?;
    service.storage.write(&input.bucket, |bucket| {
        check_acl_is_allowed(bucket.acl, ownership.as_ref())?;
        bucket.settings.ownership = ownership;
        Ok::<_, S3Error>(())
    })??;
    crate::operations::respond(PutBucketOwnershipControlsOutput::default())
}

pub(super) fn delete_ownership(
    service: &Service,
    request: S3Request<DeleteBucketOwnershipControlsInput>,
) -> S3Result<S3Response<DeleteBucketOwnershipControlsOutput>> {
    service.change_settings(&request.input.bucket, |settings| settings.ownership = None)
}
