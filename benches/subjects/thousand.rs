//! A thousand tests that do nothing.

use s3_test::s3_test;
use s3_test_benches::repeat;

repeat!([a b c d e f g h i j] {
    s3_test_benches::repeat!([a b c d e f g h i j] {
        s3_test_benches::repeat!([a b c d e f g h i j] {
            #[s3_test(backend = "embedded")]
            async fn empty() {}
        });
    });
});
