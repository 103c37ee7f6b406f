//! Versioning: enabled, suspended, delete markers, null versions, and their listing.

use crate::support::{Client, Fixture};

pub(crate) async fn set_versioning(c: &Client, status: &str) {
    let xml =
        format!("<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>");
    c.put("/bucket?versioning", &[], xml).await.ok();
}

async fn put(c: &Client, body: &str) -> String {
    c.put("/bucket/a", &[], body.to_owned())
        .await
        .ok()
        .header("x-amz-version-id")
        .to_owned()
}

#[tokio::test]
async fn versions_are_kept() {
    let f = Fixture::new().await;
    let c = &f.client;
    assert_eq!(
        c.get("/bucket?versioning", &[]).await.element("Status"),
        None
    );
    assert_eq!(put(c, "0").await, "");
    set_versioning(c, "Enabled").await;
    assert_eq!(
        c.get("/bucket?versioning", &[])
            .await
            .element("Status")
            .as_deref(),
        Some("Enabled")
    );
    let (one, two) = (put(c, "1").await, put(c, "2").await);
    assert_ne!(one, two);
    assert_eq!(c.get("/bucket/a", &[]).await.text(), "2");
    assert_eq!(
        c.get("/bucket/a", &[]).await.header("x-amz-version-id"),
        two
    );
    assert_eq!(
        c.get(&format!("/bucket/a?versionId={one}"), &[])
            .await
            .text(),
        "1"
    );
    assert_eq!(c.get("/bucket/a?versionId=null", &[]).await.text(), "0");

    let deleted = c.delete("/bucket/a", &[]).await.ok();
    assert_eq!(deleted.header("x-amz-delete-marker"), "true");
    let marker = deleted.header("x-amz-version-id").to_owned();
    let gone = c.get("/bucket/a", &[]).await;
    assert_eq!(gone.error(), (404, "NoSuchKey".into()));
    assert_eq!(
        (
            gone.header("x-amz-delete-marker"),
            gone.header("x-amz-version-id")
        ),
        ("true", marker.as_str())
    );
    let asked = c.get(&format!("/bucket/a?versionId={marker}"), &[]).await;
    assert_eq!(asked.error(), (405, "MethodNotAllowed".into()));
    assert_eq!(c.get("/bucket", &[]).await.elements("Key"), [""; 0]);
    assert_eq!(
        c.delete("/bucket", &[]).await.error(),
        (409, "BucketNotEmpty".into())
    );

    let listed = c.get("/bucket?versions", &[]).await;
    let mut ids = listed.elements("VersionId");
    ids.sort();
    let mut expected = vec![marker.clone(), two.clone(), one.clone(), "null".to_owned()];
    expected.sort();
    assert_eq!(ids, expected);
    assert_eq!(
        listed
            .elements("IsLatest")
            .iter()
            .filter(|latest| *latest == "true")
            .count(),
        1
    );

    // Removing the marker brings the object back.
    let undone = c
        .delete(&format!("/bucket/a?versionId={marker}"), &[])
        .await
        .ok();
    assert_eq!(
        (
            undone.header("x-amz-delete-marker"),
            undone.header("x-amz-version-id")
        ),
        ("true", marker.as_str())
    );
    assert_eq!(c.get("/bucket/a", &[]).await.text(), "2");
    c.delete(&format!("/bucket/a?versionId={two}"), &[])
        .await
        .ok();
    assert_eq!(c.get("/bucket/a", &[]).await.text(), "1");
}

#[tokio::test]
async fn suspended_writes_take_the_place_of_the_null_version() {
    let f = Fixture::new().await;
    let c = &f.client;
    set_versioning(c, "Enabled").await;
    let one = put(c, "1").await;
    set_versioning(c, "Suspended").await;
    // Nobody could ask for it by this id for long.
    assert_eq!(put(c, "2").await, "");
    assert_eq!(put(c, "3").await, "");
    assert_eq!(
        c.get("/bucket/a", &[]).await.header("x-amz-version-id"),
        "null"
    );
    let mut ids = c.get("/bucket?versions", &[]).await.elements("VersionId");
    ids.sort();
    assert_eq!(ids, [one.as_str(), "null"]);
    let deleted = c.delete("/bucket/a", &[]).await.ok();
    assert_eq!(
        (
            deleted.header("x-amz-delete-marker"),
            deleted.header("x-amz-version-id")
        ),
        ("true", "null")
    );
    assert_eq!(
        c.get("/bucket/a?versionId=null", &[]).await.error(),
        (405, "MethodNotAllowed".into())
    );
    assert_eq!(
        c.get(&format!("/bucket/a?versionId={one}"), &[])
            .await
            .text(),
        "1"
    );
}

