//! Multipart uploads.

use crate::support::{Answer, Client, Fixture};

const PART: usize = 5 << 20;

pub(crate) async fn create(c: &Client, key: &str, headers: &[(&str, &str)]) -> String {
    c.post(&format!("/bucket/{key}?uploads"), headers, "")
        .await
        .ok()
        .element("UploadId")
        .unwrap()
}

pub(crate) async fn part(
    c: &Client,
    key: &str,
    id: &str,
    number: u32,
    body: Vec<u8>,
    headers: &[(&str, &str)],
) -> Answer {
    c.put(
        &format!("/bucket/{key}?partNumber={number}&uploadId={id}"),
        headers,
        body,
    )
    .await
}

pub(crate) async fn complete(
    c: &Client,
    key: &str,
    id: &str,
    parts: &[(u32, &str)],
    headers: &[(&str, &str)],
) -> Answer {
    let parts = parts.iter().map(|(number, etag)| {
        format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>")
    });
    let xml = format!(
        "<CompleteMultipartUpload>{}</CompleteMultipartUpload>",
        parts.collect::<String>()
    );
    c.post(&format!("/bucket/{key}?uploadId={id}"), headers, xml)
        .await
}

#[tokio::test]
async fn parts_become_an_object() {
    let f = Fixture::new().await;
    let c = &f.client;
    let id = create(
        c,
        "a",
        &[
            ("content-type", "text/plain"),
            ("x-amz-meta-k", "v"),
            ("x-amz-tagging", "t=1"),
        ],
    )
    .await;
    // Out of order and with gaps, as clients do.
    let last = part(c, "a", &id, 7, vec![b'b'; 3], &[])
        .await
        .ok()
        .header("etag")
        .to_owned();
    let first = part(c, "a", &id, 2, vec![b'a'; PART], &[])
        .await
        .ok()
        .header("etag")
        .to_owned();
    let replaced = part(c, "a", &id, 7, vec![b'c'; 4], &[])
        .await
        .ok()
        .header("etag")
        .to_owned();
    assert_eq!(c.get("/bucket", &[]).await.elements("Key"), [""; 0]);
    let listed = c.get(&format!("/bucket/a?uploadId={id}"), &[]).await.ok();
    assert_eq!(listed.elements("PartNumber"), ["2", "7"]);
    assert_eq!(listed.elements("Size"), [PART.to_string(), "4".into()]);

    assert_eq!(
        complete(c, "a", &id, &[(2, &first), (7, &last)], &[])
            .await
            .error(),
        (400, "InvalidPart".into())
    );
    assert_eq!(
        complete(c, "a", &id, &[(2, &first), (3, &last)], &[])
            .await
            .error(),
        (400, "InvalidPart".into())
    );
    let backwards = complete(c, "a", &id, &[(7, &replaced), (2, &first)], &[]).await;
    assert_eq!(backwards.error(), (400, "InvalidPartOrder".into()));
    assert_eq!(
        complete(c, "a", &id, &[], &[]).await.error(),
        (400, "MalformedXML".into())
    );
    let done = complete(c, "a", &id, &[(2, &first), (7, &replaced)], &[])
        .await
        .ok();
    let etag = done.element("ETag").unwrap().replace("&quot;", "\"");
    assert!(etag.ends_with("-2\""), "{etag}");
    let got = c.get("/bucket/a", &[]).await;
    assert_eq!(got.body, [vec![b'a'; PART], vec![b'c'; 4]].concat());
    assert_eq!(
        (
            got.header("etag"),
            got.header("content-type"),
            got.header("x-amz-meta-k")
        ),
        (etag.as_str(), "text/plain", "v")
    );
    assert_eq!(got.header("x-amz-tagging-count"), "1");
    assert_eq!(
        part(c, "a", &id, 1, vec![], &[]).await.error(),
        (404, "NoSuchUpload".into())
    );

    let second = c.get("/bucket/a?partNumber=2", &[]).await;
    assert_eq!((second.status, second.text().as_str()), (206, "cccc"));
    assert_eq!(second.header("x-amz-mp-parts-count"), "2");
    assert_eq!(
        second.header("content-range"),
        format!("bytes {PART}-{}/{}", PART + 3, PART + 4)
    );
    assert_eq!(
        c.head("/bucket/a?partNumber=1", &[])
            .await
            .header("content-length"),
        PART.to_string()
    );
    assert_eq!(
        c.get("/bucket/a?partNumber=3", &[]).await.error(),
        (416, "InvalidPartNumber".into())
    );
    // A range across the seam.
    let range = format!("bytes={}-{}", PART - 2, PART + 1);
    assert_eq!(
        c.get("/bucket/a", &[("range", &range)]).await.text(),
        "aacc"
    );
}

