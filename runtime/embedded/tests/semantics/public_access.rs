//! Settings that close a bucket which an ACL or a policy would open.

use crate::support::{Client, Fixture, OTHER};

const OPEN: &str = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}}"#;

async fn block(c: &Client, setting: &str) {
    let block = format!(
        "<PublicAccessBlockConfiguration><{setting}>true</{setting}></PublicAccessBlockConfiguration>"
    );
    c.put("/bucket?publicAccessBlock", &[], block).await.ok();
}

#[tokio::test]
async fn the_public_access_block() {
    let f = Fixture::new().await;
    let (c, anonymous) = (&f.client, f.as_user(None));
    let denied = (403, "AccessDenied".to_owned());
    let missing = c.get("/bucket?publicAccessBlock", &[]).await;
    assert_eq!(
        missing.error(),
        (404, "NoSuchPublicAccessBlockConfiguration".into())
    );
    let public = [("x-amz-acl", "public-read")];
    c.put("/bucket/a", &public, "x").await.ok();
    assert_eq!(anonymous.get("/bucket/a", &[]).await.text(), "x");

    block(c, "IgnorePublicAcls").await;
    assert_eq!(anonymous.get("/bucket/a", &[]).await.error(), denied);
    c.put("/bucket/a", &public, "y").await.ok();
    let got = c.get("/bucket?publicAccessBlock", &[]).await.ok();
    let settings = ["IgnorePublicAcls", "BlockPublicAcls"].map(|name| got.element(name).unwrap());
    assert_eq!(settings, ["true", "false"]);

    block(c, "BlockPublicAcls").await;
    assert_eq!(anonymous.get("/bucket/a", &[]).await.text(), "y");
    let everybody = [(
        "x-amz-grant-read",
        r#"uri="http://acs.amazonaws.com/groups/global/AllUsers""#,
    )];
    for headers in [public, [("x-amz-acl", "authenticated-read")], everybody] {
        for target in ["/bucket/b", "/bucket/a?acl", "/bucket?acl"] {
            let refused = c.put(target, &headers, "").await;
            assert_eq!(refused.error(), denied, "{target} {headers:?}");
        }
        let begun = c.post("/bucket/b?uploads", &headers, "").await;
        assert_eq!(begun.error(), denied, "{headers:?}");
    }
    c.put("/bucket/b", &[("x-amz-acl", "private")], "x")
        .await
        .ok();

    block(c, "BlockPublicPolicy").await;
    assert_eq!(c.put("/bucket?policy", &[], OPEN).await.error(), denied);
    block(c, "RestrictPublicBuckets").await;
    c.put("/bucket?policy", &[], OPEN).await.ok();
    let other = f.as_user(Some(OTHER));
    assert_eq!(other.get("/bucket/b", &[]).await.error(), denied);
    assert_eq!(c.get("/bucket/b", &[]).await.text(), "x");

    assert_eq!(c.delete("/bucket?publicAccessBlock", &[]).await.status, 204);
    assert_eq!(other.get("/bucket/b", &[]).await.text(), "x");
}

#[tokio::test]
async fn a_bucket_without_acls() {
    let f = Fixture::new().await;
    let (c, anonymous) = (&f.client, f.as_user(None));
    let missing = c.get("/bucket?ownershipControls", &[]).await;
    assert_eq!(
        missing.error(),
        (404, "OwnershipControlsNotFoundError".into())
    );
    c.put("/bucket/a", &[("x-amz-acl", "public-read")], "x")
        .await
        .ok();
    let controls = |ownership: &str| {
        format!(
            "<OwnershipControls><Rule><ObjectOwnership>{ownership}</ObjectOwnership></Rule></OwnershipControls>"
        )
    };
    let nonsense = c
        .put("/bucket?ownershipControls", &[], controls("Mine"))
        .await;
    assert_eq!(nonsense.error(), (400, "MalformedXML".into()));
    c.put(
        "/bucket?ownershipControls",
        &[],
        controls("BucketOwnerEnforced"),
    )
    .await
    .ok();
    let got = c.get("/bucket?ownershipControls", &[]).await.ok();
    assert_eq!(
        got.element("ObjectOwnership").as_deref(),
        Some("BucketOwnerEnforced")
    );
    assert_eq!(anonymous.get("/bucket/a", &[]).await.status, 403);
    for acl in ["public-read", "private"] {
        let refused = c.put("/bucket/b", &[("x-amz-acl", acl)], "x").await;
        assert_eq!(
            refused.error(),
            (400, "AccessControlListNotSupported".into()),
            "{acl}"
        );
    }
    for acl in ["bucket-owner-full-control", ""] {
        c.put("/bucket/b", &[("x-amz-acl", acl)], "x").await.ok();
    }
    assert_eq!(c.delete("/bucket?ownershipControls", &[]).await.status, 204);
    assert_eq!(anonymous.get("/bucket/a", &[]).await.text(), "x");

    let enforced = ("x-amz-object-ownership", "BucketOwnerEnforced");
    let both = c
        .put("/both", &[enforced, ("x-amz-acl", "public-read")], "")
        .await;
    assert_eq!(
        both.error(),
        (400, "InvalidBucketAclWithObjectOwnership".into())
    );
    c.put("/enforced", &[enforced], "").await.ok();
    let refused = c
        .put("/enforced/a", &[("x-amz-acl", "public-read")], "x")
        .await;
    assert_eq!(
        refused.error(),
        (400, "AccessControlListNotSupported".into())
    );
}
