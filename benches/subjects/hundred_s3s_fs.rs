//! A hundred small tests, each with an s3s-fs and a bucket of its own.

use s3_test_benches::{files::FileServer, put_get_list, repeat};

repeat!([a b c d e f g h i j] {
    s3_test_benches::repeat!([a b c d e f g h i j] {
        #[tokio::test]
        async fn small() {
            let server = FileServer::start().await;
            put_get_list(&server.store).await;
        }
    });
});
