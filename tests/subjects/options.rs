//! Effects of options and parameters, on the server that the environment names.

use std::{sync::Arc, time::Duration};

use object_store::{
    GetOptions, ObjectStore, ObjectStoreExt,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};
use s3_test::{TestBucket, s3_test};
use s3_test_suite::{record, round_trip};

async fn keys(store: &dyn ObjectStore) -> Vec<String> {
    use futures_util::TryStreamExt;
    let objects: Vec<_> = store.list(None).try_collect().await.expect("a list");
    objects
        .into_iter()
        .map(|object| object.location.to_string())
        .collect()
}

#[s3_test(fixtures("fixtures", "fixtures/users.json" => "import/people.json", "fixtures/year" => "again"))]
async fn good_fixtures_are_there_before_the_body(store: AmazonS3) -> object_store::Result<()> {
    assert_eq!(
        keys(&store).await,
        [
            "again/table.csv",
            "import/people.json",
            "users.json",
            "year/table.csv"
        ]
    );
    let users = store.get(&Path::from("import/people.json")).await?;
    let kind = users.attributes.get(&object_store::Attribute::ContentType);
    assert_eq!(kind.map(|kind| &**kind), Some("application/json"));
    assert_eq!(users.bytes().await?, include_str!("../fixtures/users.json"));
    Ok(())
}

#[s3_test(versioning = true)]
async fn good_versions_are_kept(store: &AmazonS3) -> object_store::Result<()> {
    let path = Path::from("x");
    let first = store.put(&path, "first".into()).await?;
    let second = store.put(&path, "second".into()).await?;
    assert!(first.version.is_some() && first.version != second.version);
    let options = GetOptions::default().with_version(first.version);
    assert_eq!(
        store.get_opts(&path, options).await?.bytes().await?,
        "first"
    );
    Ok(())
}

#[s3_test]
async fn good_without_versioning_there_is_no_version(store: &AmazonS3) -> object_store::Result<()> {
    assert_eq!(
        store.put(&Path::from("x"), "first".into()).await?.version,
        None
    );
    Ok(())
}

#[s3_test(bucket_prefix = "uploads.of")]
async fn good_prefix(bucket: &TestBucket) {
    let begins = "uploads.of-good-prefix-";
    assert!(bucket.name().starts_with(begins), "{}", bucket.name());
}

const NAME: &str = "from-a-constant";
mod limits {
    pub(crate) const BODY: &str = "20s";
}

#[s3_test(bucket = NAME, region = concat!("eu-", "west-1"), timeout = limits::BODY, flavor = FLAVOR, worker_threads = 1)]
async fn good_constants(bucket: TestBucket) {
    assert_eq!(
        (bucket.name(), bucket.region()),
        ("from-a-constant", "eu-west-1")
    );
    tokio::task::block_in_place(|| ());
}
const FLAVOR: &str = "multi_thread";

#[s3_test]
async fn good_references(
    object: &dyn ObjectStore,
    bucket: &TestBucket,
    shared: &Arc<dyn ObjectStore>,
    builder: &mut AmazonS3Builder,
) -> object_store::Result<()> {
    round_trip(object, "x").await?;
    round_trip(&**shared, "x").await?;
    *builder = builder.clone().with_bucket_name(bucket.name());
    round_trip(&builder.clone().build()?, "x").await
}

#[s3_test]
async fn good_several_buckets(
    main: AmazonS3,
    #[bucket("archive", versioning = true, fixtures("fixtures/year" => "in/"))] archive: &AmazonS3,
    #[bucket] fresh: TestBucket,
    #[bucket(bucket_prefix = "backups")] backups: TestBucket,
    bucket: TestBucket,
) -> object_store::Result<()> {
    assert_eq!(keys(archive).await, ["in/table.csv"]);
    assert!(
        fresh
            .name()
            .starts_with("test-bucket-good-several-buckets-")
    );
    assert!(backups.name().starts_with("backups-good-several-buckets-"));
    assert_eq!(fresh.endpoint(), bucket.endpoint());
    let put = archive.put(&Path::from("x"), "archive".into()).await?;
    assert!(put.version.is_some());
    let put = main.put(&Path::from("x"), "main".into()).await?;
    assert_eq!(put.version, None);
    for empty in [fresh, backups] {
        assert!(keys(&empty.store()?).await.is_empty());
    }
    assert_eq!(keys(&bucket.store()?).await, ["x"]);
    assert_eq!(
        archive.get(&Path::from("x")).await?.bytes().await?,
        "archive"
    );
    Ok(())
}

#[s3_test]
async fn good_only_buckets_of_parameters(
    #[bucket("left")] left: TestBucket,
    #[bucket("right")] right: TestBucket,
) {
    assert_eq!((left.name(), right.name()), ("left", "right"));
    record(&left);
    record(&right);
}

