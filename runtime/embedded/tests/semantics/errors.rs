//! Details of errors besides their code.

use super::versions::set_versioning;
use crate::support::{Fixture, raw::Raw};

#[tokio::test]
async fn an_error_names_what_it_is_about() {
    let f = Fixture::new().await;
    let c = &f.client;
    let nobodys = "0".repeat(32);
    let version = format!("/bucket/a%2Bb/c?versionId={nobodys}");
    let copy = [("x-amz-copy-source", "/bucket/no%20thing")];
    c.put("/bucket/a", &[], "x").await.ok();
    for (answer, code, details) in [
        (
            c.get("/none-such", &[]).await,
            "NoSuchBucket",
            vec![("BucketName", "none-such")],
        ),
        (
            c.delete("/bucket", &[]).await,
            "BucketNotEmpty",
            vec![("BucketName", "bucket")],
        ),
        (
            c.get("/bucket?tagging", &[]).await,
            "NoSuchTagSet",
            vec![("BucketName", "bucket")],
        ),
        (
            c.get("/bucket/b%26c/%C3%BC", &[]).await,
            "NoSuchKey",
            vec![("Key", "b&amp;c/ü")],
        ),
        (
            c.put("/bucket/b", &copy, "").await,
            "NoSuchKey",
            vec![("Key", "no thing")],
        ),
        (
            c.get(&version, &[]).await,
            "NoSuchVersion",
            vec![("Key", "a+b/c"), ("VersionId", &nobodys)],
        ),
        (
            c.get("/bucket/a?uploadId=u", &[]).await,
            "NoSuchUpload",
            vec![("UploadId", "u")],
        ),
        (
            c.get("/bucket/a", &[("range", "bytes=7-")]).await,
            "InvalidRange",
            vec![("RangeRequested", "bytes=7-"), ("ActualObjectSize", "1")],
        ),
        (
            c.get("/bucket/%01", &[]).await,
            "NoSuchKey",
            vec![("Key", "\u{fffd}")],
        ),
    ] {
        assert_eq!(answer.error().1, code);
        assert_eq!(answer.header("content-type"), "application/xml", "{code}");
        for (name, value) in details {
            assert_eq!(answer.element(name).as_deref(), Some(value), "{code}");
        }
        let ids = ["RequestId", "HostId"].map(|name| answer.element(name).unwrap());
        let headers = ["x-amz-request-id", "x-amz-id-2"].map(|name| answer.header(name));
        assert_eq!(ids, headers, "{code}");
    }
}

#[tokio::test]
async fn a_failed_condition_is_named() {
    let f = Fixture::new().await;
    let c = &f.client;
    c.put("/bucket/a", &[], "x").await.ok();
    let long_ago = "Thu, 01 Jan 2015 00:00:00 GMT";
    let copy = ("x-amz-copy-source", "bucket/a");
    for (answer, condition) in [
        (
            c.put("/bucket/a", &[("if-none-match", "*")], "y").await,
            "If-None-Match",
        ),
        (
            c.put("/bucket/a", &[("if-match", "\"e\"")], "y").await,
            "If-Match",
        ),
        (
            c.get("/bucket/a", &[("if-unmodified-since", long_ago)])
                .await,
            "If-Unmodified-Since",
        ),
        (
            c.put(
                "/bucket/b",
                &[copy, ("x-amz-copy-source-if-match", "\"e\"")],
                "",
            )
            .await,
            "x-amz-copy-source-If-Match",
        ),
        (
            c.put(
                "/bucket/b",
                &[copy, ("x-amz-copy-source-if-unmodified-since", long_ago)],
                "",
            )
            .await,
            "x-amz-copy-source-If-Unmodified-Since",
        ),
    ] {
        assert_eq!(answer.error(), (412, "PreconditionFailed".into()));
        assert_eq!(answer.element("Condition").as_deref(), Some(condition));
        let text = "At least one of the pre-conditions you specified did not hold";
        assert_eq!(answer.element("Message").as_deref(), Some(text));
        // How the name came here is nobody's business.
        assert_eq!(answer.header("x-s3-test-element"), "");
    }
}

#[tokio::test]
async fn a_delete_marker_can_only_be_deleted() {
    let f = Fixture::new().await;
    let c = &f.client;
    set_versioning(c, "Enabled").await;
    c.put("/bucket/a", &[], "x").await.ok();
    let deleted = c.delete("/bucket/a", &[]).await.ok();
    let marker = deleted.header("x-amz-version-id");
    let got = c.get(&format!("/bucket/a?versionId={marker}"), &[]).await;
    assert_eq!(got.error(), (405, "MethodNotAllowed".into()));
    let details = ["Method", "ResourceType"].map(|name| got.element(name).unwrap());
    assert_eq!(details, ["GET", "DeleteMarker"]);
    assert_eq!(
        (got.header("allow"), got.header("x-amz-delete-marker")),
        ("DELETE", "true")
    );

    let source = format!("bucket/a?versionId={marker}");
    let copy = c
        .put("/bucket/b", &[("x-amz-copy-source", &source)], "")
        .await;
    assert_eq!(copy.error(), (400, "InvalidRequest".into()));
}

/// The protocol says nothing about what comes next on such a connection: the body, or another request.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_ends_with_an_upload_that_was_refused_before_its_body() {
    let f = Fixture::new().await;
    let headers = ["expect: 100-continue", "content-length: 3"];
    let answer = Raw::send(&f, "PUT /none-such/a", &headers).finish("");
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_says_how_long_it_is() {
    let f = Fixture::new().await;
    f.let_everybody_in().await;
    let id = f.client.post("/bucket/a?uploads", &[], "").await.ok();
    let part = format!(
        "PUT /bucket/a?partNumber=1&uploadId={}",
        id.element("UploadId").unwrap()
    );
    for start in ["PUT /bucket/a", &part] {
        let answer = Raw::send(&f, start, &["connection: close"]).finish("");
        assert!(answer.starts_with("HTTP/1.1 411"), "{answer}");
        assert!(
            answer.contains("<Code>MissingContentLength</Code>"),
            "{answer}"
        );
        let chunked = ["connection: close", "transfer-encoding: chunked"];
        let answer = Raw::send(&f, start, &chunked).finish("1\r\nx\r\n0\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 501"), "{answer}");
        assert!(answer.contains("Transfer-Encoding"), "{answer}");
    }
    assert_eq!(f.client.get("/bucket/a", &[]).await.status, 404);
}
