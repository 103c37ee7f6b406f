//! A test inside an `impl` block.
use s3_test::s3_test;

struct Suite;

impl Suite {
    #[s3_test]
    async fn associated() {}
}
