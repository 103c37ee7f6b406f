//! Requests that are written so that what looks at them first sees something else than what acts on them.

use super::{forms, versions::set_versioning};
use crate::support::{Answer, Client, Fixture, OTHER};
use http::Method;

const PUBLIC: [(&str, &str); 1] = [("x-amz-acl", "public-read")];

async fn allow_all_but(c: &Client, denied: &str) {
    let policy = format!(
        r#"{{"Statement":[{{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::bucket","arn:aws:s3:::bucket/*"]}},{{"Effect":"Deny","Principal":{{"AWS":"OTHER"}},{denied}}}]}}"#
    );
    c.put("/bucket?policy", &[], policy).await.ok();
}

fn assert_denied(answer: &Answer) {
    let denied = (403, "AccessDenied".to_owned());
    assert_eq!(answer.error(), denied, "{}", answer.text());
}

/// To the operations it is none.
#[tokio::test]
async fn an_empty_version() {
    let f = Fixture::new().await;
    let (c, anonymous, other) = (&f.client, f.as_user(None), f.as_user(Some(OTHER)));
    c.put("/bucket?acl", &PUBLIC, "").await.ok();
    c.put("/bucket/a", &[], "secret").await.ok();
    assert_denied(&anonymous.get("/bucket/a?versionId=", &[]).await);
    let denied =
        r#""Action":["s3:GetObject","s3:DeleteObject"],"Resource":"arn:aws:s3:::bucket/*""#;
    allow_all_but(c, denied).await;
    assert_denied(&other.get("/bucket/a?versionId=", &[]).await);
    assert_denied(&other.delete("/bucket/a?versionId=", &[]).await);
    assert_eq!(c.get("/bucket/a", &[]).await.text(), "secret");
}

#[tokio::test]
async fn a_version_in_a_condition() {
    let f = Fixture::new().await;
    let (c, other) = (&f.client, f.as_user(Some(OTHER)));
    set_versioning(c, "Enabled").await;
    let id = c.put("/bucket/a", &[], "x").await.ok();
    let id = id.header("x-amz-version-id");
    let denied = format!(
        r#""Action":"s3:GetObjectVersion","Resource":"arn:aws:s3:::bucket/*","Condition":{{"StringEquals":{{"s3:VersionId":"{id}"}}}}"#
    );
    allow_all_but(c, &denied).await;
    let target = format!("/bucket/a?versionId={id}");
    assert_denied(&other.get(&target, &[]).await);
    let source = format!("bucket/a?versionId={id}");
    let copy = [("x-amz-copy-source", source.as_str())];
    assert_denied(&other.put("/bucket/b", &copy, "").await);
    assert_eq!(other.get("/bucket/a", &[]).await.text(), "x");
}

/// Only what goes on with an upload is judged by what it was begun with.
#[tokio::test]
async fn an_upload_that_is_not_gone_on_with() {
    let f = Fixture::new().await;
    let (c, other) = (&f.client, f.as_user(Some(OTHER)));
    let denied = r#""Action":["s3:PutObject","s3:PutObjectAcl"],"Resource":"arn:aws:s3:::bucket/*","Condition":{"StringLike":{"s3:x-amz-acl":"public*"}}"#;
    allow_all_but(c, denied).await;
    let id = other.post("/bucket/a?uploads", &[], "").await.ok();
    let id = id.element("UploadId").unwrap();
    for target in [
        format!("/bucket/a?uploadId={id}"),
        format!("/bucket/a?acl&uploadId={id}"),
    ] {
        assert_denied(&other.put(&target, &PUBLIC, "x").await);
    }
}

#[tokio::test]
async fn a_policy_holds_when_an_upload_is_completed_again() {
    let f = Fixture::new().await;
    let (c, other) = (&f.client, f.as_user(Some(OTHER)));
    let denied = r#""Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket/*","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}"#;
    allow_all_but(c, denied).await;
    let kms = [("x-amz-server-side-encryption", "aws:kms")];
    let id = other.post("/bucket/a?uploads", &kms, "").await.ok();
    let id = id.element("UploadId").unwrap();
    let target = format!("/bucket/a?uploadId={id}");
    let part = other
        .put(&format!("{target}&partNumber=1"), &[], "x")
        .await
        .ok();
    let xml = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{}</ETag></Part></CompleteMultipartUpload>",
        part.header("etag")
    );
    for _ in 0..2 {
        other.post(&target, &[], xml.clone()).await.ok();
    }
    assert_denied(&other.put("/bucket/b", &[], "x").await);
}