#[tokio::test]
async fn versions_are_listed_in_pages() {
    let f = Fixture::new().await;
    let c = &f.client;
    set_versioning(c, "Enabled").await;
    let mut expected = Vec::new();
    for key in ["a", "b"] {
        let mut ids = Vec::new();
        for body in ["1", "2", "3"] {
            let put = c.put(&format!("/bucket/{key}"), &[], body).await.ok();
            ids.insert(0, put.header("x-amz-version-id").to_owned());
        }
        expected.extend(ids);
    }
    let (mut found, mut marker) = (Vec::new(), String::new());
    loop {
        let page = c
            .get(&format!("/bucket?versions&max-keys=2{marker}"), &[])
            .await
            .ok();
        found.extend(page.elements("VersionId"));
        if page.element("IsTruncated").unwrap() == "false" {
            break;
        }
        let (key, id) = (
            page.element("NextKeyMarker").unwrap(),
            page.element("NextVersionIdMarker").unwrap(),
        );
        marker = format!("&key-marker={key}&version-id-marker={id}");
    }
    assert_eq!(found, expected);
    let id_alone = c.get("/bucket?versions&version-id-marker=x", &[]).await;
    assert_eq!(id_alone.error(), (400, "InvalidArgument".into()));
}

#[tokio::test]
async fn a_version_can_be_copied_and_tagged() {
    let f = Fixture::new().await;
    let c = &f.client;
    set_versioning(c, "Enabled").await;
    let (one, two) = (put(c, "1").await, put(c, "2").await);
    let source = format!("bucket/a?versionId={one}");
    let copied = c
        .put("/bucket/b", &[("x-amz-copy-source", &source)], "")
        .await
        .ok();
    assert_eq!(copied.header("x-amz-copy-source-version-id"), one);
    assert_eq!(c.get("/bucket/b", &[]).await.text(), "1");
    let tags = "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>";
    c.put(&format!("/bucket/a?tagging&versionId={one}"), &[], tags)
        .await
        .ok();
    assert_eq!(
        c.get(&format!("/bucket/a?tagging&versionId={one}"), &[])
            .await
            .elements("Value"),
        ["v"]
    );
    assert_eq!(
        c.get(&format!("/bucket/a?tagging&versionId={two}"), &[])
            .await
            .elements("Value"),
        [""; 0]
    );
    c.delete(&format!("/bucket/a?tagging&versionId={one}"), &[])
        .await
        .ok();
    assert_eq!(
        c.get(&format!("/bucket/a?tagging&versionId={one}"), &[])
            .await
            .elements("Value"),
        [""; 0]
    );
}

#[tokio::test]
async fn conditional_writes_see_through_delete_markers() {
    let f = Fixture::new().await;
    let c = &f.client;
    set_versioning(c, "Enabled").await;
    put(c, "1").await;
    assert_eq!(
        c.put("/bucket/a", &[("if-none-match", "*")], "2")
            .await
            .status,
        412
    );
    c.delete("/bucket/a", &[]).await.ok();
    assert_eq!(
        c.put("/bucket/a", &[("if-match", "\"e\"")], "2")
            .await
            .error(),
        (404, "NoSuchKey".into())
    );
    assert_eq!(
        c.put("/bucket/a", &[("if-none-match", "*")], "2")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn versioning_without_a_status() {
    let f = Fixture::new().await;
    for (status, code) in [
        ("", "IllegalVersioningConfigurationException"),
        ("<Status>Off</Status>", "MalformedXML"),
    ] {
        let xml = format!("<VersioningConfiguration>{status}</VersioningConfiguration>");
        let put = f.client.put("/bucket?versioning", &[], xml).await;
        assert_eq!(put.error(), (400, code.into()));
    }
}