/// Each of them needs both names, and half of them name them the other way round.
macro_rules! crossing {
    ($($name:ident: $first:literal, $second:literal;)*) => {$(
        #[s3_test]
        async fn $name(
            #[bucket($first)] first: AmazonS3,
            #[bucket($second)] second: AmazonS3,
        ) -> object_store::Result<()> {
            round_trip(&first, $first).await?;
            round_trip(&second, $second).await
        }
    )*};
}

crossing! {
    crossing_a: "left", "right";
    crossing_b: "right", "left";
    crossing_c: "left", "right";
    crossing_d: "right", "left";
    crossing_e: "left", "right";
    crossing_f: "right", "left";
    crossing_g: "left", "right";
    crossing_h: "right", "left";
    crossing_i: "left", "right";
    crossing_j: "right", "left";
    crossing_k: "left", "right";
    crossing_l: "right", "left";
}

#[s3_test]
fn good_synchronous(bucket: TestBucket) -> Result<(), Box<dyn std::error::Error>> {
    // A body on a runtime's thread could not do this.
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(round_trip(&bucket.store()?, "x"))?;
    futures_util::future::FutureExt::now_or_never(async {}).ok_or("never")?;
    Ok(())
}

#[s3_test(timeout = "20s")]
fn good_synchronous_with_nothing() {}

#[s3_test]
#[should_panic(expected = "as it should")]
fn good_synchronous_panic(_bucket: &TestBucket) {
    panic!("as it should");
}

#[s3_test(start_paused = true)]
async fn good_clock_that_stands_still(store: AmazonS3) -> object_store::Result<()> {
    let start = std::time::Instant::now();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert!(start.elapsed() < Duration::from_secs(60));
    round_trip(&store, "x").await
}

const NO_NAME: &str = "No_Name";

#[s3_test(bucket = NO_NAME)]
async fn bad_name_from_a_constant() {}

#[s3_test(timeout = SOON)]
async fn bad_duration_from_a_constant() {}
const SOON: &str = "soon";

#[s3_test(bucket = NAME)]
async fn bad_names_of_two_buckets(#[bucket(NAME)] _one: TestBucket, _main: TestBucket) {}

const CONTAINER: &str = "embedded";

#[s3_test(backend = CONTAINER, image = "x")]
async fn bad_option_for_the_backend() {}

#[allow(deprecated)]
#[s3_test(timeout = "200ms")]
fn bad_synchronous_that_hangs() {
    std::thread::sleep(Duration::from_secs(3600));
}

#[s3_test]
fn bad_synchronous_error(bucket: TestBucket) -> Result<(), String> {
    Err(format!("the reason: {}", bucket.backend()))
}

#[s3_test(bucket = "looked-at")]
async fn keeps(bucket: TestBucket) -> object_store::Result<()> {
    record(&bucket);
    let store = bucket.store()?;
    assert_eq!(keys(&store).await, Vec::<String>::new());
    store.put(&Path::from("left"), "x".into()).await?;
    assert!(std::env::var_os("SUITE_FAIL").is_none(), "the test failed");
    Ok(())
}

/// Everything that the configuration of a Django project's S3 container can say.
#[s3_test(
    image = "rustfs/rustfs:1.0.1",
    access_key = "seed-key",
    secret_key = "seed-secret",
    bucket = "seed-bucket",
    environment(RUSTFS_OBS_LOGGER_LEVEL = "warn")
)]
#[allow(clippy::print_stdout)]
async fn seed(
    bucket: TestBucket,
    #[bucket("second-bucket")] second: TestBucket,
) -> object_store::Result<()> {
    round_trip(&second.store()?, "x").await?;
    for bucket in [&bucket, &second] {
        record(bucket);
    }
    for (name, value) in bucket.env_vars() {
        println!("injected {name}={value}");
    }
    Ok(())
}

/// RustFS is told to listen there.
#[s3_test(port = 9100, console_port = 9101)]
async fn container_with_other_ports(
    store: &AmazonS3,
    bucket: &TestBucket,
) -> object_store::Result<()> {
    let console = bucket.console_url().expect("a console");
    let address = console
        .trim_start_matches("http://")
        .split('/')
        .next()
        .unwrap_or_default();
    assert!(tokio::net::TcpStream::connect(address).await.is_ok());
    record(bucket);
    round_trip(store, "x").await
}

#[s3_test(command("server", "--address", concat!(":", 9200), "/data"), port = 9200)]
async fn container_with_another_command(
    store: &AmazonS3,
    bucket: &TestBucket,
) -> object_store::Result<()> {
    record(bucket);
    round_trip(store, "x").await
}
