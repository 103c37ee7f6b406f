//! CopyObject and UploadPartCopy. Bytes are shared with the source, never copied.

use crate::{
    access::{EXPECTED_SOURCE_OWNER, check_owner},
    errors,
    operations::{
        Service,
        attributes::attributes,
        convert::{self, show_checksum},
        encryption::show_encryption,
        lookup::Lookup,
        multipart::valid_part_number,
        put::{settle, whole},
        storage_class,
    },
    storage::{
        Body, Error, Part,
        checksum::{Checksum, Kind, Md5, hex},
        multipart::MAX_PART_SIZE,
    },
};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result, dto::*};

/// The object that `x-amz-copy-source` names, if the caller may read it and its conditions hold.
macro_rules! source {
    ($service:expr, $request:expr) => {{
        let input = &mut $request.input;
        let CopySource::Bucket {
            bucket,
            key,
            version_id,
        } = input.copy_source.clone()
        else {
            return Err(errors::not_implemented(
                "Copying from an access point or Outposts",
            ));
        };
        let version = version_id.as_deref().filter(|id| !id.is_empty());
        let conditions = convert::conditions(
            input.copy_source_if_match.take(),
            input.copy_source_if_none_match.take(),
            input.copy_source_if_modified_since.take(),
            input.copy_source_if_unmodified_since.take(),
        );
        let action = if version.is_some() {
            "s3:GetObjectVersion"
        } else {
            "s3:GetObject"
        };
        check_owner(
            &$service.storage,
            &bucket,
            EXPECTED_SOURCE_OWNER,
            &$request.headers,
        )?;
        let access = Service::access(&$request, action, &bucket, &key, version);
        access.check_read(&$service.storage)?;
        let found = Lookup::new($service, &bucket, &key, version).find();
        let source = found.map_err(|error| match error {
            Error::IsDeleteMarker { .. } => errors::invalid_request(
                "The source of a copy request may not specifically refer to a delete marker by version id.",
            ),
            error => error.into(),
        })?;
        conditions.check_copy_source(&source.object)?;
        storage_class::check_readable(&source.object)?;
        let same =
            *bucket == $request.input.bucket && *key == $request.input.key && version.is_none();
        (source, same)
    }};
}

