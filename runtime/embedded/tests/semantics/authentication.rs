//! Answers to malformed credentials.

use super::signatures::Signature;
use crate::support::{Answer, Fixture};
use http::Method;
use object_store::{path::Path, signer::Signer};
use std::time::Duration;
use time::OffsetDateTime;

fn is(answer: &Answer, status: u16, code: &str, message: &str) {
    let text = answer.text();
    assert_eq!(answer.error(), (status, code.to_owned()), "{text}");
    // Quotes are escaped where they stand.
    let given = answer.element("Message").unwrap().replace("&quot;", "\"");
    assert!(given.starts_with(message), "{given}");
}

const NO_DATE: &str = "AWS authentication requires a valid Date or x-amz-date header";
const UNSUPPORTED: &str = "Unsupported Authorization Type";
const COMPONENTS: &str =
    "The authorization header is malformed; the authorization header requires three components";

#[tokio::test]
async fn in_headers() {
    let f = Fixture::new().await;
    let client = f.as_user(None);
    let signature = Signature {
        at: OffsetDateTime::now_utc(),
    };
    let (headers, _) = signature.put(&client, "UNSIGNED-PAYLOAD", &[]);
    let authorization = &headers.iter().find(|(name, _)| name == "authorization");
    let authorization = &authorization.unwrap().1;
    let changed = |from: &str, to: &str| {
        assert!(authorization.contains(from));
        Some(("authorization", authorization.replacen(from, to, 1)))
    };
    let date = |date: &str| Some(("x-amz-date", date.to_owned()));
    let whole = |value: &str| Some(("authorization", value.to_owned()));
    let day = signature.stamp()[..8].to_owned();
    for (change, status, code, message) in [
        (date(""), 403, "AccessDenied", NO_DATE),
        (date("Bad Date"), 403, "AccessDenied", NO_DATE),
        (date("20130230T000000Z"), 403, "AccessDenied", NO_DATE),
        (whole("Bearer x"), 400, "InvalidArgument", UNSUPPORTED),
        (whole("AWS HAHAHA"), 400, "InvalidArgument", UNSUPPORTED),
        (whole("AWS4 HAHAHA"), 400, "InvalidArgument", UNSUPPORTED),
        (whole(""), 403, "AccessDenied", "Access Denied"),
        (
            whole("AWS4-ECDSA-P256-SHA256 Credential=KEY"),
            501,
            "NotImplemented",
            "AWS4-ECDSA-P256-SHA256",
        ),
        (
            whole("AWS4-HMAC-SHA256 Credential=HAHAHA"),
            400,
            "AuthorizationHeaderMalformed",
            COMPONENTS,
        ),
        (
            changed(", Signature=", ", "),
            400,
            "AuthorizationHeaderMalformed",
            COMPONENTS,
        ),
        (
            changed("/us-east-1", ""),
            400,
            "AuthorizationHeaderMalformed",
            "The authorization header is malformed; the Credential is mal-formed; expecting",
        ),
        (
            changed("/s3/", "/ec2/"),
            400,
            "AuthorizationHeaderMalformed",
            "The authorization header is malformed; incorrect service \"ec2\"",
        ),
        (
            changed(&day, "20130524"),
            400,
            "AuthorizationHeaderMalformed",
            "The authorization header is malformed; Invalid credential date \"20130524\"",
        ),
    ] {
        let (name, value) = change.unwrap();
        let headers = headers.iter().map(|(other, old)| {
            let value = if other == name { &value } else { old };
            (other.as_str(), value.as_str())
        });
        let headers = Vec::from_iter(headers);
        is(
            &client.put("/bucket/a", &headers, "x").await,
            status,
            code,
            message,
        );
    }
    for (left_out, date, status, code, message) in [
        ("x-amz-date", "", 403, "AccessDenied", NO_DATE),
        ("x-amz-date", "yesterday", 403, "AccessDenied", NO_DATE),
        (
            "x-amz-date",
            "Fri, 24 May 2013 00:00:00 GMT",
            501,
            "NotImplemented",
            "Signature Version 4 with a Date header",
        ),
        (
            "x-amz-content-sha256",
            "",
            400,
            "InvalidRequest",
            "Missing required header for this request: x-amz-content-sha256",
        ),
    ] {
        let headers = headers.iter().filter(|(name, _)| name != left_out);
        let headers = headers.map(|(name, value)| (name.as_str(), value.as_str()));
        let headers = Vec::from_iter(headers.chain([("date", date)]));
        is(
            &client.put("/bucket/a", &headers, "x").await,
            status,
            code,
            message,
        );
    }
    let headers = headers.iter().map(|(name, value)| (&**name, &**value));
    let headers = Vec::from_iter(headers);
    client.put("/bucket/a", &headers, "x").await.ok();
}

