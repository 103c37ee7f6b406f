//! A bucket's configurations, and what CORS means for browsers.

use crate::support::Fixture;
use http::Method;

#[tokio::test]
async fn stored_and_given_back() {
    let f = Fixture::new().await;
    let c = &f.client;
    for (name, missing, xml, part) in [
        (
            "lifecycle",
            (404, "NoSuchLifecycleConfiguration"),
            "<LifecycleConfiguration><Rule><ID>r</ID><Status>Enabled</Status><Filter><Prefix>x</Prefix></Filter><Expiration><Days>3</Days></Expiration></Rule></LifecycleConfiguration>",
            "<Days>3</Days>",
        ),
        (
            "tagging",
            (404, "NoSuchTagSet"),
            "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>",
            "<Value>v</Value>",
        ),
        (
            "cors",
            (404, "NoSuchCORSConfiguration"),
            "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>",
            "<AllowedMethod>GET</AllowedMethod>",
        ),
    ] {
        let path = format!("/bucket?{name}");
        let missing = (missing.0, missing.1.to_owned());
        assert_eq!(c.get(&path, &[]).await.error(), missing);
        let put = c.put(&path, &[], xml).await;
        assert_eq!(put.status, if name == "tagging" { 204 } else { 200 });
        let got = c.get(&path, &[]).await.ok();
        assert!(got.text().contains(part), "{}", got.text());
        assert_eq!(c.delete(&path, &[]).await.status, 204, "{name}");
        assert_eq!(c.get(&path, &[]).await.error(), missing);
    }
    c.get("/bucket?notification", &[]).await.ok();
    let topic = "<NotificationConfiguration><TopicConfiguration><Topic>arn:aws:sns:us-east-1:1:t</Topic><Event>s3:ObjectCreated:*</Event></TopicConfiguration></NotificationConfiguration>";
    c.put("/bucket?notification", &[], topic).await.ok();
    assert!(
        c.get("/bucket?notification", &[])
            .await
            .text()
            .contains("arn:aws:sns:us-east-1:1:t")
    );
    assert_eq!(
        c.put("/bucket?lifecycle", &[], "<nonsense").await.error(),
        (400, "MalformedXML".into())
    );
}

#[tokio::test]
async fn notifications() {
    let f = Fixture::new().await;
    let c = &f.client;
    let put = async |what: &str, arn: &str, event: &str, filter: &str| {
        let kind = what.replace("Function", "CloudFunction");
        let one = |event: &str, filter: &str| {
            format!(
                "<{kind}Configuration><{kind}>{arn}</{kind}><Event>{event}</Event>{filter}</{kind}Configuration>"
            )
        };
        let document = format!(
            "<NotificationConfiguration>{}{}</NotificationConfiguration>",
            one(event, filter),
            one("s3:ObjectRemoved:Delete", "")
        );
        c.put("/bucket?notification", &[], document).await
    };
    let created = "s3:ObjectCreated:*";
    let filter = |name: &str| {
        format!(
            "<Filter><S3Key><FilterRule><Name>{name}</Name><Value>v</Value></FilterRule></S3Key></Filter>"
        )
    };
    let queue = "arn:aws:sqs:us-east-1:123456789012:q";
    for (what, arn) in [
        ("Queue", queue),
        ("Topic", "arn:aws:sns:us-east-1:123456789012:t"),
        (
            "Function",
            "arn:aws:lambda:us-east-1:123456789012:function:f",
        ),
    ] {
        put(what, arn, created, &filter("prefix")).await.ok();
        let ids = c.get("/bucket?notification", &[]).await.elements("Id");
        assert!(ids.len() == 2 && ids[0] != ids[1], "{what}: {ids:?}");
        assert!(ids.iter().all(|id| !id.is_empty()), "{what}: {ids:?}");
    }
    let not_well_formed = "The ARN is not well formed";
    for (what, arn, event, filter, why) in [
        ("Topic", queue, created, String::new(), not_well_formed),
        ("Function", queue, created, String::new(), not_well_formed),
        ("Queue", "q", created, String::new(), not_well_formed),
        (
            "Queue",
            "arn:aws:sqs:us-east-1:123456789012:",
            created,
            String::new(),
            not_well_formed,
        ),
        (
            "Queue",
            queue,
            "s3:ObjectRead",
            String::new(),
            "The event 's3:ObjectRead' is not supported for notifications",
        ),
        (
            "Queue",
            queue,
            created,
            filter("infix"),
            "filter rule name must be either prefix or suffix",
        ),
        (
            "Queue",
            queue,
            "s3:ObjectRemoved:*",
            filter("prefix"),
            "Configurations overlap. Configurations on the same bucket cannot share a common event type.",
        ),
    ] {
        let refused = put(what, arn, event, &filter).await;
        assert_eq!(refused.error(), (400, "InvalidArgument".into()), "{why}");
        let message = refused.element("Message").unwrap();
        assert_eq!(message.replace("&apos;", "'"), why);
    }
}

#[tokio::test]
async fn object_tags() {
    let f = Fixture::new().await;
    let c = &f.client;
    c.put("/bucket/a", &[("x-amz-tagging", "a=1&b=x%20y")], "x")
        .await
        .ok();
    assert_eq!(
        c.get("/bucket/a?tagging", &[]).await.elements("Value"),
        ["1", "x y"]
    );
    let tags = "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>";
    c.put("/bucket/a?tagging", &[], tags).await.ok();
    assert_eq!(c.get("/bucket/a?tagging", &[]).await.elements("Key"), ["k"]);
    c.delete("/bucket/a?tagging", &[]).await.ok();
    assert_eq!(
        c.get("/bucket/a?tagging", &[]).await.elements("Key"),
        [""; 0]
    );
    assert_eq!(
        c.get("/bucket/none?tagging", &[]).await.error(),
        (404, "NoSuchKey".into())
    );
}

