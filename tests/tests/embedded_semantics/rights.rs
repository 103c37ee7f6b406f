//! Which rights a request needs, and who has them.

use crate::embedded_support::{Client, Fixture, OTHER};

async fn begin(client: &Client, headers: &[(&str, &str)]) -> String {
    let begun = client.post("/bucket/m?uploads", headers, "").await.ok();
    begun.element("UploadId").unwrap()
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
