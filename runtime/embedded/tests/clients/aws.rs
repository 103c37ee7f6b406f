//! The AWS SDK for Rust.

use std::time::Duration;

use aws_sdk_s3::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region},
    error::ProvideErrorMetadata,
    presigning::PresigningConfig,
    primitives::ByteStream,
    types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart, Delete, ObjectIdentifier},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use http::Method;

use crate::{MIB, PAGE, Place, large, plain::Plain};

/// Uses a bucket by the AWS SDK.
pub async fn aws_sdk_s3(place: &Place<'_>) {
    let bucket = place.bucket;
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(place.endpoint)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new(
            place.key,
            place.secret,
            None,
            None,
            "test",
        ))
        .force_path_style(true)
        .build();
    let client = Client::from_conf(config);

    let put = client
        .put_object()
        .bucket(bucket)
        .key("dir/ä b+c")
        .content_type("text/plain")
        .metadata("k", "v");
    put.body(ByteStream::from_static(b"0123456789"))
        .send()
        .await
        .unwrap();
    let read = async |key: &str, range: Option<&str>| {
        let got = client
            .get_object()
            .bucket(bucket)
            .key(key)
            .set_range(range.map(str::to_owned))
            .send()
            .await
            .unwrap();
        got.body.collect().await.unwrap().to_vec()
    };
    assert_eq!(read("dir/ä b+c", None).await, b"0123456789");
    assert_eq!(read("dir/ä b+c", Some("bytes=2-4")).await, b"234");
    let missing = client
        .get_object()
        .bucket(bucket)
        .key("none")
        .send()
        .await
        .unwrap_err();
    assert!(missing.as_service_error().unwrap().is_no_such_key());
    for algorithm in [
        ChecksumAlgorithm::Crc32C,
        ChecksumAlgorithm::Crc64Nvme,
        ChecksumAlgorithm::Sha1,
        ChecksumAlgorithm::Sha256,
    ] {
        let put = client
            .put_object()
            .bucket(bucket)
            .key("sum")
            .checksum_algorithm(algorithm);
        put.body(ByteStream::from_static(b"sum"))
            .send()
            .await
            .unwrap();
        // The client holds what it reads against the checksum that comes with it.
        assert_eq!(read("sum", None).await, b"sum");
    }

    let created = client
        .create_multipart_upload()
        .bucket(bucket)
        .key("large")
        .send()
        .await
        .unwrap();
    let (id, large, mut parts) = (created.upload_id().unwrap(), large(), Vec::new());
    for (number, part) in (1..).zip(large.chunks(5 * MIB)) {
        let upload = client
            .upload_part()
            .bucket(bucket)
            .key("large")
            .upload_id(id)
            .part_number(number);
        let done = upload
            .body(ByteStream::from(part.to_vec()))
            .send()
            .await
            .unwrap();
        parts.push(
            CompletedPart::builder()
                .part_number(number)
                .set_e_tag(done.e_tag)
                .set_checksum_crc32(done.checksum_crc32)
                .build(),
        );
    }
    assert_eq!(parts.len(), 3);
    let upload = CompletedMultipartUpload::builder()
        .set_parts(Some(parts))
        .build();
    let complete = client
        .complete_multipart_upload()
        .bucket(bucket)
        .key("large")
        .upload_id(id)
        .multipart_upload(upload);
    complete.send().await.unwrap();
    assert_eq!(read("large", None).await, large);

    client
        .copy_object()
        .bucket(bucket)
        .key("copy")
        .copy_source(format!("{bucket}/large"))
        .send()
        .await
        .unwrap();
    assert_eq!(read("copy", None).await, large);

    let puts = stream::iter(0..place.keys).map(|number| {
        client
            .put_object()
            .bucket(bucket)
            .key(format!("many/{number:04}"))
            .send()
    });
    puts.buffer_unordered(8)
        .try_collect::<Vec<_>>()
        .await
        .unwrap();
    let mut pages = client
        .list_objects_v2()
        .bucket(bucket)
        .prefix("many/")
        .into_paginator()
        .send();
    let (mut keys, mut sizes) = (Vec::new(), Vec::new());
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        sizes.push(page.contents().len());
        keys.extend(
            page.contents()
                .iter()
                .map(|object| object.key().unwrap().to_owned()),
        );
    }
    assert_eq!(sizes, place.pages());
    assert!(keys.is_sorted());
    for keys in keys.chunks(PAGE) {
        let objects = keys
            .iter()
            .map(|key| ObjectIdentifier::builder().key(key).build().unwrap())
            .collect();
        let delete = Delete::builder()
            .set_objects(Some(objects))
            .build()
            .unwrap();
        let done = client
            .delete_objects()
            .bucket(bucket)
            .delete(delete)
            .send()
            .await
            .unwrap();
        assert_eq!((done.deleted().len(), done.errors().len()), (keys.len(), 0));
    }

    let anybody = Plain::new();
    let minute = PresigningConfig::expires_in(Duration::from_secs(60)).unwrap();
    let put = client
        .put_object()
        .bucket(bucket)
        .key("signed")
        .presigned(minute.clone())
        .await
        .unwrap();
    anybody
        .send(Method::PUT, put.uri(), &[], "signed")
        .await
        .ok();
    let get = client
        .get_object()
        .bucket(bucket)
        .key("signed")
        .presigned(minute)
        .await
        .unwrap();
    assert_eq!(
        anybody.send(Method::GET, get.uri(), &[], "").await.text(),
        "signed"
    );

    let once = |body: &'static str| {
        client
            .put_object()
            .bucket(bucket)
            .key("once")
            .if_none_match("*")
            .body(ByteStream::from_static(body.as_bytes()))
            .send()
    };
    once("1").await.unwrap();
    assert_eq!(
        once("2").await.unwrap_err().code(),
        Some("PreconditionFailed")
    );
}
