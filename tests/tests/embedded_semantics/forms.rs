//! Uploads from a browser's form (S3 API Reference, "Browser-based uploads using POST").

use super::signatures::Signature;
use crate::embedded_support::{Answer, Client, Fixture, KEY};
use base64::{Engine, prelude::BASE64_STANDARD};
use time::OffsetDateTime;

fn form(fields: &[(&str, String)], file: &str) -> String {
    let mut form = String::new();
    for (name, value) in fields {
        form += &format!(
            "--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
    }
    form + &format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.txt\"\r\nContent-Type: text/plain\r\n\r\n{file}\r\n--edge--\r\n"
    )
}

async fn post(client: &Client, fields: &[(&str, String)], file: &str) -> Answer {
    let content_type = [("content-type", "multipart/form-data; boundary=edge")];
    client
        .post("/bucket", &content_type, form(fields, file))
        .await
}

fn signed(
    key: &str,
    expiration: &str,
    more: &[(&'static str, String)],
) -> Vec<(&'static str, String)> {
    let signature = Signature {
        at: OffsetDateTime::now_utc(),
    };
    let mut fields = vec![
        ("key", key.to_owned()),
        ("x-amz-algorithm", "AWS4-HMAC-SHA256".to_owned()),
        ("x-amz-credential", format!("{KEY}/{}", signature.scope())),
        ("x-amz-date", signature.stamp()),
    ];
    fields.extend(more.iter().cloned());
    let conditions = fields[1..]
        .iter()
        .map(|(name, value)| format!(r#"{{"{name}":"{value}"}}"#))
        .collect::<Vec<_>>()
        .join(",");
    let policy = format!(
        r#"{{"expiration":"{expiration}","conditions":[{{"bucket":"bucket"}},["starts-with","$key","up/"],["content-length-range",1,11],{conditions}]}}"#
    );
    let policy = BASE64_STANDARD.encode(policy);
    fields.push(("x-amz-signature", signature.sign(&policy)));
    fields.push(("policy", policy));
    fields
}

const LATER: &str = "2099-01-01T00:00:00.000Z";

#[tokio::test]
async fn signed_forms() {
    let f = Fixture::new().await;
    let browser = f.as_user(None);
    let fields = signed(
        "up/a",
        LATER,
        &[
            ("x-amz-meta-k", "v".into()),
            ("success_action_status", "201".into()),
        ],
    );
    let done = post(&browser, &fields, "hello").await;
    assert_eq!(
        (done.status, done.element("Key").as_deref()),
        (201, Some("up/a")),
        "{}",
        done.text()
    );
    let got = f.client.get("/bucket/up/a", &[]).await;
    assert_eq!(
        (got.text().as_str(), got.header("x-amz-meta-k")),
        ("hello", "v")
    );
    assert_eq!(
        post(&browser, &signed("up/b", LATER, &[]), "hello")
            .await
            .status,
        204
    );
}

/// As the form names it, in every field.
#[tokio::test]
async fn the_name_of_the_file() {
    let f = Fixture::new().await;
    let browser = f.as_user(None);
    let status = ("success_action_status", "201".to_owned());
    let fields = signed("up/${filename}", LATER, &[status]);
    let named = post(&browser, &fields, "${filename}").await;
    assert_eq!(
        (named.status, named.element("Key").as_deref()),
        (201, Some("up/f.txt")),
        "{}",
        named.text()
    );
    assert_eq!(
        f.client.get("/bucket/up/f.txt", &[]).await.text(),
        "${filename}",
        "the file itself is no field"
    );
    assert_eq!(
        f.client.get("/bucket", &[]).await.elements("Key"),
        ["up/f.txt"]
    );
    // The policy is held against the name that the object gets.
    let elsewhere = post(&browser, &signed("${filename}", LATER, &[]), "x").await;
    assert_eq!(elsewhere.error(), (403, "AccessDenied".into()));
}

#[tokio::test]
async fn what_the_policy_forbids() {
    let f = Fixture::new().await;
    let browser = f.as_user(None);
    let elsewhere = post(&browser, &signed("elsewhere", LATER, &[]), "x").await;
    assert_eq!(elsewhere.error(), (403, "AccessDenied".into()));
    let expired = signed("up/a", "2001-01-01T00:00:00.000Z", &[]);
    assert_eq!(
        post(&browser, &expired, "x").await.error(),
        (403, "AccessDenied".into())
    );
    assert_eq!(
        post(&browser, &signed("up/a", LATER, &[]), "123456789012")
            .await
            .error(),
        (400, "EntityTooLarge".into())
    );
    assert_eq!(
        post(&browser, &signed("up/a", LATER, &[]), "")
            .await
            .error(),
        (400, "EntityTooSmall".into())
    );
    let mut tampered = signed("up/a", LATER, &[]);
    tampered.retain(|(name, _)| *name != "x-amz-signature");
    tampered.push(("x-amz-signature", "0".repeat(64)));
    assert_eq!(
        post(&browser, &tampered, "x").await.error(),
        (403, "SignatureDoesNotMatch".into())
    );
    assert_eq!(f.client.get("/bucket", &[]).await.elements("Key"), [""; 0]);
}

#[tokio::test]
async fn unsigned_forms_need_a_bucket_that_everybody_may_write_to() {
    let f = Fixture::new().await;
    let browser = f.as_user(None);
    let fields = [("key", "a".to_owned())];
    assert_eq!(
        post(&browser, &fields, "x").await.error(),
        (403, "AccessDenied".into())
    );
    f.client
        .put("/bucket?acl", &[("x-amz-acl", "public-read-write")], "")
        .await
        .ok();
    assert_eq!(post(&browser, &fields, "x").await.status, 204);
    assert_eq!(f.client.get("/bucket/a", &[]).await.text(), "x");
}
