//! The values that reach the runtime: the option `crate` leads the expansion to a fake that gives a test its own description.
use s3_test_macros::s3_test;
use std::process::ExitCode;

mod fake;

use fake::TestBucket;

/// Constants that options are given.
mod limits {
    pub(crate) const TIMEOUT: &str = "5s";

    pub(crate) const fn longer<const ONE: u8, const OTHER: u8>() -> &'static str {
        if ONE < OTHER { "7s" } else { "6s" }
    }
}

const BUCKET: &str = "test-uploads";
const NOTHING: Vec<String> = Vec::new();

#[s3_test(crate = fake)]
async fn nothing_asked_for(given: TestBucket) {
    assert_eq!(given.path, "expansion::nothing_asked_for");
    assert_eq!(given.package, env!("CARGO_MANIFEST_DIR"));
    assert_eq!(given.options, NOTHING);
    assert_eq!(given.buckets, 0);
    assert!(given.main_bucket && !given.should_panic && !given.blocking);
    assert_eq!((given.panics_with, given.names), (None, &["given"][..]));
    assert!(!given.gateway);
}

#[s3_test(
    crate = "fake",
    bucket = "test-uploads",
    backend = "container",
    image = "some/image",
    port = 9000,
    console_port = 0x2329,
    command("server", "/data"),
    access_key = "access",
    secret_key = "secret",
    region = "eu-west-1",
    environment(A = "1", "b.c" = "2"),
    fixtures("src", "Cargo.toml" => "toml/"),
    versioning = true,
    keep = "on-failure",
    unfinished_uploads = "fail",
    requests = true,
    dump = "target/s3-test",
    dump_limit = "1GiB",
    startup_timeout = "1m 30s",
    idle_timeout = "500ms",
    timeout = "5s",
    flavor = "multi_thread",
    worker_threads = 3,
    start_paused = false,
)]
async fn every_option(given: TestBucket) {
    assert_eq!(
        given.options,
        [
            "bucket \"test-uploads\"",
            "backend \"container\"",
            "image \"some/image\"",
            "port 9000",
            "console_port 9001",
            "command [\"server\", \"/data\"]",
            "access_key \"access\"",
            "secret_key \"secret\"",
            "region \"eu-west-1\"",
            "environment [(\"A\", \"1\"), (\"b.c\", \"2\")]",
            "fixtures [(\"src\", None), (\"Cargo.toml\", Some(\"toml/\"))]",
            "versioning true",
            "keep \"on-failure\"",
            "unfinished_uploads \"fail\"",
            "requests true",
            "dump \"target/s3-test\"",
            "dump_limit \"1GiB\"",
            "startup_timeout \"1m 30s\"",
            "idle_timeout \"500ms\"",
            "timeout \"5s\"",
            "flavor \"multi_thread\"",
            "worker_threads 3",
            "start_paused false",
        ]
    );
}

#[s3_test(crate = fake, endpoint = "http://localhost:9000", bucket_prefix = "uploads", start_paused = true)]
async fn the_other_options(given: TestBucket) {
    assert_eq!(
        given.options,
        [
            "endpoint \"http://localhost:9000\"",
            "bucket_prefix \"uploads\"",
            "start_paused true",
        ]
    );
}

#[s3_test(
    crate = fake,
    bucket = BUCKET,
    image = concat!("some/", "image"),
    timeout = limits::TIMEOUT,
    startup_timeout = limits::longer::<1, 2>(),
    idle_timeout = if BUCKET.len() < 5 { "1s" } else { "2s" },
    command("server", concat!("/", "data"), BUCKET),
    environment(NAME = BUCKET, OTHER = "other"),
    fixtures("src" => BUCKET, "src" => concat!("a", "/")),
    flavor = ["current_thread", "multi_thread"][1],
    worker_threads = 2,
)]
async fn constants(given: TestBucket) {
    assert_eq!(
        given.options,
        [
            "bucket \"test-uploads\"",
            "image \"some/image\"",
            "timeout \"5s\"",
            "startup_timeout \"7s\"",
            "idle_timeout \"2s\"",
            "command [\"server\", \"/data\", \"test-uploads\"]",
            "environment [(\"NAME\", \"test-uploads\"), (\"OTHER\", \"other\")]",
            "fixtures [(\"src\", Some(\"test-uploads\")), (\"src\", Some(\"a/\"))]",
            "flavor \"multi_thread\"",
            "worker_threads 2",
        ]
    );
}

