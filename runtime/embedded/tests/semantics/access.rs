//! Access of owners, other users and the anonymous; canned ACLs and policies.

use crate::support::{Client, Fixture, KEY, OTHER};

async fn statuses(client: &Client) -> [u16; 4] {
    [
        client.get("/bucket/a", &[]).await.status,
        client.get("/bucket", &[]).await.status,
        client.put("/bucket/new", &[], "x").await.status,
        client.get("/bucket?acl", &[]).await.status,
    ]
}

#[tokio::test]
async fn by_default_only_the_owner() {
    let f = Fixture::new().await;
    f.client.put("/bucket/a", &[], "x").await.ok();
    assert_eq!(statuses(&f.client).await, [200; 4]);
    for user in [None, Some(OTHER)] {
        let client = f.as_user(user);
        assert_eq!(statuses(&client).await, [403; 4], "{user:?}");
        assert_eq!(client.get("/bucket/a", &[]).await.error().1, "AccessDenied");
        assert_eq!(client.delete("/bucket/a", &[]).await.status, 403);
        let many = "<Delete><Object><Key>a</Key></Object></Delete>";
        assert_eq!(
            client
                .delete_many(&[], many)
                .await
                .element("Code")
                .as_deref(),
            Some("AccessDenied")
        );
    }
    assert_eq!(f.as_user(None).get("/", &[]).await.status, 403);
    assert_eq!(f.as_user(None).put("/mine", &[], "").await.status, 403);
    assert_eq!(f.client.get("/bucket/a", &[]).await.status, 200);
}

#[tokio::test]
async fn canned_acls() {
    let f = Fixture::new().await;
    let (c, anonymous, other) = (&f.client, f.as_user(None), f.as_user(Some(OTHER)));
    c.put("/bucket/a", &[("x-amz-acl", "public-read")], "x")
        .await
        .ok();
    assert_eq!(statuses(&anonymous).await, [200, 403, 403, 403]);
    assert!(
        c.get("/bucket/a?acl", &[])
            .await
            .text()
            .contains("AllUsers")
    );
    c.put("/bucket/a?acl", &[("x-amz-acl", "authenticated-read")], "")
        .await
        .ok();
    assert_eq!(statuses(&anonymous).await, [403; 4]);
    assert_eq!(statuses(&other).await, [200, 403, 403, 403]);
    c.put("/bucket?acl", &[("x-amz-acl", "public-read")], "")
        .await
        .ok();
    assert_eq!(statuses(&anonymous).await, [403, 200, 403, 403]);
    c.put("/bucket?acl", &[("x-amz-acl", "public-read-write")], "")
        .await
        .ok();
    assert_eq!(statuses(&anonymous).await, [403, 200, 200, 403]);
    assert_eq!(anonymous.delete("/bucket/new", &[]).await.status, 204);
    c.put("/bucket?acl", &[("x-amz-acl", "private")], "")
        .await
        .ok();
    assert_eq!(statuses(&anonymous).await, [403; 4]);
    assert_eq!(
        c.put("/bucket/a", &[("x-amz-acl", "everyone")], "x")
            .await
            .error(),
        (400, "InvalidArgument".into())
    );
}

/// Those whose grantees are Amazon's own, or the owner anyway.
#[tokio::test]
async fn canned_acls_that_let_nobody_in() {
    let f = Fixture::new().await;
    let (c, other) = (&f.client, f.as_user(Some(OTHER)));
    c.put("/bucket/a", &[], "x").await.ok();
    for (target, acl, grants) in [
        (
            "/bucket?acl",
            "log-delivery-write",
            vec!["FULL_CONTROL", "WRITE", "READ_ACP"],
        ),
        ("/bucket?acl", "aws-exec-read", vec!["FULL_CONTROL", "READ"]),
        ("/bucket?acl", "bucket-owner-read", vec!["FULL_CONTROL"]),
        (
            "/bucket/a?acl",
            "aws-exec-read",
            vec!["FULL_CONTROL", "READ"],
        ),
        (
            "/bucket/a?acl",
            "bucket-owner-full-control",
            vec!["FULL_CONTROL"],
        ),
    ] {
        c.put(target, &[("x-amz-acl", acl)], "").await.ok();
        let given = c.get(target, &[]).await.elements("Permission");
        assert_eq!(given, grants, "{acl} on {target}");
        assert_eq!(statuses(&other).await, [403; 4], "{acl} on {target}");
    }
    let refused = c.put("/bucket/a?acl", &[("x-amz-acl", "log-delivery-write")], "");
    assert_eq!(refused.await.error(), (400, "InvalidArgument".into()));
}

