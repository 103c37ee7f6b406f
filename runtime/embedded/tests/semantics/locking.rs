//! Object lock, retention and legal hold.

use crate::support::Fixture;

async fn locked() -> Fixture {
    let f = Fixture::without_bucket();
    f.client
        .put(
            "/bucket",
            &[("x-amz-bucket-object-lock-enabled", "true")],
            "",
        )
        .await
        .ok();
    f
}

const BYPASS: [(&str, &str); 1] = [("x-amz-bypass-governance-retention", "true")];

/// Whoever locks what he puts must send a digest of it.
const MD5_OF_X: &str = "ndTkYSaMgDT1yFZOFVxnpg==";

fn retention(mode: &str, until: &str) -> String {
    format!("<Retention><Mode>{mode}</Mode><RetainUntilDate>{until}</RetainUntilDate></Retention>")
}

#[tokio::test]
async fn retention_keeps_versions() {
    let f = locked().await;
    let c = &f.client;
    assert_eq!(
        c.get("/bucket?versioning", &[])
            .await
            .element("Status")
            .as_deref(),
        Some("Enabled")
    );
    for (mode, bypassed) in [("GOVERNANCE", true), ("COMPLIANCE", false)] {
        let lock = [
            ("content-md5", MD5_OF_X),
            ("x-amz-object-lock-mode", mode),
            (
                "x-amz-object-lock-retain-until-date",
                "2099-01-01T00:00:00Z",
            ),
        ];
        let put = c.put("/bucket/a", &lock, "x").await.ok();
        let version = format!("/bucket/a?versionId={}", put.header("x-amz-version-id"));
        assert_eq!(
            c.head("/bucket/a", &[])
                .await
                .header("x-amz-object-lock-mode"),
            mode
        );
        assert_eq!(
            c.delete(&version, &[]).await.error(),
            (403, "AccessDenied".into())
        );
        let retained = format!(
            "/bucket/a?retention&versionId={}",
            put.header("x-amz-version-id")
        );
        assert_eq!(
            c.get(&retained, &[]).await.element("Mode").as_deref(),
            Some(mode)
        );
        let longer = retention(mode, "2100-01-01T00:00:00Z");
        c.put(&retained, &[], longer).await.ok();
        let shorter = retention(mode, "2098-01-01T00:00:00Z");
        assert_eq!(
            c.put(&retained, &[], shorter.clone()).await.error(),
            (403, "AccessDenied".into())
        );
        assert_eq!(
            c.put(&retained, &BYPASS, shorter).await.status,
            if bypassed { 200 } else { 403 }
        );
        // Hiding is not deleting.
        c.delete("/bucket/a", &[]).await.ok();
        assert_eq!(
            c.delete(&version, &BYPASS).await.status,
            if bypassed { 204 } else { 403 }
        );
    }
}

#[tokio::test]
async fn legal_hold_keeps_versions() {
    let f = locked().await;
    let c = &f.client;
    let id = c
        .put("/bucket/a", &[], "x")
        .await
        .ok()
        .header("x-amz-version-id")
        .to_owned();
    let hold = |status: &str| format!("<LegalHold><Status>{status}</Status></LegalHold>");
    assert_eq!(
        c.get("/bucket/a?legal-hold", &[]).await.error(),
        (404, "NoSuchObjectLockConfiguration".into())
    );
    let shown = async || {
        let head = c.head("/bucket/a", &[]).await;
        head.header("x-amz-object-lock-legal-hold").to_owned()
    };
    assert_eq!(shown().await, "");
    assert_eq!(
        c.put("/bucket/a?legal-hold", &[], hold("MAYBE"))
            .await
            .error(),
        (400, "MalformedXML".into())
    );
    c.put("/bucket/a?legal-hold", &[], hold("ON")).await.ok();
    assert_eq!(shown().await, "ON");
    assert_eq!(
        c.get("/bucket/a?legal-hold", &[])
            .await
            .element("Status")
            .as_deref(),
        Some("ON")
    );
    let version = format!("/bucket/a?versionId={id}");
    assert_eq!(
        c.delete(&version, &BYPASS).await.error(),
        (403, "AccessDenied".into())
    );
    c.put("/bucket/a?legal-hold", &[], hold("OFF")).await.ok();
    assert_eq!(shown().await, "OFF");
    assert_eq!(
        c.get("/bucket/a?legal-hold", &[])
            .await
            .element("Status")
            .as_deref(),
        Some("OFF")
    );
    assert_eq!(c.delete(&version, &[]).await.status, 204);
}

#[tokio::test]
async fn a_mode_changes_only_with_the_right_to_bypass() {
    let f = locked().await;
    let c = &f.client;
    c.put("/bucket/a", &[], "x").await.ok();
    let put = async |headers: &[(&str, &str)], mode| {
        let xml = retention(mode, "2099-01-01T00:00:00Z");
        c.put("/bucket/a?retention", headers, xml).await.status
    };
    assert_eq!(put(&[], "GOVERNANCE").await, 200);
    assert_eq!(put(&[], "COMPLIANCE").await, 403);
    assert_eq!(put(&BYPASS, "COMPLIANCE").await, 200);
    assert_eq!(put(&BYPASS, "GOVERNANCE").await, 403);
}

