//! GetObject, HeadObject and GetObjectAttributes.

use crate::{
    errors,
    operations::{
        Service,
        convert::{self, show_checksum},
        encryption::show_encryption,
        lookup::Lookup,
        outgoing, storage_class,
    },
    storage::{Expires, Object, PartSummary, checksum::Kind, listing::Page},
};
use http::{HeaderName, HeaderValue, StatusCode};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result, dto::*};
use std::ops;

/// Builds the output of GetObject or HeadObject with the fields that both share.
macro_rules! describe {
    ($output:ident, $found:expr, $cut:expr, $checksum_mode:expr) => {{
        let (object, cut) = (&$found.object, &$cut);
        let headers = &object.attributes.headers;
        let lock = &object.attributes.lock;
        let mut output = $output {
            accept_ranges: Some("bytes".to_owned()),
            cache_control: headers.cache_control.clone(),
            content_disposition: headers.content_disposition.clone(),
            content_encoding: headers.content_encoding.clone(),
            content_language: headers.content_language.clone(),
            content_length: convert::size(cut.range.end - cut.range.start),
            content_range: cut.partial.then(|| cut.content_range(object)),
            content_type: Some(
                headers
                    .content_type
                    .as_deref()
                    .unwrap_or("binary/octet-stream")
                    .to_owned(),
            ),
            e_tag: Some(convert::etag(&object.etag)),
            expires: match &headers.expires {
                Some(Expires::At(at)) => Some(convert::time(*at)),
                Some(Expires::Text(_)) | None => None,
            },
            last_modified: Some(convert::time(object.modified)),
            metadata: (!headers.user.is_empty())
                .then(|| headers.user.clone().into_iter().collect()),
            object_lock_legal_hold_status: lock.legal_hold.map(convert::show_legal_hold),
            object_lock_mode: lock
                .retention
                .map(|retention| convert::show_mode(retention.mode).to_owned().into()),
            object_lock_retain_until_date: lock
                .retention
                .map(|retention| convert::time(retention.until)),
            parts_count: cut
                .part
                .and_then(|_| i32::try_from(object.parts.len()).ok())
                .filter(|count| *count > 0),
            storage_class: storage_class::unusual(headers),
            version_id: $found.version.clone(),
            website_redirect_location: headers.website_redirect_location.clone(),
            ..Default::default()
        };
        show_encryption!(output, headers.encryption);
        if $checksum_mode
            .as_ref()
            .is_some_and(|mode: &ChecksumMode| mode.as_str() == ChecksumMode::ENABLED)
        {
            let checksum = match (cut.partial, cut.part) {
                (false, _) => Some(convert::checksum_of(object)),
                (true, Some(part)) => object
                    .parts
                    .get(part - 1)
                    .and_then(|part| part.checksum.clone()),
                // S3 has no checksums of ranges.
                (true, None) => None,
            };
            let kind = object
                .checksum
                .as_ref()
                .map_or(Kind::FullObject, |whole| whole.kind);
            output.checksum_type = checksum.as_ref().map(|_| convert::checksum_type(kind));
            show_checksum!(output, &checksum);
        }
        output
    }};
}

/// The bytes of an object that a request asks for.
struct Cut {
    range: ops::Range<u64>,
    partial: bool,
    part: Option<usize>,
}

impl Cut {
    fn new(object: &Object, range: Option<Range>, part: Option<i32>) -> S3Result<Self> {
        let len = object.body.len();
        match (range, part) {
            (None, None) => Ok(Self {
                range: 0..len,
                partial: false,
                part: None,
            }),
            (Some(_), Some(_)) => Err(errors::invalid_request(
                "Cannot specify both Range header and partNumber query parameter",
            )),
            (Some(range), None) => {
                let range = range.check(len).ok().filter(|range| !range.is_empty());
                let range = range.ok_or_else(|| not_satisfiable(len))?;
                Ok(Self {
                    range,
                    partial: true,
                    part: None,
                })
            }
            (None, Some(number)) => {
                let range = object.part(number).ok_or_else(|| {
                    let message = "The requested partnumber is not satisfiable";
                    errors::custom(
                        "InvalidPartNumber",
                        StatusCode::RANGE_NOT_SATISFIABLE,
                        message,
                    )
                })?;
                // A Content-Range cannot describe zero bytes.
                let partial = !range.is_empty();
                Ok(Self {
                    range,
                    partial,
                    part: usize::try_from(number).ok(),
                })
            }
        }
    }

    fn content_range(&self, object: &Object) -> String {
        format!(
            "bytes {}-{}/{}",
            self.range.start,
            self.range.end - 1,
            object.body.len()
        )
    }
}

/// Adds the headers that an output has no field for.
fn described<T>(output: T, object: &Object) -> S3Response<T> {
    let mut response = S3Response::new(output);
    if let Some(Expires::Text(text)) = &object.attributes.headers.expires
        && let Ok(text) = HeaderValue::from_str(text)
    {
        response.headers.insert(http::header::EXPIRES, text);
    }
    response
}

/// RFC 9110, section 15.5.17: the response should say how long the whole is.
fn not_satisfiable(len: u64) -> S3Error {
    let message = "The requested range is not satisfiable";
    errors::with_headers(
        S3Error::with_message(S3ErrorCode::InvalidRange, message),
        [(http::header::CONTENT_RANGE, format!("bytes */{len}"))],
    )
}

