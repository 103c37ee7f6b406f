//! A thousand tests that do nothing, without a bucket.

use s3_test_benches::repeat;

repeat!([a b c d e f g h i j] {
    s3_test_benches::repeat!([a b c d e f g h i j] {
        s3_test_benches::repeat!([a b c d e f g h i j] {
            #[tokio::test]
            async fn empty() {}
        });
    });
});
