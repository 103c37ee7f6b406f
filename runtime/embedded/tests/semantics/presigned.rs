//! URLs that are signed.

use super::signatures::Signature;
use crate::support::{Fixture, KEY};
use http::Method;
use object_store::{path::Path, signer::Signer};
use std::time::Duration;
use time::OffsetDateTime;

#[tokio::test]
async fn presigned() {
    let f = Fixture::new().await;
    let (store, anybody) = (f.store(), f.as_user(None));
    let path = Path::from("some dir/ä+b");
    let sign = async |method: Method, seconds| {
        store
            .signed_url(method, &path, Duration::from_secs(seconds))
            .await
            .unwrap()
            .to_string()
    };
    anybody
        .send(Method::PUT, &sign(Method::PUT, 60).await, &[], "hello")
        .await
        .ok();
    assert_eq!(
        anybody
            .send(Method::GET, &sign(Method::GET, 60).await, &[], "")
            .await
            .text(),
        "hello"
    );
    assert_eq!(
        anybody
            .send(Method::HEAD, &sign(Method::HEAD, 60).await, &[], "")
            .await
            .status,
        200
    );
    // For one method only, and for one URL.
    let for_get = sign(Method::GET, 60).await;
    let misused = anybody.send(Method::DELETE, &for_get, &[], "").await;
    assert_eq!(misused.error(), (403, "SignatureDoesNotMatch".into()));
    let changed = anybody
        .send(Method::GET, &for_get.replace("some", "same"), &[], "")
        .await;
    assert_eq!(changed.error(), (403, "SignatureDoesNotMatch".into()));
    let signature = Signature {
        at: OffsetDateTime::now_utc() - time::Duration::seconds(61),
    };
    let expired = anybody
        .put(&url_to_put(&f, &signature, &[]), &[], "x")
        .await;
    assert_eq!(expired.error(), (403, "AccessDenied".into()));
    assert_eq!(
        expired.element("Message").as_deref(),
        Some("Request has expired")
    );
    let endless = anybody
        .send(Method::GET, &sign(Method::GET, 700_000).await, &[], "")
        .await;
    assert_eq!(
        endless.error(),
        (400, "AuthorizationQueryParametersError".into())
    );
    assert_eq!(
        anybody
            .send(Method::DELETE, &sign(Method::DELETE, 60).await, &[], "")
            .await
            .status,
        204
    );
}

/// Or whoever is given a URL to upload to could publish what he uploads.
#[tokio::test]
async fn a_header_of_s3s_that_is_not_signed_is_refused() {
    let f = Fixture::new().await;
    let anybody = f.as_user(None);
    let url = f
        .store()
        .signed_url(Method::PUT, &Path::from("a"), Duration::from_secs(60))
        .await
        .unwrap();
    let signature = Signature {
        at: OffsetDateTime::now_utc(),
    };
    let (in_header, _) = signature.put(&anybody, "UNSIGNED-PAYLOAD", &[]);
    let in_header = in_header.iter().map(|(name, value)| (&**name, &**value));
    let in_header = Vec::from_iter(in_header);
    for (url, headers) in [(url.as_str(), &[][..]), ("/bucket/a", &in_header)] {
        let put = async |more: &[(&str, &str)]| {
            let headers = [headers, more].concat();
            anybody.send(Method::PUT, url, &headers, "x").await
        };
        let more = [("x-amz-acl", "public-read"), ("x-amz-meta-a", "b")];
        let refused = put(&more).await;
        assert_eq!(refused.error(), (403, "AccessDenied".into()));
        let names = refused.element("HeadersNotSigned");
        assert_eq!(names.as_deref(), Some("x-amz-acl, x-amz-meta-a"));
        assert_eq!(f.client.get("/bucket/a", &[]).await.status, 404);
        put(&[("cache-control", "no-cache")]).await.ok();
        f.client.delete("/bucket/a", &[]).await.ok();
    }
}

/// A URL to put `/bucket/a` within a minute, with more in its query.
fn url_to_put(f: &Fixture, signature: &Signature, more: &[(&str, &str)]) -> String {
    let host = f.server.endpoint().trim_start_matches("http://");
    let encoded = |text: &str| text.replace('/', "%2F").replace('=', "%3D");
    let own = [
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
        ("X-Amz-Credential", &format!("{KEY}/{}", signature.scope())),
        ("X-Amz-Date", &signature.stamp()),
        ("X-Amz-Expires", "60"),
        ("X-Amz-SignedHeaders", "host"),
    ]
    .map(|(name, value)| format!("{name}={}", encoded(value)));
    let more = more
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)));
    let mut query = own.into_iter().chain(more).collect::<Vec<_>>();
    query.sort();
    let query = query.join("&");
    let canonical = format!("PUT\n/bucket/a\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD");
    format!(
        "/bucket/a?{query}&X-Amz-Signature={}",
        signature.of(&canonical)
    )
}

/// As clients do that can give nobody headers along with a URL.
#[tokio::test]
async fn headers_in_the_query() {
    let f = Fixture::new().await;
    let anybody = f.as_user(None);
    let more = [
        ("x-amz-meta-a", "b"),
        ("x-amz-acl", "public-read"),
        ("x-amz-tagging", "c=d"),
        ("x-amz-storage-class", "STANDARD_IA"),
    ];
    let now = Signature {
        at: OffsetDateTime::now_utc(),
    };
    let url = url_to_put(&f, &now, &more);
    anybody.put(&url, &[], "x").await.ok();
    // Signed as they are, they may come again as headers.
    anybody.put(&url, &more[..2], "x").await.ok();
    let got = anybody.get("/bucket/a", &[]).await.ok();
    let shown = ["x-amz-meta-a", "x-amz-tagging-count", "x-amz-storage-class"];
    assert_eq!(
        shown.map(|name| got.header(name)),
        ["b", "1", "STANDARD_IA"]
    );

    let wrong = url_to_put(&f, &now, &[("x-amz-checksum-crc32", "AAAAAA==")]);
    let put = anybody.put(&wrong, &[], "y").await;
    assert_eq!(put.error(), (400, "BadDigest".into()));
    // Not so where they say something else.
    let other = [("x-amz-acl", "public-read-write")];
    let put = anybody.put(&url, &other, "y").await;
    assert_eq!(put.error(), (403, "AccessDenied".into()));
    assert_eq!(
        put.element("HeadersNotSigned").as_deref(),
        Some("x-amz-acl")
    );
    let changed = url.replace("public-read", "public-read-write");
    let put = anybody.put(&changed, &[], "y").await;
    assert_eq!(put.error(), (403, "SignatureDoesNotMatch".into()));
    assert_eq!(f.client.get("/bucket/a", &[]).await.text(), "x");
}