#[tokio::test]
async fn in_the_query() {
    let f = Fixture::new().await;
    f.client.put("/bucket/a", &[], "x").await.ok();
    let anybody = f.as_user(None);
    let url = f
        .store()
        .signed_url(Method::GET, &Path::from("a"), Duration::from_secs(60))
        .await
        .unwrap();
    let get = async |headers: &[(&str, &str)], change: &dyn Fn(&str, &str) -> Option<String>| {
        let pairs = url.query().unwrap().split('&').filter_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            Some(format!("{name}={}", change(name, value)?))
        });
        let query = Vec::from_iter(pairs).join("&");
        anybody.get(&format!("/bucket/a?{query}"), headers).await
    };
    let same = |_: &str, value: &str| Some(value.to_owned());
    assert_eq!(get(&[], &same).await.text(), "x");
    let code = "AuthorizationQueryParametersError";
    for missing in [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Signature",
        "X-Amz-Date",
        "X-Amz-SignedHeaders",
        "X-Amz-Expires",
    ] {
        let without = |name: &str, value: &str| (name != missing).then(|| value.to_owned());
        let message = "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.";
        is(&get(&[], &without).await, 400, code, message);
    }
    for (wrong, value, message) in [
        (
            "X-Amz-Algorithm",
            "AWS4-HMAC-MD5",
            "X-Amz-Algorithm only supports",
        ),
        (
            "X-Amz-Credential",
            "HAHAHA",
            "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed",
        ),
        (
            "X-Amz-Date",
            "yesterday",
            "X-Amz-Date must be in the ISO8601 Long Format",
        ),
        ("X-Amz-Date", "20130524T000000Z", "Invalid credential date"),
        ("X-Amz-Expires", "soon", "X-Amz-Expires should be a number"),
        ("X-Amz-Expires", "-1", "X-Amz-Expires must be non-negative"),
    ] {
        let with = |name: &str, old: &str| {
            let value = if name == wrong { value } else { old };
            Some(value.to_owned())
        };
        is(&get(&[], &with).await, 400, code, message);
    }
    let twice = "Only one auth mechanism allowed";
    let header = [("authorization", "AWS KEY:signature")];
    is(&get(&header, &same).await, 400, "InvalidArgument", twice);
    let version_2 = "/bucket/a?AWSAccessKeyId=KEY&Signature=x&Expires=4000000000";
    is(
        &f.client.get(version_2, &[]).await,
        400,
        "InvalidArgument",
        twice,
    );
    is(
        &anybody.get(version_2, &[]).await,
        403,
        "SignatureDoesNotMatch",
        "",
    );
}

/// An older signature, and none at all.
#[tokio::test]
async fn other_ways() {
    let f = Fixture::new().await;
    f.client.put("/bucket/a", &[], "x").await.ok();
    f.let_everybody_in().await;
    let anybody = f.as_user(None);
    let version_2 = [
        ("authorization", "AWS KEY:signature"),
        ("date", "Fri, 24 May 2013 00:00:00 GMT"),
    ];
    let refused = anybody.get("/bucket/a", &version_2).await;
    is(&refused, 403, "SignatureDoesNotMatch", "");
    let undated = anybody.get("/bucket/a", &version_2[..1]).await;
    is(&undated, 403, "AccessDenied", NO_DATE);
    for name in [
        "response-cache-control",
        "response-content-disposition",
        "response-content-encoding",
        "response-content-language",
        "response-content-type",
        "response-expires",
    ] {
        let path = format!("/bucket/a?{name}=x");
        let message =
            "Request specific response headers cannot be used for anonymous GET requests.";
        is(
            &anybody.get(&path, &[]).await,
            400,
            "InvalidRequest",
            message,
        );
    }
    assert_eq!(anybody.get("/bucket/a", &[]).await.text(), "x");
}
