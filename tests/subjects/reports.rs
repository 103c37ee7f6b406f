//! Tests that fail in every way that a report tells of.

use std::sync::Arc;

use object_store::{Attribute, ObjectStore, ObjectStoreExt, PutOptions, path::Path};
use s3_test::{Backend, Faults, Operation, Requests, S3Error, TestBucket, s3_test};
use s3_test_suite::{Client, Engine, record};

async fn put(store: &dyn ObjectStore, key: &str, content: &str) {
    let path = Path::parse(key).unwrap();
    store.put(&path, content.to_owned().into()).await.unwrap();
}

fn client(bucket: &TestBucket) -> Client {
    Client::new(bucket.endpoint(), bucket.access_key(), bucket.secret_key())
}

/// Puts an object whose key object_store refuses. The key is percent-encoded.
async fn put_odd(bucket: &TestBucket, key: &str) {
    let path = format!("{}/{key}", bucket.name());
    client(bucket).send("PUT", &path, "x").await;
}

#[s3_test(bucket = "report-panics")]
async fn panics(
    bucket: TestBucket,
    store: &dyn ObjectStore,
    #[bucket("report-archive")] archive: &dyn ObjectStore,
) {
    record(&bucket);
    put(store, "left/behind", "x").await;
    let rare = PutOptions {
        attributes: [(Attribute::StorageClass, "REDUCED_REDUNDANCY")]
            .into_iter()
            .collect(),
        ..PutOptions::default()
    };
    let path = Path::from("left/more");
    store
        .put_opts(&path, "x".repeat(2000).into(), rare)
        .await
        .unwrap();
    put(archive, "archived", "").await;
    panic!("the message of the panic");
}

#[s3_test(bucket = "report-err")]
async fn returns_err(bucket: TestBucket) -> Result<(), Box<dyn std::error::Error>> {
    record(&bucket);
    Err("the reason of the failure")?
}

#[s3_test(bucket = "report-timeout", timeout = "500ms")]
async fn times_out(store: Arc<dyn ObjectStore>) {
    put(&*store, "before", "the end").await;
    std::future::pending::<()>().await;
}

#[s3_test(bucket = "report-killed")]
async fn its_server_is_killed(store: Arc<dyn ObjectStore>) -> object_store::Result<()> {
    put(&*store, "before", "the end").await;
    let killed = tokio::task::spawn_blocking(|| {
        let label = std::env::var("SUITE_LABEL").expect("the label of the sandbox");
        Engine::connect().expect("the engine").kill(&label);
    });
    killed.await.unwrap();
    store.get(&Path::from("before")).await?;
    Ok(())
}

/// Copies the file that is an object to RustFS, since 10,000 requests would take it minutes.
const MULTIPLY: &str = r#"
cd /data/report-many
numbers() { seq -w 00001 09999 | sed "s/^/object-/"; }
numbers | xargs mkdir
numbers | sed "s|$|/xl.meta|" | xargs sh -c 'tee "$@" < object-00000/xl.meta > /dev/null' all
"#;

#[s3_test(bucket = "report-many")]
async fn ten_thousand_objects(bucket: TestBucket) {
    use futures_util::StreamExt;

    let store = bucket.store().unwrap();
    let first = match bucket.backend() {
        Backend::Embedded => 10_000,
        _ => 1,
    };
    let puts = (0..first).map(|number| {
        let store = store.clone();
        async move { put(&store, &format!("object-{number:05}"), "ten bytes.").await }
    });
    futures_util::stream::iter(puts)
        .buffer_unordered(64)
        .collect::<Vec<()>>()
        .await;
    if first == 1 {
        let multiplied = tokio::task::spawn_blocking(|| {
            let label = std::env::var("SUITE_LABEL").expect("the label of the sandbox");
            Engine::connect()
                .expect("the engine")
                .run_in(&label, MULTIPLY);
        });
        multiplied.await.unwrap();
    }
    panic!("with ten thousand objects");
}

#[s3_test(bucket = "report-deleted")]
async fn deletes_its_bucket(bucket: TestBucket) {
    let client = client(&bucket);
    client.send("DELETE", bucket.name(), "").await;
    panic!("without a bucket");
}

#[s3_test(bucket = "report-odd")]
async fn odd_keys(bucket: TestBucket) {
    let long = "long".repeat(60);
    for key in ["back%5Cslash", "%C3%BCn%C3%AF%20%22quoted%22", &long] {
        put_odd(&bucket, key).await;
    }
    // RustFS takes no control characters.
    if bucket.backend() == Backend::Embedded {
        for key in ["line%0Abreak", "red%20%1B%5B31malert"] {
            put_odd(&bucket, key).await;
        }
    }
    panic!("with odd keys");
}

