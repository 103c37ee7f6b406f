//! Attributes of other test frameworks.
use s3_test_macros::s3_test;

#[s3_test]
#[rstest]
#[case("a")]
async fn rstest_below(#[case] _key: String) {}

#[s3_test]
async fn values(#[values(1, 2)] _size: usize, #[future] _store: Store) {}

#[s3_test]
#[test_case("a")]
async fn test_case_below(_key: &str) {}

#[s3_test]
#[test_case::test_case("a")]
async fn test_case_with_its_path(_key: &str) {}

fn main() {}
