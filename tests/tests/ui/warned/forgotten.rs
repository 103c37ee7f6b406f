//! A test without parameters cannot reach its bucket.
use s3_test::s3_test;

#[s3_test]
async fn asynchronous() {
    assert_eq!(1 + 1, 2);
}

#[s3_test(backend = "embedded", timeout = "5s", keep = "never")]
fn synchronous() -> Result<(), std::fmt::Error> {
    Ok(())
}

// Once, for both of its tests.
#[s3_test(matrix(one(backend = "embedded"), other(backend = "container")))]
async fn in_a_matrix() {
    assert_eq!(1 + 1, 2);
}

// Those below are silent.

#[allow(deprecated)]
#[s3_test]
async fn allowed_above() {
    assert_eq!(1 + 1, 2);
}

#[s3_test]
#[expect(deprecated, reason = "it is about the runtime")]
async fn expected_below() {
    assert_eq!(1 + 1, 2);
}

#[s3_test]
async fn not_written_yet() {}

#[s3_test(bucket = "test-uploads")]
async fn with_a_name() {
    assert_eq!(1 + 1, 2);
}

#[s3_test(fixtures("Cargo.toml"))]
async fn with_fixtures() {
    assert_eq!(1 + 1, 2);
}

#[s3_test(matrix(one(versioning = true), other))]
async fn described_in_an_entry() {
    assert_eq!(1 + 1, 2);
}

async fn fill(_: s3_test::TestBucket) {}

#[s3_test(setup = fill)]
async fn with_a_set_up() {
    assert_eq!(1 + 1, 2);
}
