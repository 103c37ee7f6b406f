//! DeleteObject and DeleteObjects.

use crate::{
    errors,
    operations::{Service, convert},
    storage::{self, Deleted, is_id, preconditions::Preconditions},
};
use s3s::{S3Request, S3Response, S3Result, dto::*};

/// S3 API Reference, "DeleteObjects".
const MOST: usize = 1000;

pub(super) fn one(
    service: &Service,
    request: S3Request<DeleteObjectInput>,
) -> S3Result<S3Response<DeleteObjectOutput>> {
    let input = request.input;
    if input.if_match_last_modified_time.is_some() || input.if_match_size.is_some() {
        // S3 supports these for directory buckets only.
        return Err(errors::not_implemented(
            "DeleteObject with x-amz-if-match-last-modified-time or x-amz-if-match-size",
        ));
    }
    let conditions = convert::conditions(input.if_match, None, None, None);
    let bypass = input.bypass_governance_retention.unwrap_or_default();
    let version = convert::version(input.version_id.as_ref());
    let deleted = service.storage.try_write(&input.bucket, |bucket| {
        bucket.delete(&input.key, version, &conditions, bypass)
    })?;
    crate::operations::respond(DeleteObjectOutput {
        delete_marker: deleted.delete_marker.then_some(true),
        version_id: deleted.version,
        ..Default::default()
    })
}

pub(super) fn many(
    service: &Service,
    mut request: S3Request<DeleteObjectsInput>,
) -> S3Result<S3Response<DeleteObjectsOutput>> {
    let objects = std::mem::take(&mut request.input.delete.objects);
    if objects.is_empty() || objects.len() > MOST {
        return Err(storage::Error::MalformedDocument.into());
    }
    // One error for the request is better than the same error for every key.
    service.storage.read(&request.input.bucket, |_| ())?;
    let quiet = request.input.delete.quiet.unwrap_or_default();
    let (mut deleted, mut failed) = (Vec::new(), Vec::new());
    for object in objects {
        let version = convert::version(object.version_id.as_ref()).map(str::to_owned);
        let done = match version.as_deref().filter(|id| !is_id(id)) {
            // An invalid id fails its key and not the request.
            Some(_) => Err(storage::Error::NoSuchVersion.into()),
            None => delete(service, &request, &object, version.as_deref()),
        };
        match done {
            Ok(_) if quiet => {}
            Ok(done) => deleted.push(show(object.key, version, done)),
            Err(error) => failed.push(Error {
                code: Some(error.code().as_str().to_owned()),
                key: Some(object.key),
                message: error.message().map(str::to_owned),
                version_id: version,
            }),
        }
    }
    crate::operations::respond(DeleteObjectsOutput {
        deleted: Some(deleted),
        errors: (!failed.is_empty()).then_some(failed),
        ..Default::default()
    })
}

fn delete(
    service: &Service,
    request: &S3Request<DeleteObjectsInput>,
    object: &ObjectIdentifier,
    version: Option<&str>,
) -> S3Result<Deleted> {
    let bucket = &request.input.bucket;
    let action = if version.is_some() {
        "s3:DeleteObjectVersion"
    } else {
        "s3:DeleteObject"
    };
    Service::access(request, action, bucket, &object.key, version).check(&service.storage)?;
    let bypass = request
        .input
        .bypass_governance_retention
        .unwrap_or_default();
    if bypass {
        let action = "s3:BypassGovernanceRetention";
        Service::access(request, action, bucket, &object.key, version).check(&service.storage)?;
    }
    if object.size.is_some() || object.last_modified_time.is_some() {
        return Err(errors::not_implemented(
            "DeleteObjects with Size or LastModifiedTime",
        ));
    }
    let if_match = object.e_tag.clone().map(ETagCondition::ETag);
    let conditions: Preconditions = convert::conditions(if_match, None, None, None);
    Ok(service.storage.try_write(bucket, |bucket| {
        bucket.delete(&object.key, version, &conditions, bypass)
    })?)
}

/// Names a removed version as the request did, and a new delete marker in a field of its own.
fn show(key: String, asked: Option<String>, done: Deleted) -> DeletedObject {
    DeletedObject {
        key: Some(key),
        delete_marker: done.delete_marker.then_some(true),
        delete_marker_version_id: done.version.filter(|_| done.delete_marker),
        version_id: asked,
    }
}
