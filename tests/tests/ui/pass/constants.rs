//! Options that are given constants.
#![deny(warnings)]
use s3_test::{TestBucket, s3_test};

const BUCKET: &str = "test-uploads";

mod limits {
    pub(crate) const TIMEOUT: &str = "5s";

    pub(crate) const fn limit<const ONE: u8, const OTHER: u8>() -> &'static str {
        "7s"
    }
}

struct Suite;

impl Suite {
    const IMAGE: &'static str = "rustfs/rustfs:latest";
}

#[s3_test(
    bucket = BUCKET,
    image = Suite::IMAGE,
    access_key = concat!("access-", "key"),
    secret_key = if BUCKET.is_empty() { "empty" } else { "secret-key" },
    timeout = limits::TIMEOUT,
    idle_timeout = limits::limit::<1, 2>(),
    command("server", concat!("/", "data")),
    environment(NAME = BUCKET, "other.name" = env!("CARGO_PKG_NAME")),
    fixtures("Cargo.toml", "Cargo.toml" => BUCKET),
)]
async fn constants() {}

macro_rules! timed {
    ($name:ident, $limit:expr, $option:tt = $value:expr) => {
        #[s3_test(timeout = $limit, $option = $value)]
        async fn $name() {}
    };
}

timed!(from_a_macro, limits::TIMEOUT, image = Suite::IMAGE);
timed!(literals_from_a_macro, "5s", port = 9000);

#[s3_test(bucket = BUCKET)]
fn synchronous(_: &TestBucket, #[bucket(concat!("test-", "archive"))] _: &TestBucket) {}

const FIVE_SECONDS: std::time::Duration = std::time::Duration::from_secs(5);

#[s3_test::s3_test(timeout = std::time::Duration::from_secs(5), idle_timeout = FIVE_SECONDS)]
async fn durations(_: s3_test::TestBucket) {}
