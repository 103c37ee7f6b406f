//! Authentication: SigV4 in headers, in URLs and around chunks.

use crate::support::{Client, Fixture, KEY, SECRET};
use futures_util::TryStreamExt;
use hmac::{Hmac, KeyInit, Mac};
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use time::{OffsetDateTime, macros::format_description};

#[tokio::test]
async fn who_signs_wrongly_is_told_so() {
    let f = Fixture::new().await;
    f.client.put("/bucket/a", &[], "x").await.ok();
    let wrong = f.as_user(Some((KEY, "not the secret")));
    assert_eq!(
        wrong.get("/bucket/a", &[]).await.error(),
        (403, "SignatureDoesNotMatch".into())
    );
    let unknown = f.as_user(Some(("NOBODY", SECRET)));
    assert_eq!(
        unknown.get("/bucket/a", &[]).await.error(),
        (403, "InvalidAccessKeyId".into())
    );
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// A signer written from the specification (S3 API Reference, "Authenticating requests: using the Authorization header").
pub(crate) struct Signature {
    pub(crate) at: OffsetDateTime,
}

impl Signature {
    pub(crate) fn stamp(&self) -> String {
        self.at
            .format(format_description!(
                "[year][month][day]T[hour][minute][second]Z"
            ))
            .unwrap()
    }

    pub(crate) fn scope(&self) -> String {
        format!("{}/us-east-1/s3/aws4_request", &self.stamp()[..8])
    }

    pub(crate) fn sign(&self, text: &str) -> String {
        let date = hmac(format!("AWS4{SECRET}").as_bytes(), &self.stamp()[..8]);
        let key = hmac(&hmac(&hmac(&date, "us-east-1"), "s3"), "aws4_request");
        hex(&hmac(&key, text))
    }

    /// Of a request in its canonical form.
    pub(crate) fn of(&self, canonical: &str) -> String {
        let hash = hex(&Sha256::digest(canonical));
        let (stamp, scope) = (self.stamp(), self.scope());
        self.sign(&format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hash}"))
    }

    /// The headers of a PUT of `/bucket/a` with this payload hash, sorted, and its signature.
    pub(crate) fn put(
        &self,
        client: &Client,
        payload: &str,
        more: &[(&str, &str)],
    ) -> (Vec<(String, String)>, String) {
        self.put_to(client, "/bucket/a\n", payload, more)
    }

    /// `target` is a path and a query in canonical form, each on a line.
    fn put_to(
        &self,
        client: &Client,
        target: &str,
        payload: &str,
        more: &[(&str, &str)],
    ) -> (Vec<(String, String)>, String) {
        let host = client.endpoint.strip_prefix("http://").unwrap();
        let own = [
            ("host", host),
            ("x-amz-content-sha256", payload),
            ("x-amz-date", &self.stamp()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut headers = own.to_vec();
        headers.extend(
            more.iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        headers.sort();
        let names = headers
            .iter()
            .map(|(name, _)| name.as_str())
            .collect::<Vec<_>>()
            .join(";");
        let lines = headers
            .iter()
            .map(|(name, value)| format!("{name}:{value}\n"))
            .collect::<String>();
        let canonical = format!("PUT\n{target}\n{lines}\n{names}\n{payload}");
        let signature = self.of(&canonical);
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={KEY}/{}, SignedHeaders={names}, Signature={signature}",
            self.scope()
        );
        headers.retain(|(name, _)| name != "host");
        headers.push(("authorization".into(), authorization));
        (headers, signature)
    }

    fn chunk(&self, before: &str, data: &str) -> String {
        let (empty, hash) = (hex(&Sha256::digest("")), hex(&Sha256::digest(data)));
        self.sign(&format!(
            "AWS4-HMAC-SHA256-PAYLOAD\n{}\n{}\n{before}\n{empty}\n{hash}",
            self.stamp(),
            self.scope()
        ))
    }
}

async fn send(client: &Client, headers: &[(String, String)], body: String) -> (u16, String) {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect::<Vec<_>>();
    client.put("/bucket/a", &headers, body).await.error()
}

#[tokio::test]
async fn a_clock_may_be_wrong_by_a_quarter_of_an_hour() {
    let f = Fixture::new().await;
    let client = f.as_user(None);
    for (minutes, expected) in [
        (-14, (200, "")),
        (14, (200, "")),
        (-16, (403, "RequestTimeTooSkewed")),
        (16, (403, "RequestTimeTooSkewed")),
    ] {
        let signature = Signature {
            at: OffsetDateTime::now_utc() + time::Duration::minutes(minutes),
        };
        let (headers, _) = signature.put(&client, "UNSIGNED-PAYLOAD", &[]);
        let answer = send(&client, &headers, "x".into()).await;
        assert_eq!((answer.0, answer.1.as_str()), expected, "{minutes}");
    }
}

#[tokio::test]
async fn the_payload_must_be_the_one_that_was_signed() {
    let f = Fixture::new().await;
    let client = f.as_user(None);
    let signature = Signature {
        at: OffsetDateTime::now_utc(),
    };
    let (headers, _) = signature.put(&client, &hex(&Sha256::digest("right")), &[]);
    assert_eq!(
        send(&client, &headers, "wrong".into()).await,
        (400, "XAmzContentSHA256Mismatch".into())
    );
    assert_eq!(f.client.get("/bucket/a", &[]).await.status, 404);
    assert_eq!(send(&client, &headers, "right".into()).await.0, 200);
}

#[tokio::test]
async fn so_must_a_document() {
    let f = Fixture::new().await;
    let client = f.as_user(None);
    let tags = |value: &str| {
        format!("<Tagging><TagSet><Tag><Key>a</Key><Value>{value}</Value></Tag></TagSet></Tagging>")
    };
    for (canonical, target) in [
        ("/bucket\ntagging=", "/bucket?tagging"),
        ("/bucket/a\ntagging=", "/bucket/a?tagging"),
    ] {
        f.client.put("/bucket/a", &[], "").await.ok();
        let signature = Signature {
            at: OffsetDateTime::now_utc(),
        };
        let sha256 = hex(&Sha256::digest(tags("right")));
        let (headers, _) = signature.put_to(&client, canonical, &sha256, &[]);
        let headers = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect::<Vec<_>>();
        let wrong = client.put(target, &headers, tags("wrong")).await;
        assert_eq!(wrong.error(), (400, "XAmzContentSHA256Mismatch".into()));
        assert!(!f.client.get(target, &[]).await.text().contains("wrong"));
        client.put(target, &headers, tags("right")).await.ok();
        let got = f.client.get(target, &[]).await;
        assert_eq!(got.element("Value").as_deref(), Some("right"));
    }
}

/// Whichever of them checks it, the server knows a request by any canonical form of its signature.
#[tokio::test]
async fn keys_and_queries_of_every_kind_are_signed() {
    let f = Fixture::new().await;
    let store = f.store();
    for key in [
        "a b", "ä+b", "100%", "a//b", "~-._", "(x)!*'", "a=b&c", "😀",
    ] {
        let path = Path::parse(key).unwrap_or_else(|_| Path::from(key));
        store.put(&path, key.to_owned().into()).await.unwrap();
        let got = store.get(&path).await.unwrap().bytes().await.unwrap();
        assert_eq!(got, key.as_bytes());
        let listed = store.list(Some(&path)).try_collect::<Vec<_>>().await;
        assert!(listed.unwrap().is_empty(), "nothing lies below {key}");
    }
    let listed = store.list(None).try_collect::<Vec<_>>().await.unwrap();
    assert_eq!(listed.len(), 8);
}

#[tokio::test]
async fn every_chunk_is_signed() {
    let f = Fixture::new().await;
    let client = f.as_user(None);
    let signature = Signature {
        at: OffsetDateTime::now_utc(),
    };
    let data = ["a".repeat(70_000), "b".repeat(10)];
    let length = (data[0].len() + data[1].len()).to_string();
    let more = [
        ("content-encoding", "aws-chunked"),
        ("x-amz-decoded-content-length", length.as_str()),
    ];
    let (headers, seed) = signature.put(&client, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", &more);
    let body = |data: &[String; 2]| {
        let mut before = seed.clone();
        let mut body = String::new();
        for (signed, sent) in [
            (&"a".repeat(70_000), &data[0]),
            (&"b".repeat(10), &data[1]),
            (&String::new(), &String::new()),
        ] {
            before = signature.chunk(&before, signed);
            body += &format!("{:x};chunk-signature={before}\r\n{sent}\r\n", sent.len());
        }
        body
    };
    assert_eq!(send(&client, &headers, body(&data)).await.0, 200);
    let got = f.client.get("/bucket/a", &[]).await;
    assert_eq!(got.text(), data.concat());
    // That it came in chunks is no property of the object.
    assert_eq!(got.header("content-encoding"), "");
    let changed = [data[0].clone(), "c".repeat(10)];
    assert_eq!(
        send(&client, &headers, body(&changed)).await,
        (403, "SignatureDoesNotMatch".into())
    );
    assert_eq!(f.client.get("/bucket/a", &[]).await.text(), data.concat());
}

#[tokio::test]
async fn checksums_in_trailers() {
    let f = Fixture::new().await;
    let client = f.as_user(None);
    let signature = Signature {
        at: OffsetDateTime::now_utc(),
    };
    let more = [
        ("content-encoding", "aws-chunked"),
        ("x-amz-decoded-content-length", "9"),
        ("x-amz-trailer", "x-amz-checksum-crc32"),
    ];
    let (headers, _) = signature.put(&client, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", &more);
    let body = |data: &str, trailer: &str| format!("9\r\n{data}\r\n0\r\n{trailer}\r\n\r\n");
    assert_eq!(
        send(
            &client,
            &headers,
            body("123456789", "x-amz-checksum-crc32:y/Q5Jg==")
        )
        .await
        .0,
        200
    );
    let got = f
        .client
        .get("/bucket/a", &[("x-amz-checksum-mode", "ENABLED")])
        .await;
    assert_eq!(
        (got.text().as_str(), got.header("x-amz-checksum-crc32")),
        ("123456789", "y/Q5Jg==")
    );
    let wrong = send(
        &client,
        &headers,
        body("123456780", "x-amz-checksum-crc32:y/Q5Jg=="),
    )
    .await;
    assert_eq!(wrong, (400, "BadDigest".into()));
    let missing = send(&client, &headers, body("123456789", "x-amz-meta-a:b")).await;
    assert_eq!(missing, (400, "MalformedTrailerError".into()));
    assert_eq!(f.client.get("/bucket/a", &[]).await.text(), "123456789");
}
