//! Rights that requests need, and users who have them.

use super::{forms, versions::set_versioning};
use crate::support::{Client, Fixture, OTHER};

/// Lets everybody do this with the bucket's objects.
fn allow(actions: &[&str]) -> String {
    let policy = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":ACTIONS,"Resource":"arn:aws:s3:::bucket/*"}}"#;
    policy.replace("ACTIONS", &format!("{actions:?}"))
}

async fn begin(client: &Client, headers: &[(&str, &str)]) -> String {
    let begun = client.post("/bucket/m?uploads", headers, "").await.ok();
    begun.element("UploadId").unwrap()
}

#[tokio::test]
async fn versions_have_rights_of_their_own() {
    const TAGS: &str =
        "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>";
    let f = Fixture::new().await;
    let (c, other) = (&f.client, f.as_user(Some(OTHER)));
    set_versioning(c, "Enabled").await;
    let put = c.put("/bucket/a", &[], "x").await.ok();
    let version = format!("&versionId={}", put.header("x-amz-version-id"));
    let attributes = [("x-amz-object-attributes", "ETag")];
    let private = [("x-amz-acl", "private")];
    for (method, target, headers, body, current, versioned) in [
        (
            "GET",
            "/bucket/a?tagging",
            &[][..],
            "",
            &["s3:GetObjectTagging"][..],
            &["s3:GetObjectVersionTagging"][..],
        ),
        (
            "PUT",
            "/bucket/a?tagging",
            &[],
            TAGS,
            &["s3:PutObjectTagging"],
            &["s3:PutObjectVersionTagging"],
        ),
        (
            "DELETE",
            "/bucket/a?tagging",
            &[],
            "",
            &["s3:DeleteObjectTagging"],
            &["s3:DeleteObjectVersionTagging"],
        ),
        (
            "GET",
            "/bucket/a?acl",
            &[],
            "",
            &["s3:GetObjectAcl"],
            &["s3:GetObjectVersionAcl"],
        ),
        (
            "PUT",
            "/bucket/a?acl",
            &private,
            "",
            &["s3:PutObjectAcl"],
            &["s3:PutObjectVersionAcl"],
        ),
        (
            "GET",
            "/bucket/a?attributes",
            &attributes,
            "",
            &["s3:GetObject", "s3:GetObjectAttributes"],
            &["s3:GetObjectVersion", "s3:GetObjectVersionAttributes"],
        ),
    ] {
        for (target, right, wrong) in [
            (target.to_owned(), current, versioned),
            (format!("{target}{version}"), versioned, current),
        ] {
            let ask = || other.send(method.parse().unwrap(), &target, headers, body);
            c.put("/bucket?policy", &[], allow(wrong)).await.ok();
            assert_eq!(ask().await.status, 403, "{method} {target} with {wrong:?}");
            c.put("/bucket?policy", &[], allow(&right[..1])).await.ok();
            let enough = right.len() == 1;
            assert_eq!(
                ask().await.status < 300,
                enough,
                "{method} {target} with {:?}",
                right[0]
            );
            c.put("/bucket?policy", &[], allow(right)).await.ok();
            ask().await.ok();
        }
    }
}

#[tokio::test]
async fn uploads_need_the_rights_for_what_their_headers_ask() {
    let f = Fixture::without_bucket();
    let (c, other) = (&f.client, f.as_user(Some(OTHER)));
    let lock = [("x-amz-bucket-object-lock-enabled", "true")];
    c.put("/bucket", &lock, "").await.ok();
    c.put("/bucket/source", &[("x-amz-acl", "public-read")], "x")
        .await
        .ok();
    let everybody = r#"uri="http://acs.amazonaws.com/groups/global/AllUsers""#;
    let until = (
        "x-amz-object-lock-retain-until-date",
        "2099-01-01T00:00:00Z",
    );
    for (headers, right) in [
        (&[("x-amz-tagging", "a=b")][..], "s3:PutObjectTagging"),
        (&[("x-amz-acl", "public-read")], "s3:PutObjectAcl"),
        (&[("x-amz-grant-read", everybody)], "s3:PutObjectAcl"),
        (
            &[("x-amz-object-lock-mode", "GOVERNANCE"), until],
            "s3:PutObjectRetention",
        ),
        (
            &[("x-amz-object-lock-legal-hold", "OFF")],
            "s3:PutObjectLegalHold",
        ),
    ] {
        let copy = [headers, &[("x-amz-copy-source", "bucket/source")]].concat();
        // A locked object is put with its digest.
        let upload = [headers, &[("x-amz-checksum-crc32", "jNwWgw==")]].concat();
        for (rights, allowed) in [
            (&["s3:PutObject"][..], false),
            (&["s3:PutObject", right], true),
        ] {
            c.put("/bucket?policy", &[], allow(rights)).await.ok();
            let put = other.put("/bucket/a", &upload, "x").await;
            let copied = other.put("/bucket/a", &copy, "").await;
            let begun = other.post("/bucket/a?uploads", headers, "").await;
            for answer in [put, copied, begun] {
                let status = answer.status;
                assert_eq!(
                    status,
                    if allowed { 200 } else { 403 },
                    "{headers:?} with {rights:?}"
                );
            }
        }
        c.delete("/bucket?policy", &[]).await.ok();
        c.put("/bucket/a", &upload, "x").await.ok();
    }
    let fields = [
        ("key", "a".to_owned()),
        ("x-amz-acl", "public-read".to_owned()),
    ];
    for (rights, expected) in [
        (&["s3:PutObject"][..], 403),
        (&["s3:PutObject", "s3:PutObjectAcl"], 204),
    ] {
        c.put("/bucket?policy", &[], allow(rights)).await.ok();
        let posted = forms::post(&f.as_user(None), &fields, "x").await;
        assert_eq!(posted.status, expected, "{}", posted.text());
    }
    c.delete("/bucket?policy", &[]).await.ok();
    // ACLs let who may write set the ACL of what he writes, but not that of what there is.
    c.put("/bucket?acl", &[("x-amz-acl", "public-read-write")], "")
        .await
        .ok();
    let private = [("x-amz-acl", "private")];
    for who in [&other, &f.as_user(None)] {
        who.put("/bucket/b", &private, "x").await.ok();
        assert_eq!(who.put("/bucket/b?acl", &private, "").await.status, 403);
        let tagged = who.put("/bucket/b", &[("x-amz-tagging", "a=b")], "x").await;
        assert_eq!(tagged.status, 403);
    }
}

/// A part does not repeat the headers by which the policy judges the upload.
#[tokio::test]
async fn conditions_on_headers_hold_for_uploads_in_parts() {
    let f = Fixture::new().await;
    let (c, other) = (&f.client, f.as_user(Some(OTHER)));
    let owned = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":["s3:PutObject","s3:PutObjectAcl"],"Resource":"arn:aws:s3:::bucket/*","Condition":{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}}}}"#;
    let encrypted = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket/*"},{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket/*","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption":"AES256"}}}]}"#;
    for (policy, header) in [
        (owned, ("x-amz-acl", "bucket-owner-full-control")),
        (encrypted, ("x-amz-server-side-encryption", "AES256")),
    ] {
        c.delete("/bucket?policy", &[]).await.ok();
        let without = begin(c, &[]).await;
        c.put("/bucket?policy", &[], policy).await.ok();
        assert_eq!(other.post("/bucket/m?uploads", &[], "").await.status, 403);
        for (id, headers, expected) in [
            (begin(&other, &[header]).await, &[][..], 200),
            (without, &[header], 403),
        ] {
            let upload = format!("/bucket/m?uploadId={id}");
            let part = format!("{upload}&partNumber=1");
            let part = other.put(&part, headers, "x").await;
            assert_eq!(part.status, expected, "{header:?}");
            let parts = format!(
                "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{}</ETag></Part></CompleteMultipartUpload>",
                part.header("etag")
            );
            let done = other.post(&upload, headers, parts).await;
            assert_eq!(done.status, expected, "{header:?}");
        }
    }
}

#[tokio::test]
async fn what_is_missing_is_told_to_those_who_may_list() {
    let f = Fixture::new().await;
    let (c, anonymous, other) = (&f.client, f.as_user(None), f.as_user(Some(OTHER)));
    for (acl, seen) in [
        ("private", [false; 2]),
        ("authenticated-read", [false, true]),
        ("public-read", [true; 2]),
    ] {
        c.put("/bucket?acl", &[("x-amz-acl", acl)], "").await.ok();
        for (who, seen) in [&anonymous, &other].into_iter().zip(seen) {
            let expected = match seen {
                true => (404, "NoSuchKey".to_owned()),
                false => (403, "AccessDenied".to_owned()),
            };
            assert_eq!(
                who.get("/bucket/none", &[]).await.error(),
                expected,
                "{acl}"
            );
            let status = who.head("/bucket/none", &[]).await.status;
            assert_eq!(status, expected.0, "{acl}");
        }
    }
    c.put("/bucket/a", &[], "x").await.ok();
    assert_eq!(anonymous.get("/bucket/a", &[]).await.status, 403);
    other.put("/others", &[], "").await.ok();
    let source = [("x-amz-copy-source", "bucket/none")];
    let copied = other.put("/others/a", &source, "").await;
    assert_eq!(copied.error(), (404, "NoSuchKey".into()));
}

#[tokio::test]
async fn who_began_an_upload_may_list_and_abort_it() {
    let f = Fixture::new().await;
    let (c, other) = (&f.client, f.as_user(Some(OTHER)));
    c.put("/bucket?policy", &[], allow(&["s3:PutObject"]))
        .await
        .ok();
    let (own, of_owner) = (begin(&other, &[]).await, begin(c, &[]).await);
    let target = |id: &str| format!("/bucket/m?uploadId={id}");
    other.get(&target(&own), &[]).await.ok();
    c.get(&target(&own), &[]).await.ok();
    assert_eq!(other.get(&target(&of_owner), &[]).await.status, 403);
    assert_eq!(other.delete(&target(&of_owner), &[]).await.status, 403);
    c.delete("/bucket?policy", &[]).await.ok();
    assert_eq!(other.get(&target(&own), &[]).await.status, 403);
    c.put("/bucket?policy", &[], allow(&["s3:PutObject"]))
        .await
        .ok();
    other.delete(&target(&own), &[]).await.ok();
}