#[tokio::test]
async fn limits() {
    let f = Fixture::new().await;
    let c = &f.client;
    let id = create(c, "a", &[]).await;
    let first = part(c, "a", &id, 1, vec![0; PART - 1], &[])
        .await
        .ok()
        .header("etag")
        .to_owned();
    let last = part(c, "a", &id, 10_000, vec![0; 1], &[])
        .await
        .ok()
        .header("etag")
        .to_owned();
    let small = complete(c, "a", &id, &[(1, &first), (10_000, &last)], &[]).await;
    assert_eq!(small.error(), (400, "EntityTooSmall".into()));
    complete(c, "a", &id, &[(1, &first)], &[]).await.ok();
    let id = create(c, "b", &[]).await;
    for number in [0, 10_001] {
        assert_eq!(
            part(c, "b", &id, number, vec![], &[]).await.error(),
            (400, "InvalidArgument".into()),
            "{number}"
        );
    }
}

#[tokio::test]
async fn conditions() {
    let f = Fixture::new().await;
    let c = &f.client;
    let upload = async |body: &str| {
        let id = create(c, "a", &[]).await;
        let etag = part(c, "a", &id, 1, body.into(), &[])
            .await
            .ok()
            .header("etag")
            .to_owned();
        (id, etag)
    };
    let (first, first_etag) = upload("1").await;
    let (second, second_etag) = upload("2").await;
    let missing = complete(
        c,
        "a",
        &first,
        &[(1, &first_etag)],
        &[("if-match", "\"x\"")],
    )
    .await;
    assert_eq!(missing.error(), (404, "NoSuchKey".into()));
    let create_only = [("if-none-match", "*")];
    let done = complete(c, "a", &first, &[(1, &first_etag)], &create_only)
        .await
        .ok();
    let refused = complete(c, "a", &second, &[(1, &second_etag)], &create_only).await;
    assert_eq!(refused.error(), (412, "PreconditionFailed".into()));
    // A refused completion leaves the upload as it was.
    let etag = done.element("ETag").unwrap().replace("&quot;", "\"");
    complete(
        c,
        "a",
        &second,
        &[(1, &second_etag)],
        &[("if-match", &etag)],
    )
    .await
    .ok();
    assert_eq!(c.get("/bucket/a", &[]).await.text(), "2");
}

#[tokio::test]
async fn uploads_are_listed_and_aborted() {
    let f = Fixture::new().await;
    let c = &f.client;
    let mut ids = Vec::new();
    for key in ["a", "a", "b/1", "b/2", "c"] {
        ids.push(create(c, key, &[]).await);
    }
    let all = c.get("/bucket?uploads", &[]).await.ok();
    assert_eq!(all.elements("UploadId"), ids);
    let page = c.get("/bucket?uploads&max-uploads=1", &[]).await;
    assert_eq!(
        (
            page.elements("UploadId"),
            page.element("IsTruncated").unwrap().as_str()
        ),
        (vec![ids[0].clone()], "true")
    );
    let next = format!(
        "/bucket?uploads&key-marker=a&upload-id-marker={}",
        page.element("NextUploadIdMarker").unwrap()
    );
    assert_eq!(c.get(&next, &[]).await.elements("UploadId"), ids[1..]);
    assert_eq!(
        c.get("/bucket?uploads&key-marker=a", &[])
            .await
            .elements("UploadId"),
        ids[2..]
    );
    let grouped = c.get("/bucket?uploads&delimiter=/", &[]).await;
    assert_eq!(grouped.elements("Key"), ["a", "a", "c"]);
    assert!(grouped.elements("Prefix").contains(&"b/".to_owned()));
    let abort = format!("/bucket/a?uploadId={}", ids[0]);
    assert_eq!(c.delete(&abort, &[]).await.status, 204);
    assert_eq!(
        c.delete(&abort, &[]).await.error(),
        (404, "NoSuchUpload".into())
    );
    assert_eq!(
        c.get("/bucket?uploads", &[]).await.elements("UploadId"),
        ids[1..]
    );
}

