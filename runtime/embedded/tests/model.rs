//! Random sequences of operations on the embedded server and on a plain model, side by side.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod support;

use proptest::prelude::*;
use std::collections::BTreeMap;
use support::{Client, Fixture};

/// Few keys, so that operations meet; with what is easily done wrong in their order and their prefixes.
const KEYS: [&str; 9] = [
    "a",
    "a/b",
    "a/b/c",
    "a0",
    "a%20b",
    "b",
    "b/",
    "%C3%BC",
    "%F0%9F%A6%80",
];

#[derive(Debug, Clone)]
enum Operation {
    Put {
        key: usize,
        body: Vec<u8>,
    },
    /// With `If-None-Match: *`.
    Create {
        key: usize,
        body: Vec<u8>,
    },
    /// With `If-Match` on the current ETag, or on one that is wrong.
    Update {
        key: usize,
        body: Vec<u8>,
        right: bool,
    },
    Get {
        key: usize,
        range: Option<(usize, usize)>,
    },
    Delete {
        key: usize,
    },
    DeleteMany {
        keys: Vec<usize>,
    },
    Copy {
        from: usize,
        to: usize,
    },
    Multipart {
        key: usize,
        parts: Vec<u8>,
    },
    List {
        prefix: usize,
        delimiter: bool,
        page: usize,
    },
}

fn operation() -> impl Strategy<Value = Operation> {
    let key = 0..KEYS.len();
    let body = prop::collection::vec(any::<u8>(), 0..40);
    prop_oneof![
        3 => (key.clone(), body.clone()).prop_map(|(key, body)| Operation::Put { key, body }),
        1 => (key.clone(), body.clone()).prop_map(|(key, body)| Operation::Create { key, body }),
        1 => (key.clone(), body, any::<bool>()).prop_map(|(key, body, right)| Operation::Update { key, body, right }),
        2 => (key.clone(), prop::option::of((0..50_usize, 0..50_usize))).prop_map(|(key, range)| Operation::Get { key, range }),
        2 => key.clone().prop_map(|key| Operation::Delete { key }),
        1 => prop::collection::vec(key.clone(), 1..4).prop_map(|keys| Operation::DeleteMany { keys }),
        1 => (key.clone(), key.clone()).prop_map(|(from, to)| Operation::Copy { from, to }),
        1 => (key, prop::collection::vec(any::<u8>(), 1..3)).prop_map(|(key, parts)| Operation::Multipart { key, parts }),
        2 => (0..PREFIXES.len(), any::<bool>(), 1..5_usize)
            .prop_map(|(prefix, delimiter, page)| Operation::List { prefix, delimiter, page }),
    ]
}

const PREFIXES: [&str; 5] = ["", "a", "a/", "b/", "none"];

type Model = BTreeMap<String, Vec<u8>>;

fn decoded(key: usize) -> String {
    percent_decoded(KEYS[key])
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        if *byte == b'%' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(*byte);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}

async fn etag(c: &Client, path: &str) -> String {
    c.head(path, &[]).await.header("etag").to_owned()
}

async fn apply(c: &Client, model: &mut Model, operation: Operation) {
    let path = |key: usize| format!("/bucket/{}", KEYS[key]);
    match operation {
        Operation::Put { key, body } => {
            c.put(&path(key), &[], body.clone()).await.ok();
            model.insert(decoded(key), body);
        }
        Operation::Create { key, body } => {
            let status = c
                .put(&path(key), &[("if-none-match", "*")], body.clone())
                .await
                .status;
            assert_eq!(
                status,
                if model.contains_key(&decoded(key)) {
                    412
                } else {
                    200
                }
            );
            model.entry(decoded(key)).or_insert(body);
        }
        Operation::Update { key, body, right } => {
            let current = if right {
                etag(c, &path(key)).await
            } else {
                "\"wrong\"".to_owned()
            };
            let current = if current.is_empty() {
                "\"none\"".to_owned()
            } else {
                current
            };
            let status = c
                .put(&path(key), &[("if-match", &current)], body.clone())
                .await
                .status;
            match model.get_mut(&decoded(key)) {
                None => assert_eq!(status, 404),
                Some(_) if !right => assert_eq!(status, 412),
                Some(stored) => {
                    assert_eq!(status, 200);
                    *stored = body;
                }
            }
        }
        Operation::Get { key, range } => get(c, model, &path(key), &decoded(key), range).await,
        Operation::Delete { key } => {
            assert_eq!(c.delete(&path(key), &[]).await.status, 204);
            model.remove(&decoded(key));
        }
        Operation::DeleteMany { keys } => {
            let objects = keys
                .iter()
                .map(|key| format!("<Object><Key>{}</Key></Object>", decoded(*key)));
            let xml = format!("<Delete>{}</Delete>", objects.collect::<String>());
            c.delete_many(&[], &xml).await.ok();
            keys.iter()
                .for_each(|key| drop(model.remove(&decoded(*key))));
        }
        Operation::Copy { from, to } => {
            let source = format!("bucket/{}", KEYS[from]);
            let status = c
                .put(&path(to), &[("x-amz-copy-source", &source)], "")
                .await
                .status;
            match model.get(&decoded(from)).cloned() {
                None => assert_eq!(status, 404),
                // Onto itself, with nothing changed.
                Some(_) if from == to => assert_eq!(status, 400),
                Some(body) => {
                    assert_eq!(status, 200);
                    model.insert(decoded(to), body);
                }
            }
        }
        Operation::Multipart { key, parts } => {
            let body = multipart(c, &path(key), &parts).await;
            model.insert(decoded(key), body);
        }
        Operation::List {
            prefix,
            delimiter,
            page,
        } => list(c, model, PREFIXES[prefix], delimiter, page).await,
    }
}