#[s3_test(bucket = "report-uploads")]
async fn leaves_uploads(store: Arc<dyn ObjectStore>) {
    for key in ["first", "second"] {
        let mut upload = store.put_multipart(&Path::from(key)).await.unwrap();
        upload.put_part("part".into()).await.unwrap();
    }
    panic!("with unfinished uploads");
}

#[s3_test(bucket = "report-versions", versioning = true)]
async fn versions(store: Arc<dyn ObjectStore>) {
    put(&*store, "rewritten", "one").await;
    put(&*store, "rewritten", "two").await;
    put(&*store, "deleted", "gone").await;
    store.delete(&Path::from("deleted")).await.unwrap();
    panic!("with versions");
}

#[s3_test(bucket = "report-rule")]
async fn a_rule_that_never_fired(store: Arc<dyn ObjectStore>, faults: Faults) {
    faults
        .on(Operation::GetObject)
        .key("wanted")
        .respond(S3Error::SLOW_DOWN);
    put(&*store, "other", "x").await;
    store
        .get(&Path::from("other"))
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
}

#[s3_test(bucket = "report-requests")]
async fn many_requests(store: Arc<dyn ObjectStore>, requests: Requests) {
    for number in 1..=25 {
        put(&*store, &format!("object-{number:02}"), "x").await;
    }
    requests.take();
    panic!("with 25 requests");
}

#[s3_test(bucket = "report-words")]
#[should_panic(expected = "the expected words")]
async fn panics_with_other_words(store: Arc<dyn ObjectStore>) {
    put(&*store, "key", "x").await;
    panic!("other words");
}

#[s3_test(bucket = "report-expected")]
#[should_panic(expected = "the expected words")]
async fn panics_as_expected(store: Arc<dyn ObjectStore>) {
    put(&*store, "key", "x").await;
    panic!("just {} words", "the expected");
}

/// The server answers nothing any more, though it listens.
#[s3_test(bucket = "report-hung")]
async fn its_server_hangs(store: Arc<dyn ObjectStore>) {
    put(&*store, "key", "x").await;
    tokio::task::spawn_blocking(|| {
        let label = std::env::var("SUITE_LABEL").expect("the label of the sandbox");
        Engine::connect().expect("the engine").pause(&label);
    })
    .await
    .unwrap();
    panic!("while its server hangs");
}

/// Succeeds, but for what it leaves.
mod succeeds {
    use super::*;

    async fn begin_two_uploads(bucket: &TestBucket) {
        for key in ["line%0Abreak", "second"] {
            let path = format!("{}/{key}?uploads", bucket.name());
            client(bucket).send("POST", &path, "").await;
        }
    }

    #[s3_test(bucket = "report-strict", unfinished_uploads = "fail")]
    async fn and_leaves_uploads(bucket: TestBucket) {
        begin_two_uploads(&bucket).await;
    }

    #[s3_test(bucket = "report-strict-panic", unfinished_uploads = "fail")]
    #[should_panic(expected = "as it should")]
    async fn with_a_panic_and_leaves_uploads(bucket: TestBucket) {
        begin_two_uploads(&bucket).await;
        panic!("as it should");
    }

    #[s3_test]
    async fn and_leaves_uploads_that_nobody_minds(bucket: TestBucket) {
        begin_two_uploads(&bucket).await;
    }

    #[s3_test(unfinished_uploads = "fail")]
    async fn and_aborts_its_uploads(bucket: TestBucket) {
        let store = bucket.store().unwrap();
        let mut upload = store.put_multipart(&Path::from("key")).await.unwrap();
        upload.put_part("part".into()).await.unwrap();
        let unfinished = bucket.unfinished_uploads().await.unwrap();
        assert_eq!(unfinished.len(), 1);
        assert_eq!(unfinished[0].key(), "key");
        assert!(!unfinished[0].upload_id().is_empty());
        let age = unfinished[0]
            .initiated()
            .unwrap()
            .elapsed()
            .unwrap_or_default();
        assert!(age < std::time::Duration::from_secs(60));
        upload.abort().await.unwrap();
        assert_eq!(bucket.unfinished_uploads().await.unwrap(), []);
    }
}

#[s3_test(bucket = "report-noted", requests = true)]
async fn notes_its_requests(store: Arc<dyn ObjectStore>) {
    put(&*store, "key", "x").await;
    panic!("with a log");
}

#[s3_test(bucket = "report-unnoted")]
async fn notes_no_requests(store: Arc<dyn ObjectStore>) {
    put(&*store, "key", "x").await;
    panic!("without a log");
}

