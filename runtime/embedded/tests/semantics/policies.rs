//! Bucket policies: their syntax and their effect.

use crate::support::{Fixture, OTHER};

/// Lets everybody read, but for what `changed` replaces.
fn policy(changed: (&str, &str)) -> String {
    let policy = r#"{"Version":"2012-10-17","Id":"i","Statement":[{"Sid":"s","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*","Condition":{"StringLike":{"aws:UserAgent":"*"}}}]}"#;
    policy.replace(changed.0, changed.1)
}

#[tokio::test]
async fn what_is_no_policy_is_refused() {
    let f = Fixture::new().await;
    let c = &f.client;
    let everybody = r#""Principal":"*""#;
    let invalid_principal = "Invalid principal in policy";
    let invalid_action = "Policy has invalid action";
    let invalid_key = "Policy has an invalid condition key";
    for (what, instead, why) in [
        (
            "2012-10-17",
            "2012-10-18",
            "The policy must contain a valid version string",
        ),
        (
            r#""2012-10-17""#,
            "2012",
            "The policy must contain a valid version string",
        ),
        (r#""Id""#, r#""ID""#, "Unknown field ID"),
        (r#""Sid""#, r#""ID""#, "Unknown field ID"),
        (
            r#""Statement""#,
            r#""Statements""#,
            "Unknown field Statements",
        ),
        (
            r#","Statement""#,
            r#","Id":"#,
            "This policy contains invalid Json",
        ),
        (
            "{",
            " {",
            "Policies must be valid JSON and the first byte must be '{'",
        ),
        ("Allow", "Permit", r#"Invalid effect: "Permit""#),
        (everybody, r#""Id":"*""#, "Unknown field Id"),
        (
            r#","Principal":"*""#,
            "",
            "Missing required field Principal",
        ),
        (everybody, r#""Principal":"KEY""#, invalid_principal),
        (everybody, r#""Principal":{}"#, invalid_principal),
        (everybody, r#""Principal":{"AWS":[]}"#, invalid_principal),
        (everybody, r#""Principal":{"AWS":"K*"}"#, invalid_principal),
        (
            everybody,
            r#""Principal":{"AWS":"arn:aws:iam::12:root"}"#,
            invalid_principal,
        ),
        ("s3:GetObject", "s3:GetObjects", invalid_action),
        ("s3:GetObject", "s3:Fetch*", invalid_action),
        ("s3:GetObject", "sqs:*", invalid_action),
        ("s3:GetObject", "GetObject", invalid_action),
        ("bucket/*", "other/*", "Policy has invalid resource"),
        (
            "s3:GetObject",
            "s3:ListBucket",
            "Action does not apply to any resource(s) in statement",
        ),
        (
            "StringLike",
            "StringFoo",
            "Invalid Condition type : StringFoo",
        ),
        ("aws:UserAgent", "foo:bar", invalid_key),
        ("aws:UserAgent", "s3:x-acl", invalid_key),
    ] {
        let answer = c.put("/bucket?policy", &[], policy((what, instead))).await;
        let refused = (400, "MalformedPolicy".to_owned());
        assert_eq!(answer.error(), refused, "{instead} for {what}");
        let message = answer.element("Message").unwrap();
        assert_eq!(
            message.replace("&quot;", "\"").replace("&apos;", "'"),
            why,
            "{instead} for {what}"
        );
    }
    let empty = c.put("/bucket?policy", &[], r#"{"Statement":[]}"#).await;
    assert_eq!(empty.error(), (400, "MalformedPolicy".into()));
    let long = policy((r#""i""#, &format!("{:?}", "i".repeat(20 << 10))));
    let long = c.put("/bucket?policy", &[], long).await;
    assert_eq!(long.error(), (400, "MalformedPolicy".into()));
    for (what, instead) in [
        ("StringLike", "BinaryEquals"),
        ("StringLike", "ForAnyValue:StringLike"),
        ("aws:UserAgent", "aws:SourceVpce"),
        ("aws:UserAgent", "s3:RequestObjectTag/a"),
        ("bucket/*", "bucket/${aws:PrincipalTag/team}/*"),
    ] {
        let answer = c.put("/bucket?policy", &[], policy((what, instead))).await;
        assert_eq!(answer.error(), (501, "NotImplemented".into()), "{instead}");
    }
    assert_eq!(c.get("/bucket?policy", &[]).await.status, 404);
    for (what, instead) in [
        ("2012-10-17", "2008-10-17"),
        (
            everybody,
            r#""Principal":{"AWS":["*","123456789012","arn:aws:iam::123456789012:root"]}"#,
        ),
        (
            everybody,
            r#""Principal":{"AWS":"arn:aws:iam::123456789012:role/r"}"#,
        ),
        ("s3:GetObject", "S3:getobject"),
        ("s3:GetObject", "*"),
    ] {
        let policy = policy((what, instead));
        c.put("/bucket?policy", &[], policy.clone()).await.ok();
        let given = c.get("/bucket?policy", &[]).await;
        assert_eq!(given.text(), policy);
        assert_eq!(given.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn public_policies() {
    let f = Fixture::new().await;
    let c = &f.client;
    let everybody = r#""Principal":"*""#;
    for (what, instead, public) in [
        ("", "", true),
        (everybody, r#""Principal":{"AWS":"OTHER"}"#, false),
        (everybody, r#""NotPrincipal":{"AWS":"OTHER"}"#, true),
        ("Allow", "Deny", false),
        (
            r#""StringLike":{"aws:UserAgent":"*"}"#,
            r#""IpAddress":{"aws:SourceIp":"127.0.0.0/8"}"#,
            false,
        ),
        (
            r#""StringLike":{"aws:UserAgent":"*"}"#,
            r#""IpAddress":{"aws:SourceIp":"0.0.0.0/1"}"#,
            true,
        ),
        (
            r#""StringLike":{"aws:UserAgent":"*"}"#,
            r#""NotIpAddress":{"aws:SourceIp":"127.0.0.0/8"}"#,
            true,
        ),
    ] {
        c.put("/bucket?policy", &[], policy((what, instead)))
            .await
            .ok();
        let status = c.get("/bucket?policyStatus", &[]).await;
        let expected = public.to_string();
        let shown = status.element("IsPublic").map(|shown| shown.to_lowercase());
        assert_eq!(shown, Some(expected), "{instead}");
    }
}

/// The account of all users is theirs to be kept out by, not to be let in by.
#[tokio::test]
async fn whole_accounts() {
    let f = Fixture::new().await;
    let (c, other) = (&f.client, f.as_user(Some(OTHER)));
    c.put("/bucket/a", &[], "x").await.ok();
    for (account, theirs) in [("000000000000", true), ("123456789012", false)] {
        let named = format!(r#""Principal":{{"AWS":"arn:aws:iam::{account}:root"}}"#);
        let allow = policy((r#""Principal":"*""#, &named));
        c.put("/bucket?policy", &[], allow.clone()).await.ok();
        assert_eq!(other.get("/bucket/a", &[]).await.status, 403);
        c.put("/bucket?policy", &[], allow.replace("Allow", "Deny"))
            .await
            .ok();
        let denied = c.get("/bucket/a", &[]).await.status == 403;
        assert_eq!(denied, theirs, "{account}");
        let all_but = allow
            .replace("Allow", "Deny")
            .replace("Principal", "NotPrincipal");
        c.put("/bucket?policy", &[], all_but).await.ok();
        assert_eq!(c.get("/bucket/a", &[]).await.status, 403, "{account}");
    }
}

/// Each lets others read one object where it holds.
#[tokio::test]
async fn conditions_of_policies() {
    let f = Fixture::new().await;
    let (c, other) = (&f.client, f.as_user(Some(OTHER)));
    let tagged = [("x-amz-tagging", "kind=public")];
    c.put("/bucket/a", &tagged, "x").await.ok();
    for (condition, expected) in [
        (r#""IpAddress":{"aws:SourceIp":"127.0.0.0/8"}"#, 200),
        (r#""NotIpAddress":{"aws:SourceIp":"127.0.0.0/8"}"#, 403),
        (r#""DateLessThan":{"aws:CurrentTime":"2020-01-01"}"#, 403),
        (r#""DateGreaterThan":{"aws:CurrentTime":"2020-01-01"}"#, 200),
        (
            r#""NumericGreaterThan":{"aws:EpochTime":"1577836800"}"#,
            200,
        ),
        (
            r#""StringEquals":{"s3:ExistingObjectTag/kind":"public"}"#,
            200,
        ),
        (
            r#""StringEquals":{"s3:ExistingObjectTag/Kind":"public"}"#,
            403,
        ),
        (r#""Null":{"s3:ExistingObjectTag/kind":"true"}"#, 403),
        (r#""Bool":{"aws:SecureTransport":"true"}"#, 403),
        (r#""Bool":{"aws:PrincipalIsAWSService":"false"}"#, 200),
        (r#""Bool":{"aws:ViaAWSService":"true"}"#, 403),
        (
            r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/OTHER"}"#,
            200,
        ),
        (
            r#""StringEquals":{"aws:PrincipalArn":"arn:aws:iam::000000000000:user/KEY"}"#,
            403,
        ),
        (
            r#""StringLike":{"aws:CurrentTime":"20??-??-??T??:??:??Z"}"#,
            200,
        ),
        (r#""StringLike":{"aws:CurrentTime":"1999-*"}"#, 403),
    ] {
        let policy = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*","Condition":{CONDITION}}}"#;
        let policy = policy.replace("CONDITION", condition);
        c.put("/bucket?policy", &[], policy).await.ok();
        let got = other.get("/bucket/a", &[]).await.status;
        assert_eq!(got, expected, "{condition}");
    }
    let few = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:ListBucket","Resource":"arn:aws:s3:::bucket","Condition":{"NumericLessThanEquals":{"s3:max-keys":"10"}}}}"#;
    c.put("/bucket?policy", &[], few).await.ok();
    for (target, expected) in [
        ("/bucket?max-keys=10", 200),
        ("/bucket?max-keys=11", 403),
        ("/bucket", 403),
    ] {
        assert_eq!(other.get(target, &[]).await.status, expected, "{target}");
    }
}

/// Each user has a folder.
#[tokio::test]
async fn variables() {
    let f = Fixture::new().await;
    let (c, anonymous, other) = (&f.client, f.as_user(None), f.as_user(Some(OTHER)));
    let home = policy(("bucket/*", "bucket/${aws:username, 'guest'}/${*}"));
    c.put("/bucket?policy", &[], home.clone()).await.ok();
    for key in ["OTHER/*", "OTHER/a", "guest/*", "KEY/*"] {
        c.put(&format!("/bucket/{key}"), &[], "x").await.ok();
    }
    for (who, path, expected) in [
        (&other, "/bucket/OTHER/*", 200),
        (&other, "/bucket/OTHER/a", 403),
        (&other, "/bucket/KEY/*", 403),
        (&other, "/bucket/guest/*", 403),
        (&anonymous, "/bucket/guest/*", 200),
        (&anonymous, "/bucket/OTHER/*", 403),
    ] {
        assert_eq!(who.get(path, &[]).await.status, expected, "{path}");
    }
    let without = home.replace(", 'guest'", "");
    c.put("/bucket?policy", &[], without).await.ok();
    assert_eq!(other.get("/bucket/OTHER/*", &[]).await.status, 200);
    assert_eq!(anonymous.get("/bucket/guest/*", &[]).await.status, 403);
    // The older version of the language has none.
    let literal = home.replace("2012-10-17", "2008-10-17");
    c.put("/bucket?policy", &[], literal).await.ok();
    assert_eq!(other.get("/bucket/OTHER/*", &[]).await.status, 403);

    let listing = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:ListBucket","Resource":"arn:aws:s3:::bucket","Condition":{"StringLike":{"s3:prefix":"${aws:username}/*"}}}}"#;
    c.put("/bucket?policy", &[], listing).await.ok();
    for (prefix, expected) in [("OTHER/", 200), ("OTHER/a", 200), ("KEY/", 403)] {
        let target = format!("/bucket?prefix={prefix}");
        assert_eq!(other.get(&target, &[]).await.status, expected, "{prefix}");
    }
}

/// S3 User Guide, "Enforce conditional writes on Amazon S3 buckets".
#[tokio::test]
async fn conditional_writes_can_be_enforced() {
    let f = Fixture::new().await;
    let c = &f.client;
    let policy = r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket/*","Condition":{"Null":{"s3:if-none-match":"true"},"Bool":{"s3:ObjectCreationOperation":"true"}}}}"#;
    c.put("/bucket?policy", &[], policy).await.ok();
    let absent = [("if-none-match", "*")];
    assert_eq!(c.put("/bucket/a", &[], "x").await.status, 403);
    c.put("/bucket/a", &absent, "x").await.ok();
    let begun = c.post("/bucket/b?uploads", &[], "").await.ok();
    let upload = format!("uploadId={}", begun.element("UploadId").unwrap());
    let part = c
        .put(&format!("/bucket/b?partNumber=1&{upload}"), &[], "x")
        .await
        .ok();
    let parts = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{}</ETag></Part></CompleteMultipartUpload>",
        part.header("etag")
    );
    let complete = format!("/bucket/b?{upload}");
    assert_eq!(c.post(&complete, &[], parts.clone()).await.status, 403);
    c.post(&complete, &absent, parts).await.ok();
}
