//! Multipart uploads.

use crate::{
    access::headers_of_new_object,
    errors,
    operations::{
        Service,
        attributes::attributes,
        body::{Claims, length_is_told, receive},
        convert::{self, checksums_given, show_checksum},
        encryption::show_encryption,
        pages::limit,
        put::settle,
    },
    storage::{
        Error, Part as Stored,
        checksum::{Algorithm, Checksum, Kind, hex},
        listing::Page,
        multipart::{CompletedPart as Wanted, Expected, MAX_PARTS},
        now,
    },
};
use s3s::{S3Error, S3Request, S3Response, S3Result, dto::*};

pub(super) fn valid_part_number(number: i32) -> S3Result<()> {
    if (1..=MAX_PARTS).contains(&number) {
        return Ok(());
    }
    Err(errors::invalid_argument(
        "Part number must be an integer between 1 and 10000, inclusive",
    ))
}

pub(super) fn create(
    service: &Service,
    mut request: S3Request<CreateMultipartUploadInput>,
) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
    let initiator = crate::operations::principal(&request)
        .unwrap_or("anonymous")
        .to_owned();
    let input = &mut request.input;
    let kind = input
        .checksum_type
        .as_ref()
        .map(convert::kind)
        .transpose()?;
    let algorithm = input
        .checksum_algorithm
        .as_ref()
        .map(convert::algorithm)
        .transpose()?;
    let checksum = match (algorithm, kind) {
        (None, None) => None,
        (None, Some(_)) => {
            return Err(errors::invalid_request(
                "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
            ));
        }
        (Some(algorithm), kind) => {
            let kind = kind.unwrap_or(algorithm.default_kind());
            if !algorithm.supports(kind) {
                let name = convert::checksum_type(kind);
                let message = format!(
                    "The {} checksum type cannot be used with the {} checksum algorithm.",
                    name.as_str(),
                    algorithm.name().to_lowercase()
                );
                return Err(errors::invalid_request(message));
            }
            Some((algorithm, kind))
        }
    };
    let mut attributes = attributes!(input, request.extensions);
    let asked = headers_of_new_object(&request.headers);
    let (id, encryption) = service.storage.try_write(&input.bucket, |bucket| {
        settle(bucket, &mut attributes)?;
        let encryption = attributes.headers.encryption.clone();
        let id = bucket.create_upload(&input.key, &initiator, attributes, asked, checksum);
        Ok((id, encryption))
    })?;
    let mut output = CreateMultipartUploadOutput {
        bucket: Some(input.bucket.clone()),
        key: Some(input.key.clone()),
        upload_id: Some(id),
        checksum_algorithm: checksum
            .map(|(algorithm, _)| ChecksumAlgorithm::from_static(algorithm.name())),
        checksum_type: checksum.map(|(_, kind)| convert::checksum_type(kind)),
        ..Default::default()
    };
    show_encryption!(output, encryption);
    crate::operations::respond(output)
}

pub(super) async fn upload_part(
    service: &Service,
    mut request: S3Request<UploadPartInput>,
) -> S3Result<S3Response<UploadPartOutput>> {
    let input = &mut request.input;
    if input.sse_customer_algorithm.is_some() {
        return Err(errors::not_implemented(
            "Server-side encryption with customer-provided keys",
        ));
    }
    valid_part_number(input.part_number)?;
    length_is_told(&request.headers)?;
    let (declared, encryption) = service.storage.try_read(&input.bucket, |bucket| {
        bucket.upload(&input.key, &input.upload_id).map(|upload| {
            (
                upload.checksum,
                upload.attributes.headers.encryption.clone(),
            )
        })
    })?;
    let given = checksums_given!(input);
    let claims = Claims::new(
        input.content_length,
        input.content_md5.take(),
        given,
        false,
        &request.headers,
    )?;
    let actual = claims.algorithm();
    if let Some((algorithm, kind)) = declared
        && actual != Some(algorithm)
        && (actual.is_some() || kind == Kind::Composite)
    {
        let name = |algorithm: Algorithm| algorithm.name().to_lowercase();
        return Err(errors::invalid_request(format!(
            "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: {}",
            name(algorithm),
            actual.map_or("null".to_owned(), name)
        )));
    }
    let declared = declared.map(|(algorithm, _)| algorithm);
    let received = receive(
        input.body.take(),
        claims,
        request.trailing_headers.take(),
        declared,
    )
    .await?;

    let mut output = UploadPartOutput {
        e_tag: Some(convert::etag(&hex(&received.md5))),
        ..Default::default()
    };
    show_checksum!(output, &received.checksum);
    show_encryption!(output, encryption);
    let part = Stored {
        body: received.body,
        md5: received.md5,
        modified: now(),
        checksum: received.checksum,
    };
    service.storage.try_write(&input.bucket, |bucket| {
        bucket.put_part(&input.key, &input.upload_id, input.part_number, part)
    })?;
    crate::operations::respond(output)
}

