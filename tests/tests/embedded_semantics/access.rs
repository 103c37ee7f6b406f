//! Who may do what: owners, other users, the anonymous; canned ACLs and policies.

use crate::embedded_support::{Client, Fixture, OTHER};

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
                .post("/bucket?delete", &[], many)
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
    assert_eq!(
        c.put("/bucket?policy", &[], "{").await.error(),
        (400, "MalformedPolicy".into())
    );
    let date = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2030-01-01"}}}}"#;
    assert_eq!(
        c.put("/bucket?policy", &[], date).await.error(),
        (501, "NotImplemented".into())
    );
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