fn tagging(tags: &[(&str, &str)]) -> String {
    let tags = tags
        .iter()
        .map(|(key, value)| format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>"));
    format!(
        "<Tagging><TagSet>{}</TagSet></Tagging>",
        tags.collect::<String>()
    )
}

#[tokio::test]
async fn tags_that_are_none() {
    let f = Fixture::new().await;
    let c = &f.client;
    c.put("/bucket/a", &[], "x").await.ok();
    let text = "größe +-=._:/@";
    for path in ["/bucket?tagging", "/bucket/a?tagging"] {
        c.put(path, &[], tagging(&[(text, text)])).await.ok();
        assert_eq!(c.get(path, &[]).await.elements("Key"), [text]);
        for tags in [
            &[("aws:a", "1")][..],
            &[("a*", "1")],
            &[("a", "1?")],
            &[("", "1")],
            &[("a", "1"), ("a", "2")],
        ] {
            let refused = c.put(path, &[], tagging(tags)).await;
            assert_eq!(refused.error(), (400, "InvalidTag".into()), "{tags:?}");
        }
        assert_eq!(c.get(path, &[]).await.elements("Key"), [text]);
        c.put(path, &[], tagging(&[])).await.ok();
    }
    assert_eq!(
        c.get("/bucket/a?tagging", &[]).await.ok().elements("Key"),
        [""; 0]
    );
    assert_eq!(
        c.get("/bucket?tagging", &[]).await.error(),
        (404, "NoSuchTagSet".into())
    );
    for (header, code) in [
        ("a=1&a=2", "InvalidArgument"),
        ("a=%FF", "InvalidArgument"),
        ("aws%3Aa=1", "InvalidTag"),
        ("a=1%3F", "InvalidTag"),
    ] {
        let put = c.put("/bucket/b", &[("x-amz-tagging", header)], "x").await;
        assert_eq!(put.error(), (400, code.into()), "{header}");
    }
}

#[tokio::test]
async fn preflight() {
    let f = Fixture::new().await;
    let browser = f.as_user(None);
    let ask = async |origin: &str, method: &str, headers: &str| {
        let asked = [
            ("origin", origin),
            ("access-control-request-method", method),
            ("access-control-request-headers", headers),
        ];
        browser.send(Method::OPTIONS, "/bucket/a", &asked, "").await
    };
    assert_eq!(
        ask("https://a.example", "PUT", "").await.error(),
        (403, "AccessForbidden".into())
    );
    let xml = "<CORSConfiguration><CORSRule><AllowedMethod>PUT</AllowedMethod><AllowedMethod>GET</AllowedMethod><AllowedOrigin>https://*.example</AllowedOrigin><AllowedHeader>x-amz-*</AllowedHeader><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>60</MaxAgeSeconds></CORSRule></CORSConfiguration>";
    f.client.put("/bucket?cors", &[], xml).await.ok();
    let allowed = ask("https://a.example", "PUT", "x-amz-meta-a, X-Amz-Date")
        .await
        .ok();
    for (name, value) in [
        ("access-control-allow-origin", "https://a.example"),
        ("access-control-allow-methods", "PUT, GET"),
        ("access-control-allow-headers", "x-amz-meta-a, X-Amz-Date"),
        ("access-control-expose-headers", "ETag"),
        ("access-control-max-age", "60"),
        ("access-control-allow-credentials", "true"),
    ] {
        assert_eq!(allowed.header(name), value, "{name}");
    }
    for (origin, method, headers) in [
        ("https://a.elsewhere", "PUT", ""),
        ("https://a.example", "DELETE", ""),
        ("https://a.example", "PUT", "authorization"),
    ] {
        let refused = ask(origin, method, headers).await;
        assert_eq!(
            refused.error(),
            (403, "AccessForbidden".into()),
            "{origin} {method} {headers}"
        );
        assert_eq!(refused.header("access-control-allow-origin"), "");
    }
    assert_eq!(
        browser
            .send(Method::OPTIONS, "/bucket/a", &[], "")
            .await
            .error(),
        (400, "BadRequest".into())
    );
    // The answer to an actual request says it too, even where it is an error: else a script could not read that.
    let origin = [("origin", "https://a.example")];
    let put = f.client.put("/bucket/a", &origin, "x").await.ok();
    assert_eq!(
        put.header("access-control-allow-origin"),
        "https://a.example"
    );
    assert_eq!(
        f.client
            .get("/bucket/none", &origin)
            .await
            .header("access-control-allow-origin"),
        "https://a.example"
    );
    assert_eq!(
        f.client
            .delete("/bucket/none", &origin)
            .await
            .header("access-control-allow-origin"),
        ""
    );
    // It may name the method that the rules are held against.
    for (method, asked, allowed) in [
        (Method::DELETE, "PUT", "https://a.example"),
        (Method::GET, "DELETE", ""),
    ] {
        let asked = [origin[0], ("access-control-request-method", asked)];
        let answer = f.client.send(method, "/bucket/none", &asked, "").await;
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
    }
    let exposed = xml.replace("ETag", "x-amz-*");
    assert_eq!(
        f.client.put("/bucket?cors", &[], exposed).await.error(),
        (400, "InvalidRequest".into())
    );
}