#[tokio::test]
async fn policies() {
    let f = Fixture::new().await;
    let (c, anonymous, other) = (&f.client, f.as_user(None), f.as_user(Some(OTHER)));
    c.put("/bucket/a", &[], "x").await.ok();
    assert_eq!(
        c.get("/bucket?policy", &[]).await.error(),
        (404, "NoSuchBucketPolicy".into())
    );
    let read = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::bucket/*"]}]}"#;
    c.put("/bucket?policy", &[], read).await.ok();
    assert_eq!(c.get("/bucket?policy", &[]).await.text(), read);
    assert!(
        c.get("/bucket?policyStatus", &[])
            .await
            .text()
            .to_lowercase()
            .contains("true")
    );
    assert_eq!(statuses(&anonymous).await, [200, 403, 403, 403]);
    // Who may not list learns nothing about what is missing.
    assert_eq!(
        anonymous.get("/bucket/none", &[]).await.error(),
        (403, "AccessDenied".into())
    );
    assert_eq!(
        c.get("/bucket/none", &[]).await.error(),
        (404, "NoSuchKey".into())
    );
    let write = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/OTHER"},"Action":"s3:*","Resource":["arn:aws:s3:::bucket","arn:aws:s3:::bucket/*"]}]}"#;
    c.put("/bucket?policy", &[], write).await.ok();
    assert_eq!(statuses(&anonymous).await, [403; 4]);
    assert_eq!(statuses(&other).await, [200; 4]);
    let deny = r#"{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::bucket","arn:aws:s3:::bucket/*"]}]}"#;
    c.put("/bucket?policy", &[], deny).await.ok();
    assert_eq!(statuses(c).await, [403; 4]);
    assert_eq!(c.delete("/bucket?policy", &[]).await.status, 204);
    assert_eq!(statuses(c).await, [200; 4]);
}

#[tokio::test]
async fn copying_needs_the_right_to_read() {
    let f = Fixture::new().await;
    f.client.put("/bucket/a", &[], "secret").await.ok();
    let other = f.as_user(Some(OTHER));
    other.put("/others", &[], "").await.ok();
    let source = [("x-amz-copy-source", "bucket/a")];
    assert_eq!(
        other.put("/others/a", &source, "").await.error(),
        (403, "AccessDenied".into())
    );
    f.client
        .put("/bucket/a?acl", &[("x-amz-acl", "authenticated-read")], "")
        .await
        .ok();
    other.put("/others/a", &source, "").await.ok();
    assert_eq!(other.get("/others/a", &[]).await.text(), "secret");
}

/// Users are known by their access key, so that is whom a request can expect.
#[tokio::test]
async fn the_owner_that_a_request_expects() {
    let f = Fixture::new().await;
    let c = &f.client;
    let (right, wrong) = (
        [("x-amz-expected-bucket-owner", KEY)],
        [("x-amz-expected-bucket-owner", "111122223333")],
    );
    c.put("/bucket/a", &right, "x").await.ok();
    let denied = (403, "AccessDenied".to_owned());
    assert_eq!(c.put("/bucket/b", &wrong, "x").await.error(), denied);
    assert_eq!(c.get("/bucket/a", &wrong).await.error(), denied);
    assert_eq!(c.get("/bucket", &wrong).await.error(), denied);
    assert_eq!(c.delete("/bucket", &wrong).await.error(), denied);
    let many = "<Delete><Object><Key>a</Key></Object></Delete>";
    assert_eq!(c.delete_many(&wrong, many).await.error(), denied);
    assert_eq!(c.get("/bucket/a", &right).await.text(), "x");

    let source = "x-amz-source-expected-bucket-owner";
    let copy = |owner| [("x-amz-copy-source", "bucket/a"), (source, owner)];
    assert_eq!(
        c.put("/bucket/b", &copy("111122223333"), "").await.error(),
        denied
    );
    c.put("/bucket/b", &copy(KEY), "").await.ok();
    assert_eq!(c.get("/bucket", &[]).await.elements("Key"), ["a", "b"]);
    assert_eq!(
        c.get("/none-such", &wrong).await.error(),
        (404, "NoSuchBucket".into())
    );
}

#[tokio::test]
async fn grants_in_headers() {
    const EVERYBODY: &str = r#"uri="http://acs.amazonaws.com/groups/global/AllUsers""#;
    const AUTHENTICATED: &str =
        r#"uri="http://acs.amazonaws.com/groups/global/AuthenticatedUsers""#;
    let f = Fixture::new().await;
    let (c, anonymous, other) = (&f.client, f.as_user(None), f.as_user(Some(OTHER)));
    let read = |whom| [("x-amz-grant-read", whom)];
    c.put("/bucket/a", &read(EVERYBODY), "x").await.ok();
    assert_eq!(statuses(&anonymous).await, [200, 403, 403, 403]);
    c.put("/bucket/a?acl", &read(AUTHENTICATED), "").await.ok();
    assert_eq!(statuses(&anonymous).await, [403; 4]);
    assert_eq!(statuses(&other).await, [200, 403, 403, 403]);
    let both = format!("{AUTHENTICATED}, {EVERYBODY}");
    c.put("/bucket?acl", &read(&both), "").await.ok();
    assert_eq!(statuses(&anonymous).await, [403, 200, 403, 403]);
    let write = [
        ("x-amz-grant-read", EVERYBODY),
        ("x-amz-grant-write", EVERYBODY),
    ];
    c.put("/open", &write, "").await.ok();
    assert_eq!(anonymous.put("/open/a", &[], "x").await.status, 200);

    let canned = [("x-amz-acl", "private"), ("x-amz-grant-read", EVERYBODY)];
    assert_eq!(
        c.put("/bucket/b", &canned, "x").await.error(),
        (400, "InvalidRequest".into())
    );
    for (header, whom) in [
        ("x-amz-grant-read", r#"id="somebody""#),
        ("x-amz-grant-full-control", EVERYBODY),
        ("x-amz-grant-read-acp", EVERYBODY),
    ] {
        let answer = c.put("/bucket/b", &[(header, whom)], "x").await;
        assert_eq!(answer.error(), (501, "NotImplemented".into()), "{header}");
    }
    assert_eq!(c.get("/bucket", &[]).await.elements("Key"), ["a"]);
}