#[tokio::test]
async fn documents_that_are_wrong() {
    let f = locked().await;
    let c = &f.client;
    c.put("/bucket/a", &[], "x").await.ok();
    let until = "2099-01-01T00:00:00Z";
    for part in [
        "Mode>GOVERNANCE</Mode",
        "RetainUntilDate>2099-01-01T00:00:00Z</RetainUntilDate",
    ] {
        let xml = format!("<Retention><{part}></Retention>");
        let put = c.put("/bucket/a?retention", &[], xml).await;
        assert_eq!(put.error(), (400, "MalformedXML".into()), "{part}");
    }
    let put = c
        .put("/bucket/a?retention", &[], retention("NONE", until))
        .await;
    assert_eq!(put.error(), (400, "MalformedXML".into()));
    let default = |mode: &str, period: &str| {
        format!(
            "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>{mode}</Mode>{period}</DefaultRetention></Rule></ObjectLockConfiguration>"
        )
    };
    for (xml, code) in [
        (String::new(), "MissingRequestBodyError"),
        (default("NONE", "<Days>1</Days>"), "MalformedXML"),
        (default("GOVERNANCE", ""), "MalformedXML"),
        (default("GOVERNANCE", "<Days>0</Days>"), "InvalidArgument"),
        (
            default("GOVERNANCE", "<Days>36501</Days>"),
            "InvalidArgument",
        ),
        (
            default("GOVERNANCE", "<Years>101</Years>"),
            "InvalidArgument",
        ),
    ] {
        let put = c.put("/bucket?object-lock", &[], xml.clone()).await;
        assert_eq!(put.error(), (400, code.into()), "{xml}");
    }
    for period in ["<Days>36500</Days>", "<Years>100</Years>"] {
        let xml = default("GOVERNANCE", period);
        c.put("/bucket?object-lock", &[], xml).await.ok();
    }
}

#[tokio::test]
async fn a_delete_marker_has_no_lock() {
    let f = locked().await;
    let c = &f.client;
    c.put("/bucket/a", &[], "x").await.ok();
    c.delete("/bucket/a", &[]).await.ok();
    for (path, xml) in [
        (
            "/bucket/a?retention",
            retention("GOVERNANCE", "2099-01-01T00:00:00Z"),
        ),
        (
            "/bucket/a?legal-hold",
            "<LegalHold><Status>ON</Status></LegalHold>".to_owned(),
        ),
    ] {
        let refused = (405, "MethodNotAllowed".to_owned());
        assert_eq!(c.get(path, &[]).await.error(), refused);
        assert_eq!(c.put(path, &[], xml).await.error(), refused);
    }
}

#[tokio::test]
async fn a_default_applies_to_what_names_none() {
    let f = locked().await;
    let c = &f.client;
    let configuration = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule></ObjectLockConfiguration>";
    c.put("/bucket?object-lock", &[], configuration).await.ok();
    assert_eq!(
        c.get("/bucket?object-lock", &[])
            .await
            .element("Days")
            .as_deref(),
        Some("1")
    );
    c.put("/bucket/a", &[], "x").await.ok();
    assert_eq!(
        c.head("/bucket/a", &[])
            .await
            .header("x-amz-object-lock-mode"),
        "GOVERNANCE"
    );
    let suspend = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";
    assert_eq!(
        c.put("/bucket?versioning", &[], suspend).await.error(),
        (409, "InvalidBucketState".into())
    );
}

#[tokio::test]
async fn without_object_lock() {
    let f = Fixture::new().await;
    let c = &f.client;
    c.put("/bucket/a", &[], "x").await.ok();
    assert_eq!(
        c.get("/bucket?object-lock", &[]).await.error(),
        (404, "ObjectLockConfigurationNotFoundError".into())
    );
    assert_eq!(
        c.get("/bucket/a?retention", &[]).await.error(),
        (400, "InvalidRequest".into())
    );
    assert_eq!(
        c.put(
            "/bucket/a",
            &[
                ("content-md5", MD5_OF_X),
                ("x-amz-object-lock-legal-hold", "ON")
            ],
            "x"
        )
        .await
        .error(),
        (400, "InvalidRequest".into())
    );
    let f = locked().await;
    f.client.put("/bucket/a", &[], "x").await.ok();
    assert_eq!(
        f.client.get("/bucket/a?retention", &[]).await.error(),
        (404, "NoSuchObjectLockConfiguration".into())
    );
    let past = retention("GOVERNANCE", "2001-01-01T00:00:00Z");
    assert_eq!(
        f.client.put("/bucket/a?retention", &[], past).await.error(),
        (400, "InvalidArgument".into())
    );
}
