//! Preconditions on reading and writing.

use crate::support::{Fixture, raw::Raw};

#[tokio::test]
async fn conditions_on_reading() {
    let f = Fixture::new().await;
    let etag = f
        .client
        .put("/bucket/a", &[], "hello")
        .await
        .header("etag")
        .to_owned();
    let (past, future) = (
        "Wed, 21 Oct 2015 07:28:00 GMT",
        "Wed, 21 Oct 2099 07:28:00 GMT",
    );
    let wrong = "\"wrong\"";
    for (headers, expected) in [
        (vec![("if-match", etag.as_str())], 200),
        (vec![("if-match", "*")], 200),
        (vec![("if-match", wrong)], 412),
        (vec![("if-none-match", etag.as_str())], 304),
        (vec![("if-none-match", wrong)], 200),
        (vec![("if-modified-since", past)], 200),
        (vec![("if-modified-since", future)], 304),
        (vec![("if-unmodified-since", past)], 412),
        (vec![("if-unmodified-since", future)], 200),
        // If-Match outweighs If-Unmodified-Since, If-None-Match outweighs If-Modified-Since.
        (
            vec![("if-match", etag.as_str()), ("if-unmodified-since", past)],
            200,
        ),
        (
            vec![("if-none-match", wrong), ("if-modified-since", future)],
            200,
        ),
        (
            vec![
                ("if-none-match", etag.as_str()),
                ("if-modified-since", past),
            ],
            304,
        ),
        // 412 is decided before 304.
        (
            vec![("if-match", wrong), ("if-none-match", etag.as_str())],
            412,
        ),
    ] {
        let got = f.client.get("/bucket/a", &headers).await;
        assert_eq!(got.status, expected, "{headers:?}");
        assert_eq!(
            f.client.head("/bucket/a", &headers).await.status,
            expected,
            "HEAD {headers:?}"
        );
        match expected {
            304 => assert_eq!(
                (got.header("etag"), got.body.len()),
                (etag.as_str(), 0),
                "{headers:?}"
            ),
            412 => assert_eq!(got.error().1, "PreconditionFailed"),
            _ => assert_eq!(got.text(), "hello"),
        }
    }
}

#[tokio::test]
async fn conditions_on_writing() {
    let f = Fixture::new().await;
    let c = &f.client;
    assert_eq!(
        c.put("/bucket/a", &[("if-match", "\"x\"")], "1")
            .await
            .error(),
        (404, "NoSuchKey".into())
    );
    let first = c
        .put("/bucket/a", &[("if-none-match", "*")], "1")
        .await
        .ok()
        .header("etag")
        .to_owned();
    assert_eq!(
        c.put("/bucket/a", &[("if-none-match", "*")], "2")
            .await
            .error(),
        (412, "PreconditionFailed".into())
    );
    let second = c
        .put("/bucket/a", &[("if-match", &first)], "2")
        .await
        .ok()
        .header("etag")
        .to_owned();
    assert_eq!(
        c.put("/bucket/a", &[("if-match", &first)], "3")
            .await
            .error(),
        (412, "PreconditionFailed".into())
    );
    assert_eq!(c.get("/bucket/a", &[]).await.text(), "2");
    let copy = [("x-amz-copy-source", "bucket/a"), ("if-none-match", "*")];
    c.put("/bucket/b", &copy, "").await.ok();
    assert_eq!(
        c.put("/bucket/b", &copy, "").await.error(),
        (412, "PreconditionFailed".into())
    );
    assert_eq!(
        c.delete("/bucket/a", &[("if-match", &first)]).await.error(),
        (412, "PreconditionFailed".into())
    );
    assert_eq!(
        c.delete("/bucket/a", &[("if-match", &second)]).await.status,
        204
    );
}

/// An object that is deleted while the one that was to replace it comes in, and one that is replaced.
#[tokio::test(flavor = "multi_thread")]
async fn races_on_writing() {
    let f = Fixture::new().await;
    let c = &f.client;
    f.let_everybody_in().await;
    let etag = c
        .put("/bucket/a", &[], "1")
        .await
        .ok()
        .header("etag")
        .to_owned();
    for condition in [format!("if-match: {etag}"), "if-none-match: *".to_owned()] {
        c.put("/bucket/a", &[], "1").await.ok();
        let upload = Raw::put(&f, "/bucket/a", 1, &condition).until_the_body_is_wanted();
        c.delete("/bucket/a", &[]).await.ok();
        let answer = upload.finish("2");
        assert!(answer.starts_with("HTTP/1.1 409"), "{condition}: {answer}");
        assert!(answer.contains("<Code>ConditionalRequestConflict</Code>"));
        assert_eq!(c.get("/bucket/a", &[]).await.status, 404);
    }

    c.put("/bucket/a", &[], "1").await.ok();
    let upload = Raw::put(&f, "/bucket/a", 1, &format!("if-match: {etag}"));
    let upload = upload.until_the_body_is_wanted();
    c.put("/bucket/a", &[], "other").await.ok();
    let answer = upload.finish("2");
    assert!(answer.starts_with("HTTP/1.1 412"), "{answer}");
    assert_eq!(c.get("/bucket/a", &[]).await.text(), "other");

    // Without a condition the last one wins, as always.
    let upload = Raw::put(&f, "/bucket/a", 1, "x-none: 1").until_the_body_is_wanted();
    c.delete("/bucket/a", &[]).await.ok();
    assert!(upload.finish("2").starts_with("HTTP/1.1 200"));
    assert_eq!(c.get("/bucket/a", &[]).await.text(), "2");
}

/// Conditions of writes; S3 has no others.
#[tokio::test]
async fn a_write_asks_for_one_etag_or_for_none() {
    let f = Fixture::new().await;
    let c = &f.client;
    let etag = c.put("/bucket/a", &[], "1").await.ok();
    let etag = etag.header("etag");
    for headers in [
        &[("if-none-match", etag)][..],
        &[("if-match", "*")],
        &[("if-match", etag), ("if-none-match", "*")],
    ] {
        let refused = c.put("/bucket/a", headers, "2").await;
        assert_eq!(
            refused.error(),
            (501, "NotImplemented".into()),
            "{headers:?}"
        );
    }
    assert_eq!(c.get("/bucket/a", &[]).await.text(), "1");
}

#[tokio::test]
async fn what_is_no_etag_is_nobodys() {
    let f = Fixture::new().await;
    let c = &f.client;
    let etag = c.put("/bucket/a", &[], "1").await.ok();
    let half = &etag.header("etag")[1..];
    assert_eq!(c.get("/bucket/a", &[("if-match", half)]).await.status, 200);
    assert_eq!(
        c.get("/bucket/a", &[("if-none-match", half)]).await.status,
        304
    );
    c.put("/bucket/a", &[("if-match", half)], "1").await.ok();
    for nobodys in ["unknown etag", "", "ü"] {
        let got = c.get("/bucket/a", &[("if-match", nobodys)]).await;
        assert_eq!(got.status, 412, "{nobodys}");
        let put = c.put("/bucket/a", &[("if-match", nobodys)], "2").await;
        assert_eq!(put.error(), (412, "PreconditionFailed".into()), "{nobodys}");
        let copy = [
            ("x-amz-copy-source", "bucket/a"),
            ("x-amz-copy-source-if-none-match", nobodys),
        ];
        c.put("/bucket/b", &copy, "").await.ok();
    }
}