/// Fills in the fields that ListMultipartUploads and ListParts have for an upload.
macro_rules! show_upload {
    ($output:expr, $bucket:expr, $upload:expr) => {{
        use crate::operations::{convert, storage_class};
        let (bucket, upload) = ($bucket, $upload);
        let checksum = upload.checksum;
        $output.initiator = Some(Initiator {
            display_name: Some(upload.initiator.clone()),
            id: Some(upload.initiator.clone()),
        });
        $output.owner = Some(convert::owner(&bucket.owner));
        $output.storage_class = Some(storage_class::of(&upload.attributes.headers).into());
        $output.checksum_algorithm =
            checksum.map(|(algorithm, _)| ChecksumAlgorithm::from_static(algorithm.name()));
        $output.checksum_type = checksum.map(|(_, kind)| convert::checksum_type(kind));
    }};
}
pub(super) use show_upload;

pub(super) fn list_parts(
    service: &Service,
    request: S3Request<ListPartsInput>,
) -> S3Result<S3Response<ListPartsOutput>> {
    let input = request.input;
    let (max_parts, limit) = limit(input.max_parts, "max-parts")?;
    let after = input.part_number_marker.unwrap_or(0);
    if after < 0 {
        return Err(errors::invalid_argument(
            "Argument part-number-marker must be an integer between 0 and 2147483647",
        ));
    }
    let output = service.storage.try_read(&input.bucket, |bucket| {
        let upload = bucket.upload(&input.key, &input.upload_id)?;
        let rest = upload.parts.range(after.saturating_add(1)..);
        let page = Page::fill(rest, limit);
        let last = page.entries.last();
        let mut output = ListPartsOutput {
            bucket: Some(input.bucket.clone()),
            key: Some(input.key.clone()),
            upload_id: Some(upload.id.clone()),
            is_truncated: Some(page.truncated),
            max_parts: Some(max_parts),
            part_number_marker: Some(after),
            next_part_number_marker: Some(last.map_or(0, |(number, _)| **number)),
            parts: Some(page.entries.into_iter().map(show).collect()),
            ..Default::default()
        };
        show_upload!(output, bucket, upload);
        Ok(output)
    })?;
    crate::operations::respond(output)
}

fn show((number, part): (&i32, &Stored)) -> Part {
    let mut output = Part {
        part_number: Some(*number),
        e_tag: Some(convert::etag(&hex(&part.md5))),
        size: convert::size(part.body.len()),
        last_modified: Some(convert::time(part.modified)),
        ..Default::default()
    };
    show_checksum!(output, &part.checksum);
    output
}

pub(super) fn complete(
    service: &Service,
    mut request: S3Request<CompleteMultipartUploadInput>,
) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
    let conditions = convert::write_conditions(&request.headers)?;
    let input = &mut request.input;
    let parts = input
        .multipart_upload
        .take()
        .and_then(|upload| upload.parts)
        .unwrap_or_default();
    let parts = parts
        .into_iter()
        .map(wanted)
        .collect::<S3Result<Vec<_>>>()?;
    let expected = Expected {
        checksum: checksums_given!(input)
            .into_iter()
            .find_map(|(algorithm, value)| Some((algorithm, value?))),
        kind: input
            .checksum_type
            .as_ref()
            .map(convert::kind)
            .transpose()?,
        size: input.mpu_object_size.map(i64::unsigned_abs),
    };
    let completed = service.storage.try_write(&input.bucket, |bucket| {
        bucket.complete_upload(&input.key, &input.upload_id, &parts, &expected, &conditions)
    })?;
    let host = request
        .headers
        .get(http::header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let mut output = CompleteMultipartUploadOutput {
        location: Some(format!("http://{host}/{}/{}", input.bucket, input.key)),
        bucket: Some(input.bucket.clone()),
        key: Some(input.key.clone()),
        e_tag: Some(convert::etag(&completed.etag)),
        checksum_type: completed
            .checksum
            .as_ref()
            .map(|checksum| convert::checksum_type(checksum.kind)),
        version_id: completed.version,
        ..Default::default()
    };
    show_checksum!(output, &completed.checksum);
    show_encryption!(output, completed.encryption);
    crate::operations::respond(output)
}

fn wanted(mut part: CompletedPart) -> S3Result<Wanted> {
    let given = checksums_given!(part)
        .into_iter()
        .find_map(|(algorithm, value)| Some((algorithm, value?)));
    let malformed = || S3Error::from(Error::MalformedDocument);
    Ok(Wanted {
        number: part.part_number.ok_or_else(malformed)?,
        etag: part.e_tag.ok_or_else(malformed)?.into_value(),
        checksum: given.map(|(algorithm, value)| Checksum {
            algorithm,
            kind: crate::storage::checksum::Kind::FullObject,
            value,
        }),
    })
}

pub(super) fn abort(
    service: &Service,
    request: S3Request<AbortMultipartUploadInput>,
) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
    let input = request.input;
    service.storage.try_write(&input.bucket, |bucket| {
        bucket.abort_upload(&input.key, &input.upload_id)
    })?;
    crate::operations::respond(AbortMultipartUploadOutput::default())
}
