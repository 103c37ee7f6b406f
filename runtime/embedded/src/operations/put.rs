//! PutObject.

use crate::{
    errors,
    operations::{
        Service,
        attributes::attributes,
        body::{Claims, length_is_told, receive},
        convert::{self, checksums_given, show_checksum},
        encryption::{self, show_encryption},
    },
    storage::{
        Attributes, Body, Bucket, Error, Object, Result,
        checksum::{Checksum, hex},
        preconditions::Preconditions,
    },
};
use http::Method;
use s3s::{
    S3Request, S3Response, S3Result,
    dto::{PutObjectInput, PutObjectOutput},
};

pub(crate) async fn object(
    service: &Service,
    mut request: S3Request<PutObjectInput>,
) -> S3Result<S3Response<PutObjectOutput>> {
    let input = &mut request.input;
    if input.write_offset_bytes.is_some() {
        return Err(errors::not_implemented(
            "Appending with x-amz-write-offset-bytes",
        ));
    }
    if request.method != Method::POST {
        length_is_told(&request.headers)?;
    }
    let mut attributes = attributes!(input, request.extensions);
    // Before the body is read, so that a client learns early that it would be refused.
    let existed = service.storage.try_read(&input.bucket, |bucket| {
        settle(bucket, &mut attributes).map(|()| bucket.current(&input.key).is_some())
    })?;
    // The length of a form is not the length of its file.
    let length = input
        .content_length
        .filter(|_| request.method != Method::POST);
    let declared = request.headers.contains_key("x-amz-sdk-checksum-algorithm");
    let claims = Claims::new(
        length,
        input.content_md5.take(),
        checksums_given!(input),
        declared,
        &request.headers,
    )?;
    let conditions = convert::write_conditions(&request.headers)?;
    let received = receive(
        input.body.take(),
        claims,
        request.trailing_headers.take(),
        None,
    )
    .await?;

    let mut output = PutObjectOutput {
        e_tag: Some(convert::etag(&hex(&received.md5))),
        checksum_type: received
            .checksum
            .as_ref()
            .map(|checksum| convert::checksum_type(checksum.kind)),
        ..Default::default()
    };
    show_checksum!(output, &received.checksum);
    show_encryption!(output, attributes.headers.encryption);
    let object = whole(
        received.body,
        hex(&received.md5),
        received.checksum,
        attributes,
    );
    output.version_id = service.storage.try_write(&input.bucket, |bucket| {
        // "If a delete request to an object succeeds before a conditional write operation on that object completes" (S3
        // User Guide, "Conditional writes"). A request that loses to another write gets the usual 412.
        if existed && bucket.current(&input.key).is_none() && conditions != Preconditions::default()
        {
            return Err(Error::ConditionalRequestConflict);
        }
        bucket.put(&input.key, object, &conditions)
    })?;
    crate::operations::respond(output)
}

/// Returns an object that was not uploaded in parts.
pub(super) fn whole(
    body: Body,
    etag: String,
    checksum: Option<Checksum>,
    attributes: Attributes,
) -> Object {
    // The storage sets the time when it stores the object.
    let modified = time::OffsetDateTime::UNIX_EPOCH;
    Object {
        body,
        etag,
        modified,
        checksum,
        parts: Vec::new(),
        origin: None,
        crc64nvme: Default::default(),
        attributes,
    }
}

/// Applies the bucket's settings: a lock needs object lock on the bucket, and the bucket may have a default encryption.
pub(super) fn settle(bucket: &Bucket, attributes: &mut Attributes) -> Result<()> {
    if bucket.lock.is_none() && attributes.lock != Default::default() {
        return Err(Error::MissingLockConfiguration);
    }
    encryption::settle(bucket, &mut attributes.headers);
    Ok(())
}
