//! The edges: how much is too much, which keys there are, what is not there.

use crate::support::{Fixture, raw::Raw};
use http::Method;

#[tokio::test]
async fn limits() {
    let f = Fixture::new().await;
    let longest = "k".repeat(1024);
    f.client
        .put(&format!("/bucket/{longest}"), &[], "x")
        .await
        .ok();
    let too_long = f.client.put(&format!("/bucket/{longest}k"), &[], "x").await;
    assert_eq!(too_long.error(), (400, "KeyTooLongError".into()));
    let fits = "v".repeat(2048 - 1);
    f.client
        .put("/bucket/m", &[("x-amz-meta-k", &fits)], "x")
        .await
        .ok();
    let too_much = f
        .client
        .put("/bucket/m", &[("x-amz-meta-k", &format!("{fits}v"))], "x")
        .await;
    assert_eq!(too_much.error(), (400, "MetadataTooLarge".into()));
    let tags = |count| {
        (0..count)
            .map(|tag| format!("t{tag}=v"))
            .collect::<Vec<_>>()
            .join("&")
    };
    f.client
        .put("/bucket/t", &[("x-amz-tagging", &tags(10))], "x")
        .await
        .ok();
    assert_eq!(
        f.client
            .put("/bucket/t", &[("x-amz-tagging", &tags(11))], "x")
            .await
            .error(),
        (400, "BadRequest".into())
    );
    assert_eq!(
        f.client
            .get("/bucket/t", &[])
            .await
            .header("x-amz-tagging-count"),
        "10"
    );
}

/// 5 GiB go into one request. Nobody sends as much: the length that is announced is enough.
#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_request_may_carry() {
    let f = Fixture::new().await;
    f.let_everybody_in().await;
    let id = f.client.post("/bucket/b?uploads", &[], "").await.ok();
    let id = id.element("UploadId").unwrap();
    let part = format!("/bucket/b?partNumber=1&uploadId={id}");
    for target in ["/bucket/a", &part] {
        let answer = Raw::put(&f, target, (5 << 30) + 1, "x-none: 1").finish("");
        assert!(answer.starts_with("HTTP/1.1 400"), "{target}: {answer}");
        assert!(answer.contains("<Code>EntityTooLarge</Code>"), "{answer}");
        // Just as much as there may be is waited for.
        Raw::put(&f, target, 5 << 30, "x-none: 1").until_the_body_is_wanted();
    }
}

/// Errors that the protocol layer raises without a text.
#[tokio::test]
async fn every_error_has_a_text() {
    let f = Fixture::new().await;
    let wrong = f.as_user(Some(("KEY", "WRONG")));
    for (answer, error) in [
        (
            wrong.get("/bucket", &[]).await,
            (403, "SignatureDoesNotMatch"),
        ),
        (
            f.client.put("/UPPER", &[], "").await,
            (400, "InvalidBucketName"),
        ),
        (
            f.client
                .put(&format!("/bucket/{}", "k".repeat(1025)), &[], "")
                .await,
            (400, "KeyTooLongError"),
        ),
        (
            f.client.delete_many(&[], "").await,
            (400, "MissingRequestBodyError"),
        ),
    ] {
        assert_eq!(answer.error(), (error.0, error.1.to_owned()));
        let text = answer.element("Message").unwrap_or_default();
        assert!(!text.is_empty(), "{error:?}: {}", answer.text());
    }
}

