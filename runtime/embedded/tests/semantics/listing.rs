//! ListObjects in both versions: order, pages, delimiters, encoding; and of parts, their pages.

use crate::{
    multipart::{create, part},
    support::{Answer, Fixture},
};

async fn with_keys(keys: &[&str]) -> Fixture {
    let f = Fixture::new().await;
    for key in keys {
        f.client.put(&format!("/bucket/{key}"), &[], "x").await.ok();
    }
    f
}

/// Keys and common prefixes of all pages of ListObjectsV2.
async fn pages(f: &Fixture, query: &str) -> Vec<Vec<String>> {
    let (mut pages, mut token) = (Vec::new(), String::new());
    loop {
        let page = f
            .client
            .get(&format!("/bucket?{query}&list-type=2{token}"), &[])
            .await
            .ok();
        pages.push(names(&page));
        let count = page.element("KeyCount").unwrap().parse::<usize>().unwrap();
        assert_eq!(count, pages.last().unwrap().len());
        if page.element("IsTruncated").unwrap() == "false" {
            assert_eq!(page.element("NextContinuationToken"), None);
            return pages;
        }
        token = format!(
            "&continuation-token={}",
            page.element("NextContinuationToken").unwrap()
        );
    }
}

fn names(page: &Answer) -> Vec<String> {
    // The first prefix is the one that was asked for.
    let prefixes = page.elements("Prefix").into_iter().skip(1);
    let mut names = page
        .elements("Key")
        .into_iter()
        .chain(prefixes)
        .collect::<Vec<_>>();
    names.sort();
    names
}

#[tokio::test]
async fn in_byte_order_and_in_pages() {
    let f = with_keys(&[
        "b",
        "a",
        "%C3%BC",
        "z",
        "A",
        "a/b",
        "%F0%9F%A6%80",
        "%EF%BF%BD",
    ])
    .await;
    let all = f.client.get("/bucket?list-type=2", &[]).await;
    // U+FFFD sorts before U+1F980 in UTF-8, after it in UTF-16.
    assert_eq!(
        all.elements("Key"),
        ["A", "a", "a/b", "b", "z", "ü", "\u{FFFD}", "🦀"]
    );
    let paged = pages(&f, "max-keys=3").await;
    assert_eq!(paged.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 2]);
    assert_eq!(paged.concat(), all.elements("Key"));
}

#[tokio::test]
async fn a_common_prefix_counts_as_one_key() {
    let f = with_keys(&["a", "b/1", "b/2", "b/3", "c/1", "c/d/1", "e"]).await;
    assert_eq!(pages(&f, "delimiter=/").await, [["a", "b/", "c/", "e"]]);
    let paged = pages(&f, "delimiter=/&max-keys=1").await;
    assert_eq!(paged, [["a"], ["b/"], ["c/"], ["e"]]);
    assert_eq!(pages(&f, "delimiter=/&prefix=c/").await, [["c/1", "c/d/"]]);
    assert_eq!(pages(&f, "delimiter=/&prefix=c").await, [["c/"]]);
    assert_eq!(
        pages(&f, "prefix=b/&start-after=b/1").await,
        [["b/2", "b/3"]]
    );
    assert_eq!(
        pages(&f, "delimiter=/&start-after=b/2").await,
        [["b/", "c/", "e"]]
    );
}

#[tokio::test]
async fn the_first_version_of_the_operation() {
    let f = with_keys(&["a", "b/1", "b/2", "c"]).await;
    let first = f.client.get("/bucket?delimiter=/&max-keys=2", &[]).await;
    assert_eq!(names(&first), ["a", "b/"]);
    assert_eq!(first.element("NextMarker").as_deref(), Some("b/"));
    let second = f
        .client
        .get("/bucket?delimiter=/&max-keys=2&marker=b/", &[])
        .await;
    assert_eq!(names(&second), ["c"]);
    assert_eq!(second.element("IsTruncated").as_deref(), Some("false"));
}

#[tokio::test]
async fn a_thousand_and_no_more() {
    let f = Fixture::new().await;
    for number in 0..1001 {
        f.client
            .put(&format!("/bucket/{number:04}"), &[], "")
            .await
            .ok();
    }
    for query in ["max-keys=1000", "max-keys=5000", "x-id=ListObjectsV2"] {
        assert_eq!(
            pages(&f, query)
                .await
                .iter()
                .map(Vec::len)
                .collect::<Vec<_>>(),
            [1000, 1],
            "{query}"
        );
    }
    assert_eq!(pages(&f, "max-keys=0").await, [[""; 0]]);
    assert_eq!(
        f.client.get("/bucket?max-keys=-1", &[]).await.error(),
        (400, "InvalidArgument".into())
    );
}

#[tokio::test]
async fn encoded_where_asked() {
    let f = with_keys(&["a%20b/c%26", "%01"]).await;
    let plain = f.client.get("/bucket?list-type=2&prefix=a", &[]).await;
    assert_eq!(plain.elements("Key"), ["a b/c&amp;"]);
    let encoded = f
        .client
        .get("/bucket?list-type=2&encoding-type=url", &[])
        .await;
    assert_eq!(encoded.elements("Key"), ["%01", "a%20b/c%26"]);
    assert_eq!(encoded.element("EncodingType").as_deref(), Some("url"));
    let bad = f
        .client
        .get("/bucket?list-type=2&encoding-type=rot13", &[])
        .await;
    assert_eq!(bad.error(), (400, "InvalidArgument".into()));
    let bad = f
        .client
        .get("/bucket?list-type=2&continuation-token=%21", &[])
        .await;
    assert_eq!(bad.error(), (400, "InvalidArgument".into()));
}

/// Without a delimiter the last key is the marker, and S3 does not say it again.
#[tokio::test]
async fn the_next_marker_is_named_where_prefixes_are() {
    let f = Fixture::new().await;
    for key in ["a/1", "b/1"] {
        f.client.put(&format!("/bucket/{key}"), &[], "x").await.ok();
    }
    for (query, marker) in [("", None), ("&delimiter=/", Some("a/"))] {
        let target = format!("/bucket?max-keys=1{query}");
        let page = f.client.get(&target, &[]).await.ok();
        assert_eq!(page.element("IsTruncated").as_deref(), Some("true"));
        assert_eq!(page.element("NextMarker").as_deref(), marker, "{query}");
    }
}

#[tokio::test]
async fn parts_come_page_by_page() {
    let f = Fixture::new().await;
    let c = &f.client;
    let id = create(c, "a", &[]).await;
    for number in [1, 3, 7] {
        part(c, "a", &id, number, b"x".to_vec(), &[]).await.ok();
    }
    let page = async |query: &str| {
        let target = format!("/bucket/a?uploadId={id}&{query}");
        let page = c.get(&target, &[]).await.ok();
        let truncated = page.element("IsTruncated").unwrap() == "true";
        let next = page.element("NextPartNumberMarker").unwrap();
        (page.elements("PartNumber").join(" "), truncated, next)
    };
    let expected = |numbers: &str, truncated, next: &str| (numbers.into(), truncated, next.into());
    assert_eq!(page("max-parts=2").await, expected("1 3", true, "3"));
    let last = page("max-parts=2&part-number-marker=3").await;
    assert_eq!(last, expected("7", false, "7"));
    let exact = page("max-parts=3").await;
    assert_eq!(exact, expected("1 3 7", false, "7"));
    // Complete, as any page of nothing: a client that follows the marker would never come to an end.
    assert_eq!(page("max-parts=0").await, expected("", false, "0"));
}
