//! Uploads from a browser's form (S3 API Reference, "Browser-based uploads using POST").

use super::{signatures::Signature, versions::set_versioning};
use crate::support::{Answer, Client, Fixture, KEY};
use base64::{Engine, prelude::BASE64_STANDARD};
use std::{
    io::{Read, Write},
    net::TcpStream,
};
use time::OffsetDateTime;

pub(crate) fn form(fields: &[(&str, String)], file: &str) -> String {
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

pub(super) async fn post(client: &Client, fields: &[(&str, String)], file: &str) -> Answer {
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
    signed_at(OffsetDateTime::now_utc(), key, expiration, more)
}

fn signed_at(
    at: OffsetDateTime,
    key: &str,
    expiration: &str,
    more: &[(&'static str, String)],
) -> Vec<(&'static str, String)> {
    let signature = Signature { at };
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

#[tokio::test]
async fn answers() {
    let f = Fixture::new().await;
    set_versioning(&f.client, "Enabled").await;
    let browser = f.as_user(None);
    let url = format!("{}/bucket/up%2Fa%20%C3%A4", f.server.endpoint());
    let etag = "\"5d41402abc4b2a76b9719d911017c592\"";
    for (asked, status) in [
        (None, 204),
        (Some("200"), 200),
        (Some("201"), 201),
        (Some("1"), 204),
    ] {
        let asked = asked.map(|asked| ("success_action_status", asked.to_owned()));
        let fields = signed("up/a ä", LATER, asked.as_slice());
        let done = post(&browser, &fields, "hello").await;
        let headers = ["etag", "location"].map(|name| done.header(name));
        assert_eq!((done.status, headers), (status, [etag, url.as_str()]));
        assert!(!done.header("x-amz-version-id").is_empty());
        let created = (status == 201).then_some(());
        for (element, value) in [
            ("Location", url.as_str()),
            ("Bucket", "bucket"),
            ("Key", "up/a ä"),
            ("ETag", &etag.replace('"', "&quot;")),
        ] {
            let expected = created.map(|()| value.to_owned());
            assert_eq!(done.element(element), expected, "{}", done.text());
        }
    }
    f.let_everybody_in().await;
    assert_eq!(browser.get(&url, &[]).await.text(), "hello");
}

/// Written by hand: clients go where an answer leads.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_leads_elsewhere() {
    let f = Fixture::new().await;
    let redirect = "http://a.example/done?a=b".to_owned();
    let fields = signed("up/a", LATER, &[("success_action_redirect", redirect)]);
    let form = form(&fields, "hello");
    let mut stream = TcpStream::connect(f.server.endpoint().trim_start_matches("http://")).unwrap();
    write!(
        stream,
        "POST /bucket HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: multipart/form-data; boundary=edge\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let location = "\r\nlocation: http://a.example/done?a=b&bucket=bucket&key=up%2Fa&etag=%225d41402abc4b2a76b9719d911017c592%22\r\n";
    assert!(answer.contains(location), "{answer}");
}

#[tokio::test]
async fn tags() {
    let f = Fixture::new().await;
    let browser = f.as_user(None);
    let tagging = |tags: &str| {
        let document = format!("<Tagging><TagSet>{tags}</TagSet></Tagging>");
        signed("up/a", LATER, &[("tagging", document)])
    };
    let tags =
        "<Tag><Key>a b</Key><Value>1+1=ä</Value></Tag><Tag><Key>c</Key><Value></Value></Tag>";
    assert_eq!(post(&browser, &tagging(tags), "x").await.status, 204);
    let got = f.client.get("/bucket/up/a?tagging", &[]).await;
    assert_eq!(got.elements("Key"), ["a b", "c"]);
    assert_eq!(got.elements("Value"), ["1+1=ä", ""]);
    let twice = "<Tag><Key>a</Key><Value>1</Value></Tag>".repeat(2);
    for (tags, code) in [
        ("<Tag>", "MalformedXML"),
        (twice.as_str(), "InvalidTag"),
        ("<Tag><Key>aws:a</Key><Value>1</Value></Tag>", "InvalidTag"),
    ] {
        let refused = post(&browser, &tagging(tags), "y").await;
        assert_eq!(refused.error(), (400, code.into()), "{tags}");
    }
    assert_eq!(f.client.get("/bucket/up/a", &[]).await.text(), "x");
}

#[tokio::test]
async fn fields_that_are_too_large() {
    let f = Fixture::new().await;
    let fields = signed("up/a", LATER, &[("x-amz-meta-a", "v".repeat(20 << 10))]);
    assert_eq!(
        post(&f.as_user(None), &fields, "x").await.error(),
        (400, "MaxPostPreDataLengthExceededError".into())
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

/// Whoever opened the page may take his time.
#[tokio::test]
async fn a_form_lives_as_long_as_its_policy() {
    let f = Fixture::new().await;
    let at = OffsetDateTime::now_utc() - time::Duration::hours(3);
    let fields = signed_at(at, "up/a", LATER, &[]);
    assert_eq!(post(&f.as_user(None), &fields, "x").await.status, 204);
}

#[tokio::test]
async fn the_acl() {
    let f = Fixture::new().await;
    let browser = f.as_user(None);
    for (acl, status) in [("public-read", 200), ("private", 403)] {
        let fields = signed("up/a", LATER, &[("acl", acl.to_owned())]);
        assert_eq!(post(&browser, &fields, "x").await.status, 204);
        assert_eq!(
            browser.get("/bucket/up/a", &[]).await.status,
            status,
            "{acl}"
        );
    }
    let fields = signed("up/a", LATER, &[("acl", "cosy".to_owned())]);
    let refused = post(&browser, &fields, "y").await;
    assert_eq!(refused.error(), (400, "InvalidArgument".into()));
}

#[tokio::test]
async fn keys_that_are_none() {
    let f = Fixture::new().await;
    f.let_everybody_in().await;
    let browser = f.as_user(None);
    let key = |key: &str| vec![("key", key.to_owned())];
    for (fields, code) in [
        (vec![], "InvalidArgument"),
        (key(""), "InvalidArgument"),
        (key(&"k".repeat(1025)), "KeyTooLongError"),
    ] {
        let refused = post(&browser, &fields, "x").await;
        assert_eq!(refused.error(), (400, code.into()));
    }
    assert_eq!(
        post(&browser, &key(&"k".repeat(1024)), "x").await.status,
        204
    );
}