/// `..` and the like, which clients resolve before they send: these requests are written by hand.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_a_string_and_not_a_path() {
    let f = Fixture::new().await;
    f.let_everybody_in().await;
    let raw = |method: &str, target: &str, body: &str| {
        let length = format!("content-length: {}", body.len());
        let headers = ["connection: close", &length];
        Raw::send(&f, &format!("{method} {target}"), &headers).finish(body)
    };
    let keys = [
        ("..", ".."),
        (".", "."),
        ("a/../b", "a/../b"),
        ("%2Fabs", "/abs"),
        ("a//b", "a//b"),
        ("a/", "a/"),
        ("a%20b+c%25", "a b+c%"),
        ("%F0%9F%A6%80/%C3%BC", "🦀/ü"),
    ];
    for (encoded, key) in keys {
        let put = raw("PUT", &format!("/bucket/{encoded}"), key);
        assert!(put.starts_with("HTTP/1.1 200"), "{put}");
    }
    for (encoded, key) in keys {
        let got = raw("GET", &format!("/bucket/{encoded}"), "");
        assert!(got.ends_with(&format!("\r\n\r\n{key}")), "{got}");
    }
    let mut expected = keys.map(|(_, key)| key.to_owned());
    expected.sort();
    assert_eq!(f.client.get("/bucket", &[]).await.elements("Key"), expected);
}

#[tokio::test]
async fn what_is_not_implemented_says_so_and_changes_nothing() {
    let f = Fixture::new().await;
    let c = &f.client;
    for (method, path, headers, operation) in [
        (Method::GET, "/bucket?website", vec![], "GetBucketWebsite"),
        (
            Method::PUT,
            "/bucket?replication",
            vec![],
            "PutBucketReplication",
        ),
        (Method::GET, "/bucket/a?torrent", vec![], "GetObjectTorrent"),
        (Method::POST, "/bucket/a?restore", vec![], "RestoreObject"),
        (
            Method::PUT,
            "/bucket/b?renameObject",
            vec![("x-amz-rename-source", "a")],
            "RenameObject",
        ),
        (
            Method::PUT,
            "/bucket/a",
            vec![("x-amz-write-offset-bytes", "1")],
            "x-amz-write-offset-bytes",
        ),
        (
            Method::PUT,
            "/bucket/a",
            vec![("x-amz-grant-read", "id=1")],
            "x-amz-grant",
        ),
    ] {
        let answer = c.send(method, path, &headers, "").await;
        assert_eq!(
            answer.error(),
            (501, "NotImplemented".into()),
            "{path}: {}",
            answer.text()
        );
        assert!(
            answer.element("Message").unwrap().contains(operation),
            "{}",
            answer.text()
        );
    }
    assert_eq!(c.get("/bucket", &[]).await.elements("Key"), [""; 0]);
}

/// It is no document, which could not be as long.
#[tokio::test]
async fn a_put_with_a_query_that_means_nothing_is_that_of_the_object() {
    let f = Fixture::new().await;
    let body = bytes::Bytes::from(vec![7; 21 << 20]);
    let put = f.client.put("/bucket/a?colour=blue", &[], body.clone());
    put.await.ok();
    assert_eq!(f.client.get("/bucket/a", &[]).await.body, body);
}

#[tokio::test]
async fn storage_classes() {
    let f = Fixture::new().await;
    let c = &f.client;
    const NAME: &str = "x-amz-storage-class";
    for (class, shown) in [("STANDARD", ""), ("STANDARD_IA", "STANDARD_IA")] {
        c.put("/bucket/a", &[(NAME, class)], "x").await.ok();
        assert_eq!(c.get("/bucket/a", &[]).await.header(NAME), shown);
        let listed = c.get("/bucket", &[]).await;
        assert_eq!(listed.element("StorageClass").as_deref(), Some(class));
    }
    let unknown = c.put("/bucket/a", &[(NAME, "COSY")], "y").await;
    assert_eq!(unknown.error(), (400, "InvalidStorageClass".into()));
    assert_eq!(c.get("/bucket/a", &[]).await.text(), "x");

    c.put("/bucket/a", &[(NAME, "GLACIER")], "x").await.ok();
    let archived = (403, "InvalidObjectState".to_owned());
    assert_eq!(c.get("/bucket/a", &[]).await.error(), archived);
    let copy = [("x-amz-copy-source", "bucket/a")];
    assert_eq!(c.put("/bucket/b", &copy, "").await.error(), archived);
    assert_eq!(c.head("/bucket/a", &[]).await.header(NAME), "GLACIER");
}
