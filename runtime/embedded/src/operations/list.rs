//! ListObjects, ListObjectsV2, ListObjectVersions and ListMultipartUploads.

use crate::{
    errors,
    operations::{
        Service, convert,
        multipart::show_upload,
        pages::{Names, given, listing, show_listing},
        storage_class,
    },
    storage::{
        Error, Object as Stored, is_id,
        listing::{Entry, Page},
    },
};
use base64::{Engine, prelude::BASE64_URL_SAFE};
use s3s::{S3Request, S3Response, S3Result, dto::*};
use std::sync::Arc;

fn object(names: Names, key: &str, object: &Stored, owner: Option<&str>) -> Object {
    Object {
        key: Some(names.show(key)),
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

pub(super) fn objects(
    service: &Service,
    request: S3Request<ListObjectsInput>,
) -> S3Result<S3Response<ListObjectsOutput>> {
    let input = request.input;
    let mut listing = listing!(input, max_keys: "max-keys")?;
    listing.query.after = given(input.marker.as_ref());
    let output = service.storage.read(&input.bucket, |bucket| {
        let page = bucket.list(&listing.query);
        let marker = listing.query.after.unwrap_or_default();
        let mut output = ListObjectsOutput {
            name: Some(input.bucket.clone()),
            marker: Some(listing.names.show(marker)),
            max_keys: Some(listing.most),
            contents: contents(&page, listing.names, Some(&bucket.owner)),
            // "This element is returned only if you have the delimiter request parameter specified" (S3 API Reference,
            // "ListObjects").
            next_marker: listing
                .next(&page)
                .filter(|_| listing.query.delimiter.is_some()),
            ..Default::default()
        };
        show_listing!(output, input, listing, page);
        output
    })?;
    crate::operations::respond(output)
}

fn contents(
    page: &Page<Entry<'_, &Arc<Stored>>>,
    names: Names,
    owner: Option<&str>,
) -> Option<Vec<Object>> {
    let contents = page
        .items()
        .map(|(key, stored)| object(names, key, stored, owner));
    Some(contents.collect())
}

pub(super) fn objects_v2(
    service: &Service,
    request: S3Request<ListObjectsV2Input>,
) -> S3Result<S3Response<ListObjectsV2Output>> {
    let input = request.input;
    let mut listing = listing!(input, max_keys: "max-keys")?;
    let resumed = input
        .continuation_token
        .as_deref()
        .map(read_token)
        .transpose()?;
    let start_after = given(input.start_after.as_ref());
    listing.query.after = resumed.as_deref().or(start_after);
    let output = service.storage.read(&input.bucket, |bucket| {
        let page = bucket.list(&listing.query);
        let owner = input
            .fetch_owner
            .unwrap_or_default()
            .then_some(bucket.owner.as_str());
        let mut output = ListObjectsV2Output {
            name: Some(input.bucket.clone()),
            max_keys: Some(listing.most),
            key_count: i32::try_from(page.entries.len()).ok(),
            continuation_token: input.continuation_token.clone(),
            next_continuation_token: page.next_after().map(|last| token(last.name())),
            contents: contents(&page, listing.names, owner),
            // A continued page ignores it.
            start_after: start_after
                .filter(|_| resumed.is_none())
                .map(|key| listing.names.show(key)),
            ..Default::default()
        };
        show_listing!(output, input, listing, page);
        output
    })?;
    crate::operations::respond(output)
}

/// Returns the last name of a page, encoded so that nobody takes it for a key.
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
    let mut listing = listing!(input, max_keys: "max-keys")?;
    let (key_marker, id_marker) = (
        given(input.key_marker.as_ref()),
        given(input.version_id_marker.as_ref()),
    );
    if id_marker.is_some() && key_marker.is_none() {
        return Err(errors::invalid_argument(
            "A version-id marker cannot be specified without a key marker.",
        ));
    }
    if id_marker.is_some_and(|id| !is_id(id)) {
        return Err(Error::InvalidVersionId.into());
    }
    listing.query.after = key_marker;
    listing.query.after_id = id_marker;
    let names = listing.names;
    let output = service.storage.read(&input.bucket, |bucket| {
        let page = bucket.list_versions(&listing.query);
        let (mut versions, mut markers) = (Vec::new(), Vec::new());
        for (key, (version, latest)) in page.items() {
            match version.object() {
                Some(stored) => {
                    let shown = object(names, key, stored, Some(&bucket.owner));
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
                    owner: Some(convert::owner(&bucket.owner)),
                    version_id: Some(version.id.clone()),
                }),
            }
        }
        let mut output = ListObjectVersionsOutput {
            name: Some(input.bucket.clone()),
            key_marker: Some(names.show(key_marker.unwrap_or_default())),
            version_id_marker: Some(id_marker.unwrap_or_default().to_owned()),
            max_keys: Some(listing.most),
            next_key_marker: listing.next(&page),
            next_version_id_marker: page.next_after().and_then(|last| match last {
                Entry::Item(_, (version, _)) => Some(version.id.clone()),
                Entry::Prefix(_) => None,
            }),
            versions: Some(versions),
            delete_markers: Some(markers),
            ..Default::default()
        };
        show_listing!(output, input, listing, page);
        output
    })?;
    crate::operations::respond(output)
}

pub(super) fn uploads(
    service: &Service,
    request: S3Request<ListMultipartUploadsInput>,
) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
    let input = request.input;
    let mut listing = listing!(input, max_uploads: "max-uploads")?;
    let key_marker = given(input.key_marker.as_ref());
    // It is ignored without a key marker (S3 API Reference, "ListMultipartUploads").
    let id_marker = given(input.upload_id_marker.as_ref()).filter(|_| key_marker.is_some());
    listing.query.after = key_marker;
    listing.query.after_id = id_marker;
    let names = listing.names;
    let output = service.storage.read(&input.bucket, |bucket| {
        let page = bucket.list_uploads(&listing.query);
        let uploads = page.items().map(|(key, upload)| {
            let mut output = MultipartUpload {
                key: Some(names.show(key)),
                upload_id: Some(upload.id.clone()),
                initiated: Some(convert::time(upload.initiated)),
                ..Default::default()
            };
            show_upload!(output, bucket, upload);
            output
        });
        let mut output = ListMultipartUploadsOutput {
            bucket: Some(input.bucket.clone()),
            uploads: Some(uploads.collect()),
            key_marker: Some(names.show(key_marker.unwrap_or_default())),
            upload_id_marker: Some(id_marker.unwrap_or_default().to_owned()),
            max_uploads: Some(listing.most),
            next_key_marker: listing.next(&page),
            next_upload_id_marker: page.next_after().map(|last| match last {
                Entry::Item(_, upload) => upload.id.clone(),
                Entry::Prefix(_) => String::new(),
            }),
            ..Default::default()
        };
        show_listing!(output, input, listing, page);
        output
    })?;
    crate::operations::respond(output)
}
