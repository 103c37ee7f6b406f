//! ListObjects, ListObjectsV2, ListObjectVersions and ListMultipartUploads.

use crate::{
    errors,
    operations::{Service, convert, storage_class},
    storage::{
        Error, Object as Stored, is_id,
        listing::{Entry, Page, Query},
    },
};
use base64::{Engine, prelude::BASE64_URL_SAFE};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::{S3Request, S3Response, S3Result, dto::*};

/// No page is longer, whatever was asked for.
const MOST: i32 = 1000;

/// Characters that `encoding-type=url` leaves unencoded, as S3 does.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'*')
    .remove(b'/');

/// The encoding of names in the XML, which cannot carry every character of a key.
#[derive(Clone, Copy)]
struct Names {
    encoded: bool,
}

impl Names {
    fn new(encoding: Option<&EncodingType>) -> S3Result<Self> {
        match encoding.map(EncodingType::as_str) {
            None => Ok(Self { encoded: false }),
            Some(EncodingType::URL) => Ok(Self { encoded: true }),
            Some(_) => Err(errors::invalid_argument(
                "Invalid Encoding Method specified in Request",
            )),
        }
    }

    fn show(self, name: &str) -> String {
        match self.encoded {
            true => utf8_percent_encode(name, ENCODED).to_string(),
            false => name.to_owned(),
        }
    }

    fn show_given(self, name: Option<&String>) -> Option<String> {
        some(name).map(|name| self.show(name))
    }

    fn prefixes<T>(self, page: &Page<'_, T>) -> Option<Vec<CommonPrefix>> {
        let prefixes = page.entries.iter().filter_map(|entry| match entry {
            Entry::Prefix(prefix) => Some(CommonPrefix {
                prefix: Some(self.show(prefix)),
            }),
            Entry::Item(..) => None,
        });
        Some(prefixes.collect::<Vec<_>>()).filter(|prefixes| !prefixes.is_empty())
    }

    fn object(self, key: &str, object: &Stored, owner: Option<&str>) -> Object {
        Object {
            key: Some(self.show(key)),
            e_tag: Some(convert::etag(&object.etag)),
            size: convert::size(object.body.len()),
            last_modified: Some(convert::time(object.modified)),
            storage_class: Some(storage_class::of(&object.attributes.headers).into()),
            owner: owner.map(convert::owner),
            checksum_algorithm: object
                .checksum
                .as_ref()
                .map(|checksum| vec![ChecksumAlgorithm::from_static(checksum.algorithm.name())]),
            checksum_type: object
                .checksum
                .as_ref()
                .map(|checksum| convert::checksum_type(checksum.kind)),
            ..Default::default()
        }
    }
}

pub(super) fn limit(most: Option<i32>, name: &str) -> S3Result<(i32, usize)> {
    match most.unwrap_or(MOST) {
        negative if negative < 0 => Err(errors::invalid_argument(format!(
            "Argument {name} must be an integer between 0 and 2147483647"
        ))),
        most => Ok((most.min(MOST), most.min(MOST).unsigned_abs() as usize)),
    }
}