#[tokio::test]
async fn parts_can_be_copied() {
    let f = Fixture::new().await;
    let c = &f.client;
    c.put("/bucket/source", &[], "0123456789").await.ok();
    let id = create(c, "a", &[]).await;
    let copy = |range: &'static str| {
        let headers = [
            ("x-amz-copy-source", "bucket/source"),
            ("x-amz-copy-source-range", range),
        ];
        let path = format!("/bucket/a?partNumber=1&uploadId={id}");
        async move { c.put(&path, &headers, "").await }
    };
    for bad in ["bytes=5-", "bytes=-5", "5-6", "bytes=0-10"] {
        assert_eq!(
            copy(bad).await.error(),
            (400, "InvalidArgument".into()),
            "{bad}"
        );
    }
    let copied = copy("bytes=2-4").await.ok();
    let etag = copied.element("ETag").unwrap();
    complete(c, "a", &id, &[(1, &etag)], &[]).await.ok();
    assert_eq!(c.get("/bucket/a", &[]).await.text(), "234");
}

/// As a client does that did not get the answer.
#[tokio::test]
async fn an_upload_can_be_completed_again_while_its_object_is_there() {
    let f = Fixture::new().await;
    let c = &f.client;
    let id = create(c, "a", &[]).await;
    let one = part(c, "a", &id, 1, b"x".to_vec(), &[]).await.ok();
    let one = one.header("etag").to_owned();
    let first = complete(c, "a", &id, &[(1, &one)], &[]).await.ok();
    for headers in [&[][..], &[("if-none-match", "*")]] {
        let again = complete(c, "a", &id, &[(1, &one)], headers).await.ok();
        assert_eq!(again.element("ETag"), first.element("ETag"));
    }
    let elsewhere = complete(c, "b", &id, &[(1, &one)], &[]).await;
    assert_eq!(elsewhere.error(), (404, "NoSuchUpload".into()));
    c.put("/bucket/a", &[], "y").await.ok();
    let late = complete(c, "a", &id, &[(1, &one)], &[]).await;
    assert_eq!(late.error(), (404, "NoSuchUpload".into()));
    assert_eq!(c.get("/bucket/a", &[]).await.text(), "y");
}

#[tokio::test]
async fn an_upload_without_parts_is_listed() {
    let f = Fixture::new().await;
    let c = &f.client;
    let id = create(c, "a", &[]).await;
    let target = format!("/bucket/a?uploadId={id}");
    let listed = c.get(&target, &[]).await.ok();
    assert_eq!(listed.element("NextPartNumberMarker").as_deref(), Some("0"));
    for parameter in ["max-parts=-1", "part-number-marker=-1"] {
        let refused = c.get(&format!("{target}&{parameter}"), &[]).await;
        assert_eq!(
            refused.error(),
            (400, "InvalidArgument".into()),
            "{parameter}"
        );
    }
}

/// The one document that shows an ETag without quotes and a composite checksum without its number of parts.
#[tokio::test]
async fn attributes_are_written_in_their_own_way() {
    let f = Fixture::new().await;
    let c = &f.client;
    let id = create(c, "a", &[("x-amz-checksum-algorithm", "CRC32")]).await;
    let crc32 = ("x-amz-checksum-crc32", "jNwWgw==");
    let one = part(c, "a", &id, 1, b"x".to_vec(), &[]).await;
    assert_eq!(one.error(), (400, "InvalidRequest".into()), "no checksum");
    let one = part(c, "a", &id, 1, b"x".to_vec(), &[crc32]).await.ok();
    let one = one.header("etag").to_owned();
    let without = complete(c, "a", &id, &[(1, &one)], &[]).await;
    assert_eq!(
        without.error(),
        (400, "InvalidRequest".into()),
        "no checksum"
    );
    let xml = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{one}</ETag><ChecksumCRC32>jNwWgw==</ChecksumCRC32></Part></CompleteMultipartUpload>"
    );
    c.post(&format!("/bucket/a?uploadId={id}"), &[], xml)
        .await
        .ok();
    let head = c
        .head("/bucket/a", &[("x-amz-checksum-mode", "ENABLED")])
        .await;
    let wanted = [("x-amz-object-attributes", "ETag,Checksum")];
    let attributes = c.get("/bucket/a?attributes", &wanted).await.ok();
    let etag = head.header("etag").trim_matches('"');
    assert_eq!(attributes.element("ETag").as_deref(), Some(etag));
    let checksum = attributes.element("ChecksumCRC32").unwrap();
    assert_eq!(head.header("x-amz-checksum-crc32"), format!("{checksum}-1"));
    let unknown = [("x-amz-object-attributes", "ETag,Colour")];
    let refused = c.get("/bucket/a?attributes", &unknown).await;
    assert_eq!(refused.error(), (400, "InvalidArgument".into()));
}
