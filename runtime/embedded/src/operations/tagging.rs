//! Tags of objects and buckets.

use crate::operations::{
    Service,
    lookup::Lookup,
    tags::{self, Tagged},
};
use http::StatusCode;
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result, dto::*};

pub(super) fn get_object(
    service: &Service,
    request: S3Request<GetObjectTaggingInput>,
) -> S3Result<S3Response<GetObjectTaggingOutput>> {
    let found = Lookup::of(service, &request.input).find()?;
    crate::operations::respond(GetObjectTaggingOutput {
        tag_set: tags::show(&found.object.attributes.tags),
        version_id: found.version,
    })
}

pub(super) fn put_object(
    service: &Service,
    mut request: S3Request<PutObjectTaggingInput>,
) -> S3Result<S3Response<PutObjectTaggingOutput>> {
    let tags = std::mem::take(&mut request.input.tagging.tag_set);
    let tags = tags::from_document(tags, Tagged::Object)?;
    let version_id = Lookup::of(service, &request.input).change(|object| {
        object.attributes.tags = tags;
        Ok(())
    })?;
    crate::operations::respond(PutObjectTaggingOutput { version_id })
}

pub(super) fn delete_object(
    service: &Service,
    request: S3Request<DeleteObjectTaggingInput>,
) -> S3Result<S3Response<DeleteObjectTaggingOutput>> {
    let version_id = Lookup::of(service, &request.input).change(|object| {
        object.attributes.tags.clear();
        Ok(())
    })?;
    crate::operations::respond(DeleteObjectTaggingOutput { version_id })
}

pub(super) fn get_bucket(
    service: &Service,
    request: S3Request<GetBucketTaggingInput>,
) -> S3Result<S3Response<GetBucketTaggingOutput>> {
    let tags = service
        .storage
        .read(&request.input.bucket, |bucket| bucket.settings.tags.clone())?;
    let tags = tags.ok_or_else(|| {
        S3Error::with_message(S3ErrorCode::NoSuchTagSet, "The TagSet does not exist")
    })?;
    crate::operations::respond(GetBucketTaggingOutput {
        tag_set: tags::show(&tags),
    })
}

pub(super) fn put_bucket(
    service: &Service,
    request: S3Request<PutBucketTaggingInput>,
) -> S3Result<S3Response<PutBucketTaggingOutput>> {
    let input = request.input;
    let tags = tags::from_document(input.tagging.tag_set, Tagged::Bucket)?;
    service.storage.write(&input.bucket, |bucket| {
        bucket.settings.tags = Some(tags).filter(|tags| !tags.is_empty());
    })?;
    let mut response = S3Response::new(PutBucketTaggingOutput::default());
    // S3 API Reference, "PutBucketTagging". The protocol layer ignores the status of the response.
    response.extensions.insert(StatusCode::NO_CONTENT);
    Ok(response)
}

pub(super) fn delete_bucket(
    service: &Service,
    request: S3Request<DeleteBucketTaggingInput>,
) -> S3Result<S3Response<DeleteBucketTaggingOutput>> {
    service.change_settings(&request.input.bucket, |settings| settings.tags = None)
}