fn some(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

pub(super) fn objects(
    service: &Service,
    request: S3Request<ListObjectsInput>,
) -> S3Result<S3Response<ListObjectsOutput>> {
    let input = request.input;
    let names = Names::new(input.encoding_type.as_ref())?;
    let (max_keys, limit) = limit(input.max_keys, "max-keys")?;
    let query = Query {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: some(input.delimiter.as_ref()),
        after: some(input.marker.as_ref()),
        limit,
        ..Default::default()
    };
    let output = service.storage.read(&input.bucket, |bucket| {
        let page = bucket.list(&query);
        ListObjectsOutput {
            name: Some(input.bucket.clone()),
            prefix: Some(names.show(query.prefix)),
            marker: Some(names.show(query.after.unwrap_or_default())),
            max_keys: Some(max_keys),
            is_truncated: Some(page.truncated),
            contents: contents(&page, names, Some(&bucket.owner)),
            common_prefixes: names.prefixes(&page),
            delimiter: names.show_given(input.delimiter.as_ref()),
            // "This element is returned only if you have the delimiter request parameter specified" (S3 API Reference,
            // "ListObjects").
            next_marker: page
                .entries
                .last()
                .filter(|_| page.truncated && query.delimiter.is_some())
                .map(|last| names.show(last.name())),
            encoding_type: input.encoding_type.clone(),
            request_charged: None,
        }
    })?;
    crate::operations::respond(output)
}

fn contents(
    page: &Page<'_, &std::sync::Arc<Stored>>,
    names: Names,
    owner: Option<&str>,
) -> Option<Vec<Object>> {
    let contents = page.entries.iter().filter_map(|entry| match entry {
        Entry::Item(key, object) => Some(names.object(key, object, owner)),
        Entry::Prefix(_) => None,
    });
    Some(contents.collect())
}

pub(super) fn objects_v2(
    service: &Service,
    request: S3Request<ListObjectsV2Input>,
) -> S3Result<S3Response<ListObjectsV2Output>> {
    let input = request.input;
    let names = Names::new(input.encoding_type.as_ref())?;
    let (max_keys, limit) = limit(input.max_keys, "max-keys")?;
    let resumed = input
        .continuation_token
        .as_deref()
        .map(read_token)
        .transpose()?;
    let query = Query {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: some(input.delimiter.as_ref()),
        after: resumed.as_deref().or(some(input.start_after.as_ref())),
        limit,
        ..Default::default()
    };
    let output = service.storage.read(&input.bucket, |bucket| {
        let page = bucket.list(&query);
        let owner = input
            .fetch_owner
            .unwrap_or_default()
            .then_some(bucket.owner.as_str());
        ListObjectsV2Output {
            name: Some(input.bucket.clone()),
            prefix: Some(names.show(query.prefix)),
            max_keys: Some(max_keys),
            key_count: i32::try_from(page.entries.len()).ok(),
            continuation_token: input.continuation_token.clone(),
            is_truncated: Some(page.truncated),
            next_continuation_token: page
                .entries
                .last()
                .filter(|_| page.truncated)
                .map(|last| token(last.name())),
            contents: contents(&page, names, owner),
            common_prefixes: names.prefixes(&page),
            delimiter: names.show_given(input.delimiter.as_ref()),
            encoding_type: input.encoding_type.clone(),
            // A page that continues another one begins where that ended.
            start_after: names.show_given(input.start_after.as_ref().filter(|_| resumed.is_none())),
            request_charged: None,
        }
    })?;
    crate::operations::respond(output)
}

/// Opaque to clients, so that nobody takes it for a key: the last name of the page before.
fn token(name: &str) -> String {
    BASE64_URL_SAFE.encode(name)
}

fn read_token(token: &str) -> S3Result<String> {
    let name = BASE64_URL_SAFE
        .decode(token)
        .ok()
        .and_then(|name| String::from_utf8(name).ok());
    name.filter(|name| !name.is_empty())
        .ok_or_else(|| errors::invalid_argument("The continuation token provided is incorrect"))
}

pub(super) fn versions(
    service: &Service,
    request: S3Request<ListObjectVersionsInput>,
) -> S3Result<S3Response<ListObjectVersionsOutput>> {
    let input = request.input;
    let names = Names::new(input.encoding_type.as_ref())?;
    let (max_keys, limit) = limit(input.max_keys, "max-keys")?;
    let (key_marker, id_marker) = (
        some(input.key_marker.as_ref()),
        some(input.version_id_marker.as_ref()),
    );
    if id_marker.is_some() && key_marker.is_none() {
        return Err(errors::invalid_argument(
            "A version-id marker cannot be specified without a key marker.",
        ));
    }
    if id_marker.is_some_and(|id| !is_id(id)) {
        return Err(Error::InvalidVersionId.into());
    }
    let query = Query {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: some(input.delimiter.as_ref()),
        after: key_marker,
        limit,
        ..Default::default()
    };
    let output = service.storage.read(&input.bucket, |bucket| {
        let page = bucket.list_versions(&query, id_marker);
        let owner = Some(convert::owner(&bucket.owner));
        let (mut versions, mut markers) = (Vec::new(), Vec::new());
        for entry in &page.entries {
            let Entry::Item(key, (version, latest)) = entry else {
                continue;
            };
            match version.object() {
                Some(object) => {
                    let shown = names.object(key, object, Some(&bucket.owner));
                    versions.push(ObjectVersion {
                        is_latest: Some(*latest),
                        version_id: Some(version.id.clone()),
                        key: shown.key,
                        e_tag: shown.e_tag,
                        size: shown.size,
                        last_modified: shown.last_modified,
                        storage_class: shown
                            .storage_class
                            .map(|class| class.as_str().to_owned().into()),
                        owner: shown.owner,
                        checksum_algorithm: shown.checksum_algorithm,
                        checksum_type: shown.checksum_type,
                        restore_status: None,
                    });
                }
                None => markers.push(DeleteMarkerEntry {
                    is_latest: Some(*latest),
                    key: Some(names.show(key)),
                    last_modified: Some(convert::time(version.modified)),
                    owner: owner.clone(),
                    version_id: Some(version.id.clone()),
                }),
            }
        }
        let last = page.entries.last().filter(|_| page.truncated);
        ListObjectVersionsOutput {
            name: Some(input.bucket.clone()),
            prefix: Some(names.show(query.prefix)),
            key_marker: Some(names.show(key_marker.unwrap_or_default())),
            version_id_marker: Some(id_marker.unwrap_or_default().to_owned()),
            max_keys: Some(max_keys),
            is_truncated: Some(page.truncated),
            next_key_marker: last.map(|last| names.show(last.name())),
            next_version_id_marker: last.and_then(|last| match last {
                Entry::Item(_, (version, _)) => Some(version.id.clone()),
                Entry::Prefix(_) => None,
            }),
            versions: Some(versions),
            delete_markers: Some(markers),
            common_prefixes: names.prefixes(&page),
            delimiter: names.show_given(input.delimiter.as_ref()),
            encoding_type: input.encoding_type.clone(),
            request_charged: None,
        }
    })?;
    crate::operations::respond(output)
}

pub(super) fn uploads(
    service: &Service,
    request: S3Request<ListMultipartUploadsInput>,
) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
    let input = request.input;
    let names = Names::new(input.encoding_type.as_ref())?;
    let (max_uploads, limit) = limit(input.max_uploads, "max-uploads")?;
    let key_marker = some(input.key_marker.as_ref());
    // It means something only together with a key marker (S3 API Reference, "ListMultipartUploads").
    let id_marker = some(input.upload_id_marker.as_ref()).filter(|_| key_marker.is_some());
    let query = Query {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: some(input.delimiter.as_ref()),
        after: key_marker,
        limit,
        ..Default::default()
    };
    let output = service.storage.read(&input.bucket, |bucket| {
        let page = bucket.list_uploads(&query, id_marker);
        let uploads = page.entries.iter().filter_map(|entry| match entry {
            Entry::Item(key, upload) => Some(MultipartUpload {
                key: Some(names.show(key)),
                upload_id: Some(upload.id.clone()),
                initiated: Some(convert::time(upload.initiated)),
                initiator: Some(Initiator {
                    display_name: Some(upload.initiator.clone()),
                    id: Some(upload.initiator.clone()),
                }),
                owner: Some(convert::owner(&bucket.owner)),
                storage_class: Some(storage_class::of(&upload.attributes.headers).into()),
                checksum_algorithm: upload
                    .checksum
                    .map(|(algorithm, _)| ChecksumAlgorithm::from_static(algorithm.name())),
                checksum_type: upload
                    .checksum
                    .map(|(_, kind)| convert::checksum_type(kind)),
            }),
            Entry::Prefix(_) => None,
        });
        let last = page.entries.last().filter(|_| page.truncated);
        ListMultipartUploadsOutput {
            bucket: Some(input.bucket.clone()),
            uploads: Some(uploads.collect()),
            common_prefixes: names.prefixes(&page),
            prefix: Some(names.show(query.prefix)),
            delimiter: names.show_given(input.delimiter.as_ref()),
            encoding_type: input.encoding_type.clone(),
            key_marker: Some(names.show(key_marker.unwrap_or_default())),
            upload_id_marker: Some(id_marker.unwrap_or_default().to_owned()),
            max_uploads: Some(max_uploads),
            is_truncated: Some(page.truncated),
            next_key_marker: last.map(|last| names.show(last.name())),
            next_upload_id_marker: last.map(|last| match last {
                Entry::Item(_, upload) => upload.id.clone(),
                Entry::Prefix(_) => String::new(),
            }),
            request_charged: None,
        }
    })?;
    crate::operations::respond(output)
}