#[tokio::test]
async fn a_header_in_another_case() {
    let f = Fixture::without_bucket();
    let (c, other) = (&f.client, f.as_user(Some(OTHER)));
    let lock = [("x-amz-bucket-object-lock-enabled", "true")];
    c.put("/bucket", &lock, "").await.ok();
    let retention = [
        ("x-amz-object-lock-mode", "GOVERNANCE"),
        (
            "x-amz-object-lock-retain-until-date",
            "2099-01-01T00:00:00Z",
        ),
        ("x-amz-checksum-crc32", "jNwWgw=="),
    ];
    let id = c.put("/bucket/a", &retention, "x").await.ok();
    let denied = r#""Action":"s3:BypassGovernanceRetention","Resource":"arn:aws:s3:::bucket/*""#;
    allow_all_but(c, denied).await;
    let target = format!("/bucket/a?versionId={}", id.header("x-amz-version-id"));
    for yes in ["true", "True"] {
        let bypass = [("x-amz-bypass-governance-retention", yes)];
        assert_denied(&other.delete(&target, &bypass).await);
    }
    assert_eq!(c.get(&target, &[]).await.text(), "x");
}

#[tokio::test]
async fn a_path_and_a_query_that_are_encoded() {
    let f = Fixture::new().await;
    let (c, anonymous, other) = (&f.client, f.as_user(None), f.as_user(Some(OTHER)));
    c.put("/bucket/a", &PUBLIC, "x").await.ok();
    for target in [
        "/bucket/a?response%2Dcontent%2Dtype=text/html",
        "/bucket%2Fa?response-content-type=text/html",
    ] {
        let got = anonymous.get(target, &[]).await;
        assert_eq!(got.error(), (400, "InvalidRequest".into()), "{target}");
    }
    let renamed = c.put("/bucket/b?rename%4Fbject", &[], "").await;
    assert_eq!(renamed.error(), (501, "NotImplemented".into()));
    let many = "<Delete><Object><Key>a</Key></Object></Delete>";
    let undigested = c.post("/bucket?%64elete", &[], many).await;
    assert_eq!(undigested.error(), (400, "InvalidRequest".into()));

    c.put("/bucket/secret/a", &[], "x").await.ok();
    let denied = r#""Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket/*","Condition":{"StringLike":{"s3:x-amz-copy-source":"bucket/secret/*"}}"#;
    allow_all_but(c, denied).await;
    for source in ["bucket/secret/a", "/bucket/secret/a", "/bucket/s%65cret/a"] {
        let copy = [("x-amz-copy-source", source)];
        assert_denied(&other.put("/bucket/b", &copy, "").await);
    }
}

/// Nothing says whether there is something to be copied.
#[tokio::test]
async fn a_copy_of_what_cannot_be_listed() {
    let f = Fixture::new().await;
    let (c, other) = (&f.client, f.as_user(Some(OTHER)));
    other.put("/others", &[], "").await.ok();
    let read = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}}"#;
    c.put("/bucket?policy", &[], read).await.ok();
    let copy = [("x-amz-copy-source", "bucket/none")];
    assert_denied(&other.put("/others/a", &copy, "").await);
}

#[tokio::test]
async fn a_bucket_that_is_created_again() {
    let f = Fixture::new().await;
    let c = &f.client;
    let block = "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>";
    c.put("/bucket?publicAccessBlock", &[], block).await.ok();
    assert_denied(&c.put("/bucket", &PUBLIC, "").await);
    c.put("/bucket", &[], "").await.ok();
}

/// A subresource that cannot be deleted must not be taken for its object.
#[tokio::test]
async fn what_cannot_be_deleted() {
    let f = Fixture::new().await;
    let c = &f.client;
    for target in [
        "/bucket?versioning",
        "/bucket?acl",
        "/bucket?notification",
        "/bucket?object-lock",
    ] {
        let refused = c.delete(target, &[]).await;
        assert_eq!(refused.error(), (501, "NotImplemented".into()), "{target}");
    }
    c.put("/bucket/a", &[], "x").await.ok();
    for target in [
        "?legal-hold",
        "?retention",
        "?restore",
        "?attributes",
        "?acl",
    ] {
        let refused = c.delete(&format!("/bucket/a{target}"), &[]).await;
        assert_eq!(refused.error(), (501, "NotImplemented".into()), "{target}");
    }
    assert_eq!(c.get("/bucket/a", &[]).await.text(), "x");
}

