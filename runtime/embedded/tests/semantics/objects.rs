//! Objects: put, get, head, copy, delete, ranges, metadata.

use crate::support::Fixture;

#[tokio::test]
async fn what_was_put_is_what_is_got() {
    let f = Fixture::new().await;
    let headers = [
        ("content-type", "text/plain"),
        ("cache-control", "max-age=7"),
        ("content-disposition", "inline"),
        ("content-encoding", "gzip"),
        ("content-language", "de"),
        ("expires", "Wed, 21 Oct 2015 07:28:00 GMT"),
        ("x-amz-meta-color", "blue"),
    ];
    let put = f.client.put("/bucket/a", &headers, "hello").await.ok();
    assert_eq!(put.header("etag"), "\"5d41402abc4b2a76b9719d911017c592\"");
    for got in [
        f.client.get("/bucket/a", &[]).await,
        f.client.head("/bucket/a", &[]).await,
    ] {
        assert_eq!(got.status, 200);
        for (name, value) in headers {
            assert_eq!(got.header(name), value, "{name}");
        }
        assert_eq!(got.header("etag"), put.header("etag"));
        assert_eq!(got.header("content-length"), "5");
        assert_eq!(got.header("accept-ranges"), "bytes");
        assert!(!got.header("last-modified").is_empty());
        assert!(!got.header("x-amz-request-id").is_empty());
    }
    assert_eq!(f.client.get("/bucket/a", &[]).await.text(), "hello");
    let overridden = f
        .client
        .get("/bucket/a?response-content-type=text%2Fcsv", &[])
        .await;
    assert_eq!(overridden.header("content-type"), "text/csv");
}

