//! Checksums: in headers and trailers, of parts and wholes.

use super::multipart::{create, part};
use crate::support::Fixture;

/// Of `123456789`: the check values of the CRC catalogue, and `openssl dgst` in base64.
const KNOWN: [(&str, &str); 5] = [
    ("crc32", "y/Q5Jg=="),
    ("crc32c", "4waSgw=="),
    ("crc64nvme", "rosUhgp5mIg="),
    ("sha1", "98O8HYCOBHMq32eZZczDTKeuNEE="),
    ("sha256", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="),
];

#[tokio::test]
async fn verified_stored_and_returned() {
    let f = Fixture::new().await;
    let c = &f.client;
    for (name, value) in KNOWN {
        let header = format!("x-amz-checksum-{name}");
        let put = c
            .put("/bucket/a", &[(&header, value)], "123456789")
            .await
            .ok();
        assert_eq!(put.header(&header), value);
        assert_eq!(put.header("x-amz-checksum-type"), "FULL_OBJECT");
        let enabled = [("x-amz-checksum-mode", "ENABLED")];
        assert_eq!(c.get("/bucket/a", &enabled).await.header(&header), value);
        assert_eq!(c.head("/bucket/a", &enabled).await.header(&header), value);
        assert_eq!(c.get("/bucket/a", &[]).await.header(&header), "");
        let partial = [enabled[0], ("range", "bytes=0-1")];
        assert_eq!(c.get("/bucket/a", &partial).await.header(&header), "");
        let attributes = [(
            "x-amz-object-attributes",
            "Checksum,ObjectSize,ETag,StorageClass",
        )];
        let attributes = c.get("/bucket/a?attributes", &attributes).await.ok();
        assert_eq!(
            attributes
                .element(&format!("Checksum{}", name.to_uppercase()))
                .as_deref(),
            Some(value)
        );
        assert_eq!(attributes.element("ObjectSize").as_deref(), Some("9"));
        let wrong = c.put("/bucket/a", &[(&header, value)], "12345678").await;
        assert_eq!(wrong.error(), (400, "BadDigest".into()), "{name}");
        let invalid = c.put("/bucket/a", &[(&header, "xyz=")], "123456789").await;
        assert_eq!(invalid.error(), (400, "InvalidRequest".into()), "{name}");
    }
    let two = [
        ("x-amz-checksum-crc32", KNOWN[0].1),
        ("x-amz-checksum-sha1", KNOWN[3].1),
    ];
    assert_eq!(
        c.put("/bucket/a", &two, "123456789").await.error(),
        (400, "InvalidRequest".into())
    );
    let announced = [("x-amz-sdk-checksum-algorithm", "CRC32")];
    assert_eq!(
        c.put("/bucket/a", &announced, "123456789").await.error(),
        (400, "InvalidRequest".into())
    );
}

#[tokio::test]
async fn what_came_without_has_one_too() {
    let f = Fixture::new().await;
    f.client.put("/bucket/a", &[], "123456789").await.ok();
    let got = f
        .client
        .get("/bucket/a", &[("x-amz-checksum-mode", "ENABLED")])
        .await;
    assert_eq!(got.header("x-amz-checksum-crc64nvme"), KNOWN[2].1);
}

#[tokio::test]
async fn content_md5() {
    let f = Fixture::new().await;
    let put = async |md5: &str| {
        f.client
            .put("/bucket/a", &[("content-md5", md5)], "hello")
            .await
    };
    put("XUFAKrxLKna5cZ2REBfFkg==").await.ok();
    assert_eq!(
        put("1B2M2Y8AsgTpgAmY7PhCfg==").await.error(),
        (400, "BadDigest".into())
    );
    assert_eq!(put("nonsense").await.error(), (400, "InvalidDigest".into()));
}

/// A `Content-MD5`, or a checksum.
#[tokio::test]
async fn some_requests_must_have_one() {
    let f = Fixture::without_bucket();
    let c = &f.client;
    let lockable = [("x-amz-bucket-object-lock-enabled", "true")];
    c.put("/bucket", &lockable, "").await.ok();
    let xml = "<Delete><Object><Key>a</Key></Object></Delete>";
    let hold = ("x-amz-object-lock-legal-hold", "OFF");
    let md5 = |digest| ("content-md5", digest);
    for (answer, error) in [
        (c.post("/bucket?delete", &[], xml).await, "InvalidRequest"),
        (
            c.post("/bucket?delete", &[md5("")], xml).await,
            "InvalidDigest",
        ),
        (
            c.put("/bucket/a", &[md5("")], "hello").await,
            "InvalidDigest",
        ),
        (c.put("/bucket/a", &[hold], "hello").await, "InvalidRequest"),
    ] {
        assert_eq!(answer.error(), (400, error.to_owned()));
    }
    for digest in [
        md5("XUFAKrxLKna5cZ2REBfFkg=="),
        ("x-amz-checksum-crc32", "NhCmhg=="),
    ] {
        c.put("/bucket/a", &[hold, digest], "hello").await.ok();
    }
    // They have no body that could be another.
    let copied = [hold, ("x-amz-copy-source", "bucket/a")];
    c.put("/bucket/b", &copied, "").await.ok();
    c.post("/bucket/c?uploads", &[hold], "").await.ok();
    c.delete_many(&[], xml).await.ok();
}

async fn complete_with(
    f: &Fixture,
    id: &str,
    parts: &str,
    headers: &[(&str, &str)],
) -> crate::support::Answer {
    let xml = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    f.client
        .post(&format!("/bucket/a?uploadId={id}"), headers, xml)
        .await
}

#[tokio::test]
async fn of_parts_composite_and_full() {
    let f = Fixture::new().await;
    let c = &f.client;
    for (algorithm, kind, element) in [
        ("CRC32", "COMPOSITE", "ChecksumCRC32"),
        ("CRC32", "FULL_OBJECT", "ChecksumCRC32"),
        ("CRC32C", "FULL_OBJECT", "ChecksumCRC32C"),
        ("CRC64NVME", "FULL_OBJECT", "ChecksumCRC64NVME"),
        ("SHA256", "COMPOSITE", "ChecksumSHA256"),
    ] {
        let headers = [
            ("x-amz-checksum-algorithm", algorithm),
            ("x-amz-checksum-type", kind),
        ];
        let id = create(c, "a", &headers).await;
        let header = format!("x-amz-checksum-{}", algorithm.to_lowercase());
        let mut parts = String::new();
        let bodies = [vec![b'a'; 5 << 20], b"123456789".to_vec()];
        for (number, body) in (1..).zip(&bodies) {
            // Whoever wants a composite one sends that of each part, but for those that are copied.
            let done = if kind == "COMPOSITE" {
                c.put("/bucket/source", &[], body.clone()).await.ok();
                let source = [("x-amz-copy-source", "bucket/source")];
                part(c, "a", &id, number, vec![], &source).await.ok()
            } else {
                part(c, "a", &id, number, body.clone(), &[]).await.ok()
            };
            let of = |name: &str, element: &str| match kind {
                "COMPOSITE" => done.element(element).unwrap(),
                _ => done.header(name).to_owned(),
            };
            let (etag, checksum) = (of("etag", "ETag"), of(&header, element));
            parts += &format!(
                "<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag><{element}>{checksum}</{element}></Part>"
            );
        }
        let done = complete_with(&f, &id, &parts, &[]).await.ok();
        assert_eq!(done.element("ChecksumType").as_deref(), Some(kind));
        let checksum = done.element(element).unwrap();
        assert_eq!(checksum.ends_with("-2"), kind == "COMPOSITE", "{checksum}");
        if kind == "FULL_OBJECT" {
            let whole = c
                .put("/bucket/whole", &[(&header, &checksum)], bodies.concat())
                .await;
            assert_eq!(whole.status, 200, "{algorithm}: {}", whole.text());
        }
        let head = c
            .head("/bucket/a", &[("x-amz-checksum-mode", "ENABLED")])
            .await;
        assert_eq!(
            (head.header(&header), head.header("x-amz-checksum-type")),
            (checksum.as_str(), kind)
        );
        let attributes = c
            .get(
                "/bucket/a?attributes",
                &[("x-amz-object-attributes", "ObjectParts")],
            )
            .await
            .ok();
        assert_eq!(attributes.elements("PartNumber"), ["1", "2"]);
    }
    for (algorithm, kind) in [("SHA1", "FULL_OBJECT"), ("CRC64NVME", "COMPOSITE")] {
        let headers = [
            ("x-amz-checksum-algorithm", algorithm),
            ("x-amz-checksum-type", kind),
        ];
        assert_eq!(
            c.post("/bucket/a?uploads", &headers, "").await.error(),
            (400, "InvalidRequest".into())
        );
    }
}

#[tokio::test]
async fn a_part_must_keep_to_the_upload() {
    let f = Fixture::new().await;
    let c = &f.client;
    let id = create(c, "a", &[("x-amz-checksum-algorithm", "SHA256")]).await;
    let other = part(
        c,
        "a",
        &id,
        1,
        b"123456789".to_vec(),
        &[("x-amz-checksum-crc32", KNOWN[0].1)],
    )
    .await;
    assert_eq!(other.error(), (400, "InvalidRequest".into()));
    let wrong = part(
        c,
        "a",
        &id,
        1,
        b"x".to_vec(),
        &[("x-amz-checksum-sha256", KNOWN[4].1)],
    )
    .await;
    assert_eq!(wrong.error(), (400, "BadDigest".into()));
    let done = part(
        c,
        "a",
        &id,
        1,
        b"123456789".to_vec(),
        &[("x-amz-checksum-sha256", KNOWN[4].1)],
    )
    .await
    .ok();
    let etag = done.header("etag");
    let wrong = format!(
        "<Part><PartNumber>1</PartNumber><ETag>{etag}</ETag><ChecksumSHA256>{}</ChecksumSHA256></Part>",
        "A".repeat(43) + "="
    );
    assert_eq!(
        complete_with(&f, &id, &wrong, &[]).await.error(),
        (400, "InvalidPart".into())
    );
    let right = format!(
        "<Part><PartNumber>1</PartNumber><ETag>{etag}</ETag><ChecksumSHA256>{}</ChecksumSHA256></Part>",
        KNOWN[4].1
    );
    let whole = [("x-amz-checksum-sha256", KNOWN[4].1)];
    assert_eq!(
        complete_with(&f, &id, &right, &whole).await.error(),
        (400, "BadDigest".into())
    );
    let size = [("x-amz-mp-object-size", "8")];
    assert_eq!(
        complete_with(&f, &id, &right, &size).await.error(),
        (400, "InvalidRequest".into())
    );
    complete_with(&f, &id, &right, &[("x-amz-mp-object-size", "9")])
        .await
        .ok();
}
