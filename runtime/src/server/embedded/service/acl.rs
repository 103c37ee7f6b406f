//! Canned ACLs, put by name and given back as the grants they stand for.

use super::{
    super::{access::Acl, errors},
    Service, convert,
};
use s3s::{S3Error, S3Request, S3Response, S3Result, dto::*};

const EVERYBODY: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

/// Buckets have four of the canned ACLs.
pub(super) fn bucket_acl(acl: Option<&BucketCannedACL>) -> S3Result<Acl> {
    match convert::acl(acl.map(BucketCannedACL::as_str))? {
        Acl::BucketOwnerRead | Acl::BucketOwnerFullControl => Err(errors::invalid_argument(
            "This canned ACL is for objects only",
        )),
        acl => Ok(acl),
    }
}

fn grants(owner: &str, acl: Acl) -> Option<Vec<Grant>> {
    let to_owner = Grant {
        grantee: Some(Grantee {
            display_name: Some(owner.to_owned()),
            email_address: None,
            id: Some(owner.to_owned()),
            type_: Type::from_static(Type::CANONICAL_USER),
            uri: None,
        }),
        permission: Some(Permission::from_static(Permission::FULL_CONTROL)),
    };
    let to_group = |uri: &str, permission| Grant {
        grantee: Some(Grantee {
            display_name: None,
            email_address: None,
            id: None,
            type_: Type::from_static(Type::GROUP),
            uri: Some(uri.to_owned()),
        }),
        permission: Some(Permission::from_static(permission)),
    };
    let (read, write) = (Permission::READ, Permission::WRITE);
    let mut grants = vec![to_owner];
    grants.extend(match acl {
        Acl::Private | Acl::BucketOwnerRead | Acl::BucketOwnerFullControl => vec![],
        Acl::PublicRead => vec![to_group(EVERYBODY, read)],
        Acl::PublicReadWrite => vec![to_group(EVERYBODY, read), to_group(EVERYBODY, write)],
        Acl::AuthenticatedRead => vec![to_group(AUTHENTICATED, read)],
    });
    Some(grants)
}

pub(super) fn get_bucket(
    service: &Service,
    request: S3Request<GetBucketAclInput>,
) -> S3Result<S3Response<GetBucketAclOutput>> {
    let output = service
        .storage
        .read(&request.input.bucket, |bucket| GetBucketAclOutput {
            grants: grants(&bucket.owner, bucket.acl),
            owner: Some(convert::owner(&bucket.owner)),
        })?;
    super::respond(output)
}

pub(super) fn put_bucket(
    service: &Service,
    request: S3Request<PutBucketAclInput>,
) -> S3Result<S3Response<PutBucketAclOutput>> {
    let input = request.input;
    if input.acl.is_none() {
        return Err(errors::not_implemented("PutBucketAcl without a canned ACL"));
    }
    let acl = bucket_acl(input.acl.as_ref())?;
    service
        .storage
        .write(&input.bucket, |bucket| bucket.acl = acl)?;
    super::respond(PutBucketAclOutput::default())
}

pub(super) fn get_object(
    service: &Service,
    request: S3Request<GetObjectAclInput>,
) -> S3Result<S3Response<GetObjectAclOutput>> {
    let input = request.input;
    let output = service.storage.read(&input.bucket, |bucket| {
        let (_, object) = bucket.get(&input.key, convert::version(input.version_id.as_ref()))?;
        Ok(GetObjectAclOutput {
            grants: grants(&bucket.owner, object.attributes.acl),
            owner: Some(convert::owner(&bucket.owner)),
            request_charged: None,
        })
    })?;
    super::respond(output.map_err(|error: super::super::storage::Error| S3Error::from(error))?)
}

pub(super) fn put_object(
    service: &Service,
    request: S3Request<PutObjectAclInput>,
) -> S3Result<S3Response<PutObjectAclOutput>> {
    let input = request.input;
    if input.acl.is_none() {
        return Err(errors::not_implemented("PutObjectAcl without a canned ACL"));
    }
    let acl = convert::acl(input.acl.as_ref().map(ObjectCannedACL::as_str))?;
    let done = service.storage.write(&input.bucket, |bucket| {
        let (_, object) =
            bucket.get_mut(&input.key, convert::version(input.version_id.as_ref()))?;
        object.attributes.acl = acl;
        Ok(())
    })?;
    done.map_err(|error: super::super::storage::Error| S3Error::from(error))?;
    super::respond(PutObjectAclOutput::default())
}
