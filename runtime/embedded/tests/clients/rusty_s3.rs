//! rusty-s3, which signs URLs and leaves sending to others.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use http::Method;
use rusty_s3::{
    Bucket, Credentials, S3Action, UrlStyle,
    actions::{CreateMultipartUpload, ListObjectsV2, ObjectIdentifier},
};

use crate::{MIB, PAGE, Place, large, plain::Plain};

const HOUR: Duration = Duration::from_secs(3600);

/// Uses a bucket by rusty-s3.
pub async fn rusty_s3(place: &Place<'_>) {
    let send = Plain::new();
    let endpoint = place.endpoint.parse().unwrap();
    let name = place.bucket.to_owned();
    let bucket = Bucket::new(endpoint, UrlStyle::Path, name, "us-east-1").unwrap();
    let credentials = &Credentials::new(place.key, place.secret);
    let user = Some(credentials);

    // Everything is presigned.
    let put = async |key: &str, body: Vec<u8>| {
        let url = bucket.put_object(user, key).sign(HOUR);
        send.send(Method::PUT, url.as_str(), &[], body).await
    };
    let get = async |key: &str, headers: &[(&str, &str)]| {
        let url = bucket.get_object(user, key).sign(HOUR);
        send.send(Method::GET, url.as_str(), headers, "").await
    };
    put("dir/ä b+c", b"0123456789".to_vec()).await.ok();
    assert_eq!(get("dir/ä b+c", &[]).await.text(), "0123456789");
    assert_eq!(
        get("dir/ä b+c", &[("range", "bytes=2-4")]).await.text(),
        "234"
    );

    let created = send
        .send(
            Method::POST,
            bucket
                .create_multipart_upload(user, "large")
                .sign(HOUR)
                .as_str(),
            &[],
            "",
        )
        .await;
    let created = CreateMultipartUpload::parse_response(&created.text()).unwrap();
    let (id, large, mut etags) = (created.upload_id(), large(), Vec::new());
    for (number, part) in (1..).zip(large.chunks(5 * MIB)) {
        let url = bucket.upload_part(user, "large", number, id).sign(HOUR);
        let done = send
            .send(Method::PUT, url.as_str(), &[], part.to_vec())
            .await
            .ok();
        etags.push(done.etag);
    }
    assert_eq!(etags.len(), 3);
    let complete =
        bucket.complete_multipart_upload(user, "large", id, etags.iter().map(String::as_str));
    let url = complete.sign(HOUR);
    send.send(Method::POST, url.as_str(), &[], complete.body())
        .await
        .ok();
    assert_eq!(get("large", &[]).await.body, large);

    let source = format!("/{}/large", place.bucket);
    let source = [("x-amz-copy-source", source.as_str())];
    let mut copy = bucket.put_object(user, "copy");
    copy.headers_mut().insert(source[0].0, source[0].1);
    let url = copy.sign(HOUR);
    send.send(Method::PUT, url.as_str(), &source, "").await.ok();
    assert_eq!(get("copy", &[]).await.body, large);

    let puts = stream::iter(0..place.keys).map(|number| {
        let put = &put;
        async move { put(&format!("many/{number:04}"), Vec::new()).await.ok() }
    });
    puts.buffer_unordered(8).collect::<Vec<_>>().await;
    let (mut keys, mut pages, mut token) = (Vec::new(), Vec::new(), None);
    loop {
        let mut list = bucket.list_objects_v2(user);
        list.with_prefix("many/");
        if let Some(token) = token {
            list.with_continuation_token(token);
        }
        let page = send
            .send(Method::GET, list.sign(HOUR).as_str(), &[], "")
            .await
            .ok();
        let page = ListObjectsV2::parse_response(&page.text()).unwrap();
        pages.push(page.contents.len());
        keys.extend(page.contents.into_iter().map(|content| content.key));
        match page.next_continuation_token {
            Some(next) => token = Some(next),
            None => break,
        }
    }
    assert_eq!(pages, place.pages());
    assert!(keys.is_sorted());
    for keys in keys.chunks(PAGE) {
        let objects = keys
            .iter()
            .map(|key| ObjectIdentifier::new(key.clone()))
            .collect::<Vec<_>>();
        let delete = bucket.delete_objects(user, objects.iter());
        let url = delete.sign(HOUR);
        let (body, md5) = delete.body_with_md5();
        send.send(Method::POST, url.as_str(), &[("content-md5", &md5)], body)
            .await
            .ok();
    }
    assert_eq!(get("many/0000", &[]).await.status, 404);

    let url = bucket.put_object(user, "once").sign(HOUR);
    let create = [("if-none-match", "*")];
    assert_eq!(
        send.send(Method::PUT, url.as_str(), &create, "1")
            .await
            .status,
        200
    );
    assert_eq!(
        send.send(Method::PUT, url.as_str(), &create, "2")
            .await
            .status,
        412
    );
}
