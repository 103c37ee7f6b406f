//! A hundred small tests without a server: each has a map.

use object_store::memory::InMemory;
use s3_test_benches::{put_get_list, repeat};

repeat!([a b c d e f g h i j] {
    s3_test_benches::repeat!([a b c d e f g h i j] {
        #[tokio::test]
        async fn small() {
            put_get_list(&InMemory::new()).await;
        }
    });
});
