//! Encryption headers and settings.

use crate::{
    multipart::{complete, part},
    support::{Answer, Client, Fixture},
};

const METHOD: &str = "x-amz-server-side-encryption";
const KEY: &str = "x-amz-server-side-encryption-aws-kms-key-id";

fn shown(answer: &Answer) -> (&str, &str) {
    (answer.header(METHOD), answer.header(KEY))
}

/// Every way to make an object, all of which say the same, and so does the object.
async fn assert_new_objects_are(c: &Client, headers: &[(&str, &str)], expected: (&str, &str)) {
    let put = c.put("/bucket/a", headers, "x").await.ok();
    assert_eq!(shown(&put), expected, "put");
    let source = [headers, &[("x-amz-copy-source", "bucket/a")]].concat();
    let copy = c.put("/bucket/b", &source, "").await.ok();
    assert_eq!(shown(&copy), expected, "copy");
    let created = c.post("/bucket/c?uploads", headers, "").await.ok();
    assert_eq!(shown(&created), expected, "create");
    let id = created.element("UploadId").unwrap();
    let one = part(c, "c", &id, 1, b"x".to_vec(), &[]).await.ok();
    assert_eq!(shown(&one), expected, "part");
    let etag = one.header("etag");
    let done = complete(c, "c", &id, &[(1, etag)], &[]).await.ok();
    assert_eq!(shown(&done), expected, "complete");
    for key in ["a", "b", "c"] {
        let target = format!("/bucket/{key}");
        assert_eq!(shown(&c.get(&target, &[]).await), expected, "{key}");
        assert_eq!(shown(&c.head(&target, &[]).await), expected, "{key}");
    }
}

#[tokio::test]
async fn of_objects_that_say_nothing() {
    let f = Fixture::new().await;
    let c = &f.client;
    assert_new_objects_are(c, &[], ("AES256", "")).await;
    let got = c.get("/bucket?encryption", &[]).await.ok();
    assert_eq!(got.element("SSEAlgorithm").as_deref(), Some("AES256"));
    assert_eq!(got.element("BucketKeyEnabled").as_deref(), Some("false"));

    let kms = "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>a-key</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>";
    c.put("/bucket?encryption", &[], kms).await.ok();
    assert_new_objects_are(c, &[], ("aws:kms", "a-key")).await;
    let other = [(METHOD, "aws:kms:dsse"), (KEY, "another")];
    assert_new_objects_are(c, &other, ("aws:kms:dsse", "another")).await;

    assert_eq!(c.delete("/bucket?encryption", &[]).await.status, 204);
    assert_new_objects_are(c, &[], ("AES256", "")).await;
}

#[tokio::test]
async fn what_there_is_not() {
    let f = Fixture::new().await;
    let c = &f.client;
    for headers in [
        &[(METHOD, "ROT13")][..],
        &[(KEY, "a-key")],
        &[(METHOD, "AES256"), (KEY, "a-key")],
    ] {
        let refused = c.put("/bucket/a", headers, "x").await;
        assert_eq!(
            refused.error(),
            (400, "InvalidArgument".into()),
            "{headers:?}"
        );
    }
    for (default, code) in [
        ("<SSEAlgorithm>ROT13</SSEAlgorithm>", "MalformedXML"),
        (
            "<SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>a-key</KMSMasterKeyID>",
            "InvalidArgument",
        ),
    ] {
        let document = format!(
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>{default}</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>"
        );
        let refused = c.put("/bucket?encryption", &[], document).await;
        assert_eq!(refused.error(), (400, code.into()), "{default}");
    }
    assert_eq!(c.get("/bucket/a", &[]).await.status, 404);
}
