//! Buckets: their names, owners and regions.

use crate::support::Fixture;

#[tokio::test]
async fn buckets() {
    let f = Fixture::new().await;
    let other = f.as_user(Some(crate::support::OTHER));
    assert_eq!(
        other.put("/bucket", &[], "").await.error(),
        (409, "BucketAlreadyExists".into())
    );
    for bad in [
        "/UPPER",
        "/ab",
        "/a..b",
        "/192.168.0.1",
        "/-start",
        "/a-s3alias",
    ] {
        assert_eq!(
            f.client.put(bad, &[], "").await.error(),
            (400, "InvalidBucketName".into()),
            "{bad}"
        );
    }
    let xml = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    f.client.put("/europe", &[], xml).await.ok();
    assert_eq!(
        f.client
            .get("/europe?location", &[])
            .await
            .element("LocationConstraint")
            .as_deref(),
        None
    );
    assert!(
        f.client
            .get("/europe?location", &[])
            .await
            .text()
            .contains("eu-west-1")
    );
    assert!(
        !f.client
            .get("/bucket?location", &[])
            .await
            .text()
            .contains("us-east-1")
    );
    assert_eq!(
        f.client
            .head("/europe", &[])
            .await
            .header("x-amz-bucket-region"),
        "eu-west-1"
    );
    assert_eq!(
        f.client.get("/", &[]).await.elements("Name"),
        ["bucket", "europe"]
    );
    assert_eq!(other.get("/", &[]).await.elements("Name"), [""; 0]);
    f.client.put("/bucket/a", &[], "x").await.ok();
    assert_eq!(
        f.client.delete("/bucket", &[]).await.error(),
        (409, "BucketNotEmpty".into())
    );
    f.client.delete("/bucket/a", &[]).await.ok();
    assert_eq!(f.client.delete("/bucket", &[]).await.status, 204);
    assert_eq!(
        f.client.delete("/bucket", &[]).await.error(),
        (404, "NoSuchBucket".into())
    );
}

#[tokio::test]
async fn a_bucket_of_ones_own_created_again() {
    let f = Fixture::new().await;
    let c = &f.client;
    c.put("/bucket/a", &[], "kept").await.ok();
    c.put("/bucket?acl", &[("x-amz-acl", "public-read")], "")
        .await
        .ok();
    assert_eq!(f.as_user(None).get("/bucket", &[]).await.status, 200);
    assert_eq!(c.put("/bucket", &[], "").await.status, 200);
    assert_eq!(c.get("/bucket/a", &[]).await.text(), "kept");
    // The ACL is that of the last creation.
    assert_eq!(f.as_user(None).get("/bucket", &[]).await.status, 403);
    let elsewhere = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    c.put("/there", &[], elsewhere).await.ok();
    assert_eq!(
        c.put("/there", &[], elsewhere).await.error(),
        (409, "BucketAlreadyOwnedByYou".into())
    );
}

#[tokio::test]
async fn where_a_bucket_can_be() {
    let f = Fixture::without_bucket();
    let c = &f.client;
    for (constraint, expected) in [
        ("eu-west-1", (200, "")),
        ("us-gov-west-1", (200, "")),
        ("EU", (200, "")),
        ("us-east-1", (400, "InvalidLocationConstraint")),
        ("mars", (400, "InvalidLocationConstraint")),
        ("eu-west", (400, "InvalidLocationConstraint")),
    ] {
        let document = format!(
            "<CreateBucketConfiguration><LocationConstraint>{constraint}</LocationConstraint></CreateBucketConfiguration>"
        );
        let bucket = format!("/in-{}", constraint.to_lowercase());
        let created = c.put(&bucket, &[], document).await.error();
        assert_eq!((created.0, created.1.as_str()), expected, "{constraint}");
    }
    let head = c.head("/in-eu", &[]).await;
    assert_eq!(head.header("content-type"), "application/xml");
}