async fn get(c: &Client, model: &Model, path: &str, key: &str, range: Option<(usize, usize)>) {
    let header = range.map(|(first, length)| format!("bytes={first}-{}", first + length));
    let headers = header
        .iter()
        .map(|range| ("range", range.as_str()))
        .collect::<Vec<_>>();
    let got = c.get(path, &headers).await;
    match (model.get(key), range) {
        (None, _) => assert_eq!(got.error(), (404, "NoSuchKey".into())),
        (Some(body), None) => assert_eq!((got.status, &got.body[..]), (200, &body[..])),
        (Some(body), Some((first, _))) if first >= body.len() => assert_eq!(got.status, 416),
        (Some(body), Some((first, length))) => {
            let last = (first + length + 1).min(body.len());
            assert_eq!((got.status, &got.body[..]), (206, &body[first..last]));
        }
    }
}

/// All parts but the last must be large, so there is one that is, and what comes after it.
async fn multipart(c: &Client, path: &str, last: &[u8]) -> Vec<u8> {
    let id = c
        .post(&format!("{path}?uploads"), &[], "")
        .await
        .ok()
        .element("UploadId")
        .unwrap();
    let put = c
        .put(
            &format!("{path}?partNumber=3&uploadId={id}"),
            &[],
            last.to_vec(),
        )
        .await
        .ok();
    let part = format!(
        "<Part><PartNumber>3</PartNumber><ETag>{}</ETag></Part>",
        put.header("etag")
    );
    let xml = format!("<CompleteMultipartUpload>{part}</CompleteMultipartUpload>");
    c.post(&format!("{path}?uploadId={id}"), &[], xml)
        .await
        .ok();
    last.to_vec()
}

async fn list(c: &Client, model: &Model, prefix: &str, delimiter: bool, page: usize) {
    let mut expected: Vec<String> = Vec::new();
    for key in model.keys().filter(|key| key.starts_with(prefix)) {
        let name = match key[prefix.len()..].find('/').filter(|_| delimiter) {
            Some(at) => key[..prefix.len() + at + 1].to_owned(),
            None => key.clone(),
        };
        if expected.last() != Some(&name) {
            expected.push(name);
        }
    }
    let slash = if delimiter { "&delimiter=/" } else { "" };
    let query =
        format!("/bucket?list-type=2&encoding-type=url&max-keys={page}&prefix={prefix}{slash}");
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        let answer = c.get(&format!("{query}{token}"), &[]).await.ok();
        let prefixes = answer.elements("Prefix").into_iter().skip(1);
        let mut names = answer
            .elements("Key")
            .into_iter()
            .chain(prefixes)
            .map(|name| percent_decoded(&name))
            .collect::<Vec<_>>();
        names.sort();
        assert!(names.len() <= page);
        found.extend(names);
        if answer.element("IsTruncated").unwrap() == "false" {
            break;
        }
        token = format!(
            "&continuation-token={}",
            answer.element("NextContinuationToken").unwrap()
        );
    }
    assert_eq!(
        found, expected,
        "prefix {prefix:?} delimiter {delimiter} page {page}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_server_does_as_the_model(operations in prop::collection::vec(operation(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let fixture = Fixture::new().await;
            let mut model = Model::new();
            for operation in operations {
                apply(&fixture.client, &mut model, operation).await;
            }
            for key in KEYS {
                let path = format!("/bucket/{key}");
                get(&fixture.client, &model, &path, &percent_decoded(key), None).await;
            }
        });
    }
}