macro_rules! named {
    ($name:ident, $timeout:expr, $bucket:literal, $parameter:ty) => {
        #[s3_test(crate = fake, timeout = $timeout, bucket = $bucket, command($timeout))]
        async fn $name(given: $parameter) {
            let command = format!("command [{:?}]", $timeout);
            assert_eq!(given.options[1..], ["bucket \"test-uploads\"", &command]);
        }
    };
}

named!(from_a_macro, limits::TIMEOUT, "test-uploads", TestBucket);
named!(from_a_macro_by_reference, "5s", "test-uploads", &TestBucket);

/// It can be read when the test is compiled, as a constant can.
static REGION: &str = "eu-west-1";

#[s3_test(crate = fake, region = REGION)]
async fn variable_that_never_changes(given: TestBucket) {
    assert_eq!(given.options, ["region \"eu-west-1\""]);
}

#[s3_test(crate = fake)]
async fn references(
    plain: TestBucket,
    shared: &TestBucket,
    mutable: &mut TestBucket,
    object: &dyn std::fmt::Debug,
    of_several_traits: &(dyn std::fmt::Debug + Send + Sync),
) -> Result<(), std::num::ParseIntError> {
    assert_eq!(plain.path, shared.path);
    mutable.options.push("mine".to_owned());
    assert_eq!(mutable.options.len(), 1);
    assert_eq!(format!("{object:?}"), "None");
    assert_eq!(
        format!("{of_several_traits:?}"),
        "\"expansion::references\""
    );
    Ok(())
}

#[s3_test(crate = fake, region = "eu-west-1")]
async fn several_buckets(
    given: TestBucket,
    #[bucket("archive", versioning = true, fixtures("src"), keep = "always")] archive: TestBucket,
    #[bucket] unnamed: &TestBucket,
    again: &TestBucket,
    #[allow(unused_mut)]
    #[bucket(bucket_prefix = "x")]
    mut prefixed: TestBucket,
    #[bucket(BUCKET)] constant: TestBucket,
    #[bucket(limits::longer::<2, 1>())] calculated: &dyn std::fmt::Debug,
) {
    assert_eq!(given.options, ["region \"eu-west-1\""]);
    assert_eq!((given.index, again.index), (None, None));
    assert_eq!((given.main_bucket, given.buckets), (true, 5));
    assert_eq!(archive.index, Some(0));
    assert_eq!(
        archive.options,
        [
            "bucket \"archive\"",
            "versioning true",
            "fixtures [(\"src\", None)]",
            "keep \"always\"",
        ]
    );
    assert_eq!((unnamed.index, &unnamed.options), (Some(1), &NOTHING));
    assert_eq!(prefixed.index, Some(2));
    assert_eq!(prefixed.options, ["bucket_prefix \"x\""]);
    assert_eq!(constant.options, ["bucket \"test-uploads\""]);
    assert_eq!(format!("{calculated:?}"), "Some(4)");
}

#[s3_test(crate = fake, keep = "always")]
async fn no_main_bucket(#[bucket] one: TestBucket, #[bucket("two")] two: &TestBucket) {
    assert!(!one.main_bucket);
    assert_eq!((one.index, two.index), (Some(0), Some(1)));
}

#[s3_test(crate = fake, versioning = false)]
async fn main_bucket_that_is_described(#[bucket] one: TestBucket) {
    assert!(one.main_bucket);
}

#[s3_test(crate = fake, bucket = "test-uploads", timeout = "5s")]
fn synchronous(
    given: TestBucket,
    shared: &TestBucket,
    mutable: &mut TestBucket,
    object: &dyn std::fmt::Debug,
    #[bucket] own: TestBucket,
) -> Result<(), std::num::ParseIntError> {
    assert_eq!((given.line, given.column), (line!() - 7, 4));
    assert_eq!(given.options, ["bucket \"test-uploads\"", "timeout \"5s\""]);
    assert!(given.blocking && shared.blocking && own.index == Some(0));
    mutable.options.clear();
    assert_eq!(format!("{object:?}"), "None");
    Ok(())
}

#[s3_test(crate = fake)]
fn synchronous_without_parameters() {}

