//! A thousand tests that do nothing, each with an s3s-fs and a bucket of its own, as somebody would write them by hand.

use s3_test_benches::{files::FileServer, repeat};

repeat!([a b c d e f g h i j] {
    s3_test_benches::repeat!([a b c d e f g h i j] {
        s3_test_benches::repeat!([a b c d e f g h i j] {
            #[tokio::test]
            async fn empty() {
                drop(FileServer::start().await);
            }
        });
    });
});