pub(super) fn object(
    service: &Service,
    mut request: S3Request<CopyObjectInput>,
) -> S3Result<S3Response<CopyObjectOutput>> {
    let (source, same) = source!(service, request);
    let conditions = convert::write_conditions(&request.headers)?;
    let input = &mut request.input;
    let replace_metadata = directive(
        input
            .metadata_directive
            .as_ref()
            .map(MetadataDirective::as_str),
    )?;
    let replace_tags = directive(
        input
            .tagging_directive
            .as_ref()
            .map(TaggingDirective::as_str),
    )?;
    let class = input.storage_class.is_some() || input.server_side_encryption.is_some();
    if same && !replace_metadata && !class && input.website_redirect_location.is_none() {
        return Err(errors::invalid_request(
            "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        ));
    }
    if source.object.body.len() > MAX_PART_SIZE {
        return Err(errors::invalid_request(
            "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120",
        ));
    }
    let from = &source.object.attributes;
    let mut attributes = attributes!(input, request.extensions);
    if !replace_metadata {
        // Storage class, encryption and website redirect are never copied (S3 API Reference, "CopyObject").
        let given = std::mem::replace(&mut attributes.headers, from.headers.clone());
        attributes.headers.storage_class = given.storage_class;
        attributes.headers.encryption = given.encryption;
        attributes.headers.website_redirect_location = given.website_redirect_location;
    }
    if !replace_tags {
        attributes.tags = from.tags.clone();
    }
    // A copy has no parts, even if the source had, so a composite checksum or ETag does not fit.
    let algorithm = match &input.checksum_algorithm {
        Some(algorithm) => Some(convert::algorithm(algorithm)?),
        None => source
            .object
            .checksum
            .as_ref()
            .map(|checksum| checksum.algorithm),
    };
    let body = source.object.body.clone();
    let checksum = algorithm.map(|algorithm| match &source.object.checksum {
        Some(known) if known.algorithm == algorithm && known.kind == Kind::FullObject => {
            known.clone()
        }
        _ => Checksum::of(algorithm, &body),
    });
    let etag = if source.object.parts.is_empty() {
        source.object.etag.clone()
    } else {
        hex(&md5(&body))
    };

    let mut result = CopyObjectResult {
        e_tag: Some(convert::etag(&etag)),
        checksum_type: checksum
            .as_ref()
            .map(|checksum| convert::checksum_type(checksum.kind)),
        ..Default::default()
    };
    show_checksum!(result, &checksum);
    let mut object = whole(body, etag, checksum, attributes);
    let (encryption, version, modified) = service.storage.try_write(&input.bucket, |bucket| {
        settle(bucket, &mut object.attributes)?;
        let encryption = object.attributes.headers.encryption.clone();
        let version = bucket.put(&input.key, object, &conditions)?;
        Ok((
            encryption,
            version,
            bucket.current(&input.key).map(|object| object.modified),
        ))
    })?;
    result.last_modified = modified.map(convert::time);
    let mut output = CopyObjectOutput {
        copy_object_result: Some(result),
        copy_source_version_id: source.version,
        version_id: version,
        ..Default::default()
    };
    show_encryption!(output, encryption);
    crate::operations::respond(output)
}

pub(super) fn part(
    service: &Service,
    mut request: S3Request<UploadPartCopyInput>,
) -> S3Result<S3Response<UploadPartCopyOutput>> {
    let (source, _) = source!(service, request);
    let input = &request.input;
    valid_part_number(input.part_number)?;
    let body = match &input.copy_source_range {
        None => source.object.body.clone(),
        Some(range) => source
            .object
            .body
            .slice(copy_range(range, source.object.body.len())?),
    };
    if body.len() > MAX_PART_SIZE {
        return Err(Error::EntityTooLarge.into());
    }
    let (algorithm, encryption) = service.storage.try_read(&input.bucket, |bucket| {
        bucket.upload(&input.key, &input.upload_id).map(|upload| {
            (
                upload.checksum,
                upload.attributes.headers.encryption.clone(),
            )
        })
    })?;
    let modified = crate::storage::now();
    let part = Part {
        md5: md5(&body),
        checksum: algorithm.map(|(algorithm, _)| Checksum::of(algorithm, &body)),
        body,
        modified,
    };
    let mut result = CopyPartResult {
        e_tag: Some(convert::etag(&hex(&part.md5))),
        last_modified: Some(convert::time(modified)),
        ..Default::default()
    };
    show_checksum!(result, &part.checksum);
    service.storage.try_write(&input.bucket, |bucket| {
        bucket.put_part(&input.key, &input.upload_id, input.part_number, part)
    })?;
    let mut output = UploadPartCopyOutput {
        copy_part_result: Some(result),
        copy_source_version_id: source.version,
        ..Default::default()
    };
    show_encryption!(output, encryption);
    crate::operations::respond(output)
}

fn md5(body: &Body) -> [u8; 16] {
    let mut md5 = Md5::new();
    body.chunks().iter().for_each(|chunk| md5.update(chunk));
    md5.finalize()
}

fn directive(directive: Option<&str>) -> S3Result<bool> {
    match directive {
        None | Some("COPY") => Ok(false),
        Some("REPLACE") => Ok(true),
        Some(_) => Err(errors::invalid_argument("Unknown metadata directive.")),
    }
}

/// Parses `bytes=first-last`, with both ends inside the source (S3 API Reference, "UploadPartCopy").
fn copy_range(range: &str, len: u64) -> S3Result<std::ops::Range<u64>> {
    let parsed = range
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
        .and_then(|(first, last)| {
            let (first, last) = (first.parse::<u64>().ok()?, last.parse::<u64>().ok()?);
            (first <= last).then_some(first..last.checked_add(1)?)
        });
    let range = parsed.ok_or_else(|| {
        errors::invalid_argument("The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy")
    })?;
    if range.end > len {
        let message = format!("Range specified is not valid for source object of size: {len}");
        return Err(S3Error::with_message(S3ErrorCode::InvalidArgument, message));
    }
    Ok(range)
}