/// A paused clock jumps whenever the test waits for an answer.
#[s3_test(bucket = "report-snapshot", start_paused = true)]
async fn a_snapshot(bucket: TestBucket) {
    let store = bucket.store().unwrap();
    assert_eq!(bucket.snapshot().await.unwrap(), "");
    let attributes = [
        (Attribute::ContentType, "text/plain"),
        (Attribute::Metadata("b".into()), "2"),
        (Attribute::Metadata("a".into()), "say \"1\""),
    ];
    let options = PutOptions {
        attributes: attributes.into_iter().collect(),
        ..PutOptions::default()
    };
    let path = Path::from("notes/1");
    store
        .put_opts(&path, "hello".into(), options)
        .await
        .unwrap();
    let attributes = [(Attribute::ContentType, "application/json")];
    let options = PutOptions {
        attributes: attributes.into_iter().collect(),
        ..PutOptions::default()
    };
    let path = Path::from("a key");
    store.put_opts(&path, "{}".into(), options).await.unwrap();
    assert_eq!(
        bucket.snapshot().await.unwrap(),
        "a key (2 B, application/json)\nnotes/1 (5 B, text/plain, a=\"say \"1\"\", b=\"2\")\n"
    );
    assert_eq!(
        bucket.snapshot().etags().await.unwrap(),
        "a key (2 B, application/json, etag=99914b932bd37a50b983c5e7c90ae93b)\n\
         notes/1 (5 B, text/plain, a=\"say \"1\"\", b=\"2\", etag=5d41402abc4b2a76b9719d911017c592)\n"
    );
}

#[s3_test(bucket = "report-gone")]
async fn a_snapshot_of_nothing(bucket: TestBucket) {
    client(&bucket).send("DELETE", bucket.name(), "").await;
    let error = bucket.snapshot().await.unwrap_err().to_string();
    assert!(
        error.contains("`report-gone` did not show its objects: 404"),
        "{error}"
    );
}

#[s3_test(bucket = "report-dumped", versioning = true, dump_limit = "1KiB")]
async fn dumps(
    bucket: TestBucket,
    store: Arc<dyn ObjectStore>,
    requests: Requests,
    #[bucket("report-other")] other: &TestBucket,
) {
    put(&*store, "notes/1", "hello").await;
    let attributes = [
        (Attribute::ContentType, "text/plain"),
        (Attribute::Metadata("author".into()), "<Ada>"),
    ];
    let tags = object_store::TagSet::default();
    let mut options = PutOptions {
        attributes: attributes.into_iter().collect(),
        tags,
        ..PutOptions::default()
    };
    options.tags.push("stage", "raw + new");
    let path = Path::from("notes/1");
    store
        .put_opts(&path, "hello <again>".into(), options)
        .await
        .unwrap();
    put(&*store, "notes", "a file of a folder's name").await;
    put(&*store, "Notes/1", "the same name for some").await;
    put_odd(&bucket, "question%3Fmark").await;
    put(&*store, "large", &"x".repeat(2000)).await;
    put(&*store, "deleted", "x").await;
    store.delete(&Path::from("deleted")).await.unwrap();
    let mut upload = store
        .put_multipart(&Path::from("unfinished"))
        .await
        .unwrap();
    upload.put_part("part".into()).await.unwrap();
    store.get(&Path::from("missing")).await.unwrap_err();
    let presigned = {
        use object_store::signer::Signer;
        let signer = bucket.store().unwrap();
        let path = Path::from("notes/1");
        signer
            .signed_url(http::Method::GET, &path, std::time::Duration::from_secs(60))
            .await
            .unwrap()
    };
    fetch(presigned.as_str()).await;
    put(&other.store().unwrap(), "of the other", "x").await;
    assert!(requests.count() > 10);
    panic!("the message <with> \"markup\"");
}

/// Sends a request that is signed already.
async fn fetch(address: &str) {
    use object_store::client::{HttpConnector, ReqwestConnector};

    let options = object_store::ClientOptions::new().with_allow_http(true);
    let http = ReqwestConnector::default().connect(&options).unwrap();
    let request = http::Request::get(address)
        .body(object_store::client::HttpRequestBody::empty())
        .unwrap();
    assert!(http.execute(request).await.unwrap().status().is_success());
}

/// The test of the guide `failing-tests`.
mod invoices {
    use super::*;

    #[s3_test(bucket = "invoices", requests = true)]
    async fn an_invoice_is_archived(
        store: &dyn ObjectStore,
        #[bucket("archive")] archive: &dyn ObjectStore,
    ) {
        put(store, "2026/0001.pdf", &"%PDF".repeat(2500)).await;
        put(store, "2026/0002.pdf", "").await;
        let path = Path::from("2026/0003.pdf");
        let mut upload = store.put_multipart(&path).await.unwrap();
        upload.put_part("%PDF".into()).await.unwrap();
        let archived = archive.get(&Path::from("2026/0001.pdf")).await;
        assert!(archived.is_ok(), "the invoice is not in the archive");
    }
}

#[s3_test(bucket = "report-family")]
async fn makes_a_sibling(bucket: TestBucket) {
    let sibling = bucket.sibling("tenant").await.unwrap();
    put(&sibling.store().unwrap(), "of the sibling", "x").await;
    panic!("with a sibling");
}