/// A form's fields are all that says what its object is to be.
#[tokio::test]
async fn headers_and_fields_of_a_form() {
    let f = Fixture::new().await;
    let (c, browser) = (&f.client, f.as_user(None));
    let kms = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket/*","Condition":{"StringEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}}}"#;
    c.put("/bucket?policy", &[], kms).await.ok();
    let key = ("key", "a".to_owned());
    let form = forms::form(std::slice::from_ref(&key), "x");
    let content_type = ("content-type", "multipart/form-data; boundary=edge");
    let method = ("x-amz-server-side-encryption", "aws:kms");
    let posted = browser.post("/bucket", &[content_type, method], form).await;
    assert_denied(&posted);
    let fields = [key.clone(), (method.0, method.1.to_owned())];
    assert_eq!(forms::post(&browser, &fields, "x").await.status, 204);

    f.let_everybody_in().await;
    let block = "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>";
    c.put("/bucket?publicAccessBlock", &[], block).await.ok();
    let everybody = r#"uri="http://acs.amazonaws.com/groups/global/AllUsers""#;
    for field in [("acl", "public-read"), ("x-amz-grant-read", everybody)] {
        let fields = [key.clone(), (field.0, field.1.to_owned())];
        assert_denied(&forms::post(&browser, &fields, "x").await);
    }
}

/// Fields are between lines of their own.
#[tokio::test]
async fn a_field_within_a_field() {
    let f = Fixture::new().await;
    f.let_everybody_in().await;
    let browser = f.as_user(None);
    let inner =
        "--edge\r\nContent-Disposition: form-data; name=\"acl\"\r\n\r\npublic-read\r\n--edgeX";
    let fields = [
        ("key", "a".to_owned()),
        ("x-ignore-a", format!("aaa{inner}")),
        (
            "x-ignore-b",
            "Content-Disposition: form-data; name=\"file\"".to_owned(),
        ),
    ];
    let posted = forms::post(&browser, &fields, "x").await;
    assert_eq!(posted.status, 204, "{}", posted.text());
    f.client.delete("/bucket?policy", &[]).await.ok();
    assert_denied(&browser.get("/bucket/a", &[]).await);
    assert_eq!(f.client.get("/bucket/a", &[]).await.text(), "x");
}

/// The clock counts for everything else.
#[tokio::test]
async fn what_looks_like_a_form() {
    let f = Fixture::new().await;
    let client = f.as_user(None);
    let long_ago = "/bucket?X-Amz-Algorithm=AWS4-HMAC-SHA256";
    let headers = [("content-type", "multipart/form-datax; boundary=edge")];
    let posted = client.send(Method::POST, long_ago, &headers, "x").await;
    assert_eq!(
        posted.error(),
        (400, "AuthorizationQueryParametersError".into())
    );
    f.let_everybody_in().await;
    let form = forms::form(&[("key", "${filename}".to_owned())], "x");
    let headers = [("content-type", "Multipart/Form-Data; boundary=edge")];
    assert_eq!(client.post("/bucket", &headers, form).await.status, 204);
    assert_eq!(f.client.get("/bucket/f.txt", &[]).await.text(), "x");
}

/// In a debug build these would stop the connection in the middle.
#[tokio::test]
async fn numbers_that_are_too_large() {
    let f = Fixture::new().await;
    f.client.put("/bucket/a", &[], "x").await.ok();
    let id = f.client.post("/bucket/b?uploads", &[], "").await.ok();
    let id = id.element("UploadId").unwrap();
    let most = format!("bytes=0-{}", u64::MAX);
    let copy = [
        ("x-amz-copy-source", "bucket/a"),
        ("x-amz-copy-source-range", &*most),
    ];
    let target = format!("/bucket/b?partNumber=1&uploadId={id}");
    let copied = f.client.put(&target, &copy, "").await;
    assert_eq!(copied.error(), (400, "InvalidArgument".into()));
}