/// `Last-Modified` and the like belong to a 304 as well, but the ETag is all that S3 sends.
pub(super) fn get(
    service: &Service,
    request: S3Request<GetObjectInput>,
) -> S3Result<S3Response<GetObjectOutput>> {
    let input = request.input;
    let found = Lookup::of(service, &input).find()?;
    let object = &found.object;
    convert::conditions(
        input.if_match,
        input.if_none_match,
        input.if_modified_since,
        input.if_unmodified_since,
    )
    .check_read(object)?;
    storage_class::check_readable(object)?;
    let cut = Cut::new(object, input.range, input.part_number)?;
    let mut output = describe!(GetObjectOutput, found, cut, input.checksum_mode);
    output.tag_count = i32::try_from(object.attributes.tags.len())
        .ok()
        .filter(|count| *count > 0);
    output.body = Some(outgoing::stream(object.body.slice(cut.range)));
    Ok(described(output, object))
}

pub(super) fn head(
    service: &Service,
    request: S3Request<HeadObjectInput>,
) -> S3Result<S3Response<HeadObjectOutput>> {
    let input = request.input;
    let found = Lookup::of(service, &input).find()?;
    convert::conditions(
        input.if_match,
        input.if_none_match,
        input.if_modified_since,
        input.if_unmodified_since,
    )
    .check_read(&found.object)?;
    let cut = Cut::new(&found.object, input.range, input.part_number)?;
    let object = &found.object;
    let output = describe!(HeadObjectOutput, found, cut, input.checksum_mode);
    // `http/corrections.rs` sets 206 for a part: the protocol layer takes no status for this operation.
    let mut response = described(output, object);
    let tags = object.attributes.tags.len();
    if tags > 0 {
        let name = HeaderName::from_static("x-amz-tagging-count");
        response.headers.insert(name, HeaderValue::from(tags));
    }
    Ok(response)
}

const KNOWN_ATTRIBUTES: [&str; 5] = [
    ObjectAttributes::CHECKSUM,
    ObjectAttributes::ETAG,
    ObjectAttributes::OBJECT_PARTS,
    ObjectAttributes::OBJECT_SIZE,
    ObjectAttributes::STORAGE_CLASS,
];

pub(super) fn attributes(
    service: &Service,
    request: S3Request<GetObjectAttributesInput>,
) -> S3Result<S3Response<GetObjectAttributesOutput>> {
    let input = request.input;
    let found = Lookup::of(service, &input).find()?;
    let object = &found.object;
    // One header may name several, separated by commas.
    let wants = |name: &str| {
        let named = |attribute: &ObjectAttributes| {
            attribute.as_str().split(',').any(|one| one.trim() == name)
        };
        input.object_attributes.iter().any(named)
    };
    if input.object_attributes.is_empty() {
        return Err(errors::invalid_argument(
            "The x-amz-object-attributes header must name at least one attribute",
        ));
    }
    let mut named = input
        .object_attributes
        .iter()
        .flat_map(|names| names.as_str().split(','));
    if !named.all(|name| KNOWN_ATTRIBUTES.contains(&name.trim())) {
        return Err(errors::invalid_argument(
            "Invalid attribute name specified.",
        ));
    }
    crate::operations::respond(GetObjectAttributesOutput {
        e_tag: wants(ObjectAttributes::ETAG).then(|| convert::etag(&object.etag)),
        last_modified: Some(convert::time(object.modified)),
        object_size: wants(ObjectAttributes::OBJECT_SIZE)
            .then(|| convert::size(object.body.len()))
            .flatten(),
        storage_class: wants(ObjectAttributes::STORAGE_CLASS)
            .then(|| storage_class::of(&object.attributes.headers).into()),
        version_id: found.version.clone(),
        checksum: wants(ObjectAttributes::CHECKSUM).then(|| {
            let mut checksum = convert::checksum_of(object);
            // Only this operation leaves out the number of parts.
            if let Some((digest, _)) = checksum.value.split_once('-') {
                checksum.value = digest.to_owned();
            }
            let mut output = Checksum {
                checksum_type: Some(convert::checksum_type(checksum.kind)),
                ..Default::default()
            };
            show_checksum!(output, Some(&checksum));
            output
        }),
        object_parts: (wants(ObjectAttributes::OBJECT_PARTS) && !object.parts.is_empty())
            .then(|| parts(&object.parts, input.max_parts, input.part_number_marker)),
        ..Default::default()
    })
}

fn parts(parts: &[PartSummary], most: Option<i32>, after: Option<i32>) -> GetObjectAttributesParts {
    let (most, after) = (most.unwrap_or(1000).clamp(0, 1000), after.unwrap_or(0));
    let rest = parts.iter().filter(|part| part.number > after);
    let page = Page::fill(rest, most.unsigned_abs() as usize);
    GetObjectAttributesParts {
        is_truncated: Some(page.truncated),
        max_parts: Some(most),
        next_part_number_marker: Some(page.entries.last().map_or(after, |part| part.number)),
        part_number_marker: Some(after),
        total_parts_count: i32::try_from(parts.len()).ok(),
        // S3 lists the parts only of objects that have a checksum for each.
        parts: parts.iter().all(|part| part.checksum.is_some()).then(|| {
            let show = |part: &&PartSummary| {
                let mut output = ObjectPart {
                    part_number: Some(part.number),
                    size: convert::size(part.size),
                    ..Default::default()
                };
                show_checksum!(output, &part.checksum);
                output
            };
            page.entries.iter().map(show).collect()
        }),
    }
}