/// Kept as it is, as many write to say that something is not to be kept.
#[tokio::test]
async fn an_expiry_that_is_no_date() {
    let f = Fixture::new().await;
    let c = &f.client;
    for text in ["0", "-1", "never"] {
        c.put("/bucket/a", &[("expires", text)], "x").await.ok();
        let copy = [("x-amz-copy-source", "bucket/a")];
        c.put("/bucket/b", &copy, "").await.ok();
        for key in ["a", "b"] {
            let target = format!("/bucket/{key}");
            assert_eq!(c.get(&target, &[]).await.header("expires"), text);
            assert_eq!(c.head(&target, &[]).await.header("expires"), text);
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let f = Fixture::new().await;
    assert_eq!(
        f.client.get("/bucket/none", &[]).await.error(),
        (404, "NoSuchKey".into())
    );
    assert_eq!(
        f.client.get("/none-such/none", &[]).await.error(),
        (404, "NoSuchBucket".into())
    );
    assert_eq!(
        f.client.put("/none-such/none", &[], "x").await.error(),
        (404, "NoSuchBucket".into())
    );
    assert_eq!(f.client.head("/bucket/none", &[]).await.status, 404);
    assert_eq!(f.client.head("/none-such", &[]).await.status, 404);
    assert_eq!(f.client.delete("/bucket/none", &[]).await.status, 204);
    assert_eq!(
        f.client.delete("/none-such/none", &[]).await.error(),
        (404, "NoSuchBucket".into())
    );
}

#[tokio::test]
async fn a_version_that_is_none() {
    let f = Fixture::new().await;
    let c = &f.client;
    c.put("/bucket/a", &[], "x").await.ok();
    let nobodys = "0".repeat(32);
    for (id, get, delete) in [
        (nobodys.as_str(), (404, "NoSuchVersion"), (204, "")),
        ("xyz", (400, "InvalidArgument"), (400, "InvalidArgument")),
    ] {
        let target = format!("/bucket/a?versionId={id}");
        for (answer, (status, code)) in [
            (c.get(&target, &[]).await, get),
            (c.get(&format!("{target}&tagging"), &[]).await, get),
            (c.delete(&target, &[]).await, delete),
        ] {
            assert_eq!(answer.error(), (status, code.to_owned()), "{id}");
        }
        let source = format!("bucket/a?versionId={id}");
        let copy = [("x-amz-copy-source", source.as_str())];
        let copied = c.put("/bucket/b", &copy, "").await;
        assert_eq!(copied.error(), (get.0, get.1.to_owned()), "{id}");
    }
    let listed = c.get("/bucket?versions&key-marker=a&version-id-marker=xyz", &[]);
    assert_eq!(listed.await.error(), (400, "InvalidArgument".into()));
    let many = "<Delete><Object><Key>a</Key><VersionId>xyz</VersionId></Object></Delete>";
    let deleted = c.delete_many(&[], many).await.ok();
    assert_eq!(deleted.element("Code").as_deref(), Some("NoSuchVersion"));
    assert_eq!(c.get("/bucket/a", &[]).await.text(), "x");
}

/// One that is one's own already can be created again in the oldest region, and only there.
/// Malformed and multiple ranges are ignored (RFC 9110, section 14.2), after rights are checked.
#[tokio::test]
async fn ranges_that_are_ignored() {
    let f = Fixture::new().await;
    f.client.put("/bucket/a%20b", &[], "0123456789").await.ok();
    for range in [
        "bytes=0-1,4-5",
        "bytes=5-3",
        "bytes=a-b",
        "bytes=",
        "bytes 0-1",
        "items=0-1",
    ] {
        let header = [("range", range)];
        let got = f.client.get("/bucket/a%20b", &header).await;
        assert_eq!(
            (got.status, got.text().as_str(), got.header("content-range")),
            (200, "0123456789", ""),
            "{range}"
        );
        let head = f.client.head("/bucket/a%20b", &header).await;
        assert_eq!(
            (head.status, head.header("content-length")),
            (200, "10"),
            "HEAD {range}"
        );
        for user in [None, Some(("KEY", "WRONG")), Some(crate::support::OTHER)] {
            let refused = f.as_user(user).get("/bucket/a%20b", &header).await;
            assert_eq!(refused.status, 403, "{range} {user:?}");
        }
        let missing = f.client.get("/bucket/none", &header).await;
        assert_eq!(missing.error(), (404, "NoSuchKey".into()), "{range}");
    }
}

#[tokio::test]
async fn ranges() {
    let f = Fixture::new().await;
    f.client.put("/bucket/a", &[], "0123456789").await.ok();
    for (range, text, content_range) in [
        ("bytes=0-3", "0123", "bytes 0-3/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-4", "6789", "bytes 6-9/10"),
        ("bytes=5-100", "56789", "bytes 5-9/10"),
        ("bytes=-100", "0123456789", "bytes 0-9/10"),
    ] {
        let got = f.client.get("/bucket/a", &[("range", range)]).await;
        assert_eq!(
            (got.status, got.text().as_str(), got.header("content-range")),
            (206, text, content_range),
            "{range}"
        );
        let head = f.client.head("/bucket/a", &[("range", range)]).await;
        assert_eq!(
            (head.status, head.header("content-range")),
            (206, content_range),
            "HEAD {range}"
        );
    }
    for range in ["bytes=10-", "bytes=10-20", "bytes=-0"] {
        let got = f.client.get("/bucket/a", &[("range", range)]).await;
        assert_eq!(got.error(), (416, "InvalidRange".into()), "{range}");
    }
    f.client.put("/bucket/empty", &[], "").await.ok();
    assert_eq!(
        f.client
            .get("/bucket/empty", &[("range", "bytes=0-")])
            .await
            .status,
        416
    );
    assert_eq!(
        f.client
            .get("/bucket/empty", &[])
            .await
            .header("content-length"),
        "0"
    );
}

#[tokio::test]
async fn copies() {
    let f = Fixture::new().await;
    let c = &f.client;
    let headers = [
        ("content-type", "text/plain"),
        ("x-amz-meta-a", "1"),
        ("x-amz-tagging", "t=1"),
    ];
    let put = c.put("/bucket/a%20b", &headers, "hello").await.ok();
    let copied = c
        .put(
            "/bucket/copy",
            &[("x-amz-copy-source", "/bucket/a%20b")],
            "",
        )
        .await
        .ok();
    assert_eq!(
        copied.element("ETag").unwrap().replace("&quot;", "\""),
        put.header("etag")
    );
    let got = c.get("/bucket/copy", &[]).await;
    assert_eq!(
        (
            got.text().as_str(),
            got.header("content-type"),
            got.header("x-amz-meta-a")
        ),
        ("hello", "text/plain", "1")
    );
    assert_eq!(
        c.get("/bucket/copy?tagging", &[]).await.elements("Key"),
        ["t"]
    );
    let replace = [
        ("x-amz-copy-source", "bucket/a%20b"),
        ("x-amz-metadata-directive", "REPLACE"),
        ("x-amz-tagging-directive", "REPLACE"),
        ("x-amz-meta-b", "2"),
    ];
    c.put("/bucket/replaced", &replace, "").await.ok();
    let got = c.head("/bucket/replaced", &[]).await;
    assert_eq!(
        (got.header("x-amz-meta-a"), got.header("x-amz-meta-b")),
        ("", "2")
    );
    assert_eq!(
        c.get("/bucket/replaced?tagging", &[]).await.elements("Key"),
        [""; 0]
    );
    let itself = c
        .put("/bucket/copy", &[("x-amz-copy-source", "bucket/copy")], "")
        .await;
    assert_eq!(itself.error(), (400, "InvalidRequest".into()));
    let missing = c
        .put("/bucket/x", &[("x-amz-copy-source", "bucket/none")], "")
        .await;
    assert_eq!(missing.error(), (404, "NoSuchKey".into()));
    let etag = put.header("etag");
    for (name, value, expected) in [
        ("x-amz-copy-source-if-match", etag, 200),
        ("x-amz-copy-source-if-match", "\"x\"", 412),
        ("x-amz-copy-source-if-none-match", etag, 412),
        (
            "x-amz-copy-source-if-modified-since",
            "Wed, 21 Oct 2099 07:28:00 GMT",
            412,
        ),
        (
            "x-amz-copy-source-if-unmodified-since",
            "Wed, 21 Oct 2015 07:28:00 GMT",
            412,
        ),
    ] {
        let copy = c
            .put(
                "/bucket/y",
                &[("x-amz-copy-source", "bucket/a%20b"), (name, value)],
                "",
            )
            .await;
        assert_eq!(copy.status, expected, "{name}: {value}");
    }
}

#[tokio::test]
async fn deletes_many() {
    let f = Fixture::new().await;
    for key in ["a", "b", "c%26d"] {
        f.client.put(&format!("/bucket/{key}"), &[], "x").await.ok();
    }
    let xml = "<Delete><Object><Key>a</Key></Object><Object><Key>c&amp;d</Key></Object><Object><Key>none</Key></Object></Delete>";
    let deleted = f.client.delete_many(&[], xml).await.ok();
    assert_eq!(deleted.elements("Key"), ["a", "c&amp;d", "none"]);
    assert_eq!(f.client.get("/bucket", &[]).await.elements("Key"), ["b"]);
    let quiet = "<Delete><Quiet>true</Quiet><Object><Key>b</Key></Object></Delete>";
    assert_eq!(
        f.client.delete_many(&[], quiet).await.ok().elements("Key"),
        [""; 0]
    );
    assert_eq!(f.client.get("/bucket", &[]).await.elements("Key"), [""; 0]);
    let wrong = [("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==")];
    assert_eq!(
        f.client.post("/bucket?delete", &wrong, quiet).await.error(),
        (400, "BadDigest".into())
    );
}

#[tokio::test]
async fn nothing_has_no_last_bytes() {
    let f = Fixture::new().await;
    f.client.put("/bucket/empty", &[], "").await.ok();
    for range in ["bytes=-5", "bytes=0-", "bytes=-0"] {
        let got = f.client.get("/bucket/empty", &[("range", range)]).await;
        assert_eq!(got.error(), (416, "InvalidRange".into()), "{range}");
        let head = f.client.head("/bucket/empty", &[("range", range)]).await;
        assert_eq!(head.status, 416, "{range}");
    }
}
