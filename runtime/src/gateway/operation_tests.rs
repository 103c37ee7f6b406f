use std::collections::HashSet;

use http::{HeaderValue, header::HOST};

use super::*;

fn of(method: &Method, host: &str, uri: &str, extra: &[&'static str]) -> Operation {
    let mut headers = HeaderMap::new();
    headers.insert(HOST, HeaderValue::try_from(host).expect("a host"));
    for header in extra {
        headers.insert(*header, HeaderValue::from_static("x"));
    }
    let target = Target::of(&uri.parse().expect(uri), &headers);
    Operation::of(method, &target, &headers)
}

/// Every row of the table, in both styles of address: no row hides behind an earlier one.
#[test]
fn every_operation_is_named_in_both_styles() {
    for row in TABLE {
        let query = match row.query {
            [] => String::new(),
            some => format!("?{}&x-id={}", some.join("&"), row.operation),
        };
        let (path, hosted) = match row.level {
            Level::Service => ("/", None),
            Level::Bucket => ("/bucket", Some("/")),
            Level::Object | Level::Any => ("/bucket/a/key", Some("/a/key")),
        };
        let named = of(
            &row.method,
            "127.0.0.1:1",
            &format!("{path}{query}"),
            row.headers,
        );
        assert_eq!(named, row.operation);
        if let Some(path) = hosted {
            let uri = format!("{path}{query}");
            let named = of(&row.method, "bucket.localhost:1", &uri, row.headers);
            assert_eq!(named, row.operation);
        }
    }
}

#[test]
fn names_are_texts_and_back() {
    let names: HashSet<_> = Operation::ALL.iter().map(|it| it.name()).collect();
    assert_eq!(names.len(), Operation::ALL.len());
    for operation in Operation::ALL {
        assert_eq!(operation.to_string().parse(), Ok(*operation));
    }
    let error = "putobject".parse::<Operation>().expect_err("no name");
    assert!(error.to_string().starts_with("`putobject` is no operation"));
}

#[test]
fn requests_of_real_clients_are_named() {
    let copied = ["x-amz-copy-source"];
    for (method, uri, headers, expected) in [
        ("GET", "/", &[][..], "ListBuckets"),
        ("GET", "/?x-id=ListBuckets", &[], "ListBuckets"),
        (
            "GET",
            "/b?list-type=2&prefix=a%2F&delimiter=%2F",
            &[],
            "ListObjectsV2",
        ),
        (
            "GET",
            "/b/?list-type=2&continuation-token=x",
            &[],
            "ListObjectsV2",
        ),
        ("GET", "/b?prefix=a&marker=x", &[], "ListObjects"),
        ("GET", "/b?versions&prefix=a", &[], "ListObjectVersions"),
        ("GET", "/b/k?versionId=1&partNumber=2", &[], "GetObject"),
        ("GET", "/b/k?x-id=GetObject", &[], "GetObject"),
        (
            "GET",
            "/b/k?X-Amz-Signature=1&X-Amz-Expires=9",
            &[],
            "GetObject",
        ),
        ("GET", "/b/acl", &[], "GetObject"),
        ("PUT", "/b/k", &["x-amz-acl"], "PutObject"),
        ("PUT", "/b/k", &copied, "CopyObject"),
        (
            "PUT",
            "/b/k?partNumber=1&uploadId=u",
            &copied,
            "UploadPartCopy",
        ),
        (
            "PUT",
            "/b/k?uploadId=u&partNumber=1&x-id=UploadPart",
            &[],
            "UploadPart",
        ),
        ("POST", "/b/k?uploads=", &[], "CreateMultipartUpload"),
        ("POST", "/b/k?uploadId=u", &[], "CompleteMultipartUpload"),
        ("POST", "/b?delete=", &[], "DeleteObjects"),
        ("POST", "/b", &[], "PostObject"),
        ("POST", "/b/k", &[], "Unknown"),
        ("PATCH", "/b/k", &[], "Unknown"),
        ("POST", "/", &[], "Unknown"),
        ("OPTIONS", "/b/k", &[], "OptionsObject"),
        ("OPTIONS", "/b", &[], "OptionsObject"),
    ] {
        let method = method.parse().expect(method);
        let named = of(&method, "127.0.0.1:1", uri, headers);
        assert_eq!(named.name(), expected, "{method} {uri}");
    }
}

/// The names in the embedded server's table of operations, which is the list of those that tests can reach.
#[test]
fn all_operations_of_the_embedded_server_are_known() {
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/embedded/src/service/mod.rs");
    // A published crate has no sibling to read.
    let Ok(table) = std::fs::read_to_string(table) else {
        return;
    };
    let table = table.split_once("operations! {\n").expect("the table").1;
    let inputs = table.split('(').filter_map(|it| it.split_once("Input)"));
    let names: Vec<&str> = inputs.map(|(name, _)| name).collect();
    assert!(names.len() > 60, "{names:?}");
    for name in names {
        assert!(name.parse::<Operation>().is_ok(), "{name}");
    }
}