#[s3_test(crate = fake)]
#[should_panic(expected = "a parameter: no number in this bucket")]
fn synchronous_parameter_that_cannot_be_made(_: u8) {}

#[s3_test(crate = fake)]
#[ignore = "it panics, as its type says"]
fn synchronous_and_never_returning(_: TestBucket) -> ! {
    panic!("at the disco")
}

#[s3_test(crate = fake)]
fn synchronous_with_an_unnameable_result(_: &TestBucket) -> impl std::process::Termination {
    ExitCode::SUCCESS
}

#[s3_test(crate = fake)]
async fn unnameable_result(_: &TestBucket) -> impl std::process::Termination {
    ExitCode::SUCCESS
}

// A test that fails is said to stand where its name stands.
#[s3_test(crate = fake)]
#[allow(unused_mut)]
async fn location(mut given: TestBucket) {
    assert_eq!((given.line, given.column), (line!() - 1, 10));
}

/// The path is that which the harness gives to the thread of a test.
mod r#type {
    use super::{TestBucket, fake};
    use s3_test_macros::s3_test;

    #[s3_test(crate = fake)]
    async fn r#match(given: TestBucket) {
        assert_eq!(given.path, "expansion::r#type::r#match");
        assert_eq!(std::thread::current().name(), Some("r#type::r#match"));
    }

    #[s3_test(crate = fake)]
    async fn r#plain(given: TestBucket) {
        assert_eq!(given.path, "expansion::r#type::plain");
        assert_eq!(std::thread::current().name(), Some("r#type::plain"));
    }
}

#[s3_test(crate = fake)]
#[should_panic(expected = "should_panic: true")]
async fn expected_panic(given: TestBucket) {
    assert_eq!(given.panics_with, Some("should_panic: true"));
    panic!("should_panic: {}", given.should_panic);
}

#[s3_test(crate = fake)]
#[cfg_attr(all(), should_panic(expected = "should_panic: true"))]
async fn expected_panic_on_a_condition(given: TestBucket) {
    assert_eq!(given.panics_with, Some("should_panic: true"));
    panic!("should_panic: {}", given.should_panic);
}

#[s3_test(crate = fake)]
#[cfg_attr(any(), should_panic)]
async fn no_panic_on_a_condition_that_does_not_hold(given: TestBucket) {
    assert!(!given.should_panic);
}

#[s3_test(crate = fake)]
#[cfg_attr(any(), should_panic(expected = "nothing"))]
async fn no_words_on_a_condition_that_does_not_hold(given: TestBucket) {
    assert_eq!(given.panics_with, None);
}

#[s3_test(crate = fake)]
#[should_panic = "Some(\"Some"]
async fn expected_panic_in_the_short_form(given: TestBucket) {
    panic!("{:?}", given.panics_with);
}

#[s3_test(crate = fake)]
async fn names_of_parameters(
    one: TestBucket,
    #[bucket] mut _other: TestBucket,
    TestBucket { names, .. }: TestBucket,
    #[bucket] _: TestBucket,
) {
    assert_eq!(names.len(), 3);
    assert!(names[0].starts_with("one, TestBucket {"), "{names:?}");
    assert_eq!(names[1..], ["_other", "_"]);
    assert_eq!(one.names, names);
}

#[allow(deprecated)]
#[s3_test(crate = fake)]
#[cfg_attr(all(), ignore)]
async fn ignored_on_a_condition() {
    panic!("not ignored");
}

#[s3_test(crate = fake)]
#[should_panic(expected = "a parameter: no number in this bucket")]
async fn parameter_that_cannot_be_made(_: TestBucket, _: u8) {}

#[allow(deprecated)]
#[s3_test(crate = fake)]
async fn exit_code() -> ExitCode {
    ExitCode::SUCCESS
}

#[s3_test(crate = fake)]
async fn result(given: TestBucket) -> Result<(), Box<dyn std::error::Error>> {
    assert!(given.path.parse::<u8>().is_err());
    "1".parse::<u8>()?;
    Ok(())
}

/// One parameter that asks for the gateway is enough, wherever it stands.
#[s3_test(crate = fake)]
async fn a_type_that_asks_for_the_gateway(given: TestBucket, _asks: &dyn std::fmt::Debug) {
    assert!(given.gateway);
}
