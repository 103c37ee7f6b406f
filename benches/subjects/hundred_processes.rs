//! A hundred small tests with s3-test, and as many that do nothing, for a process each.

use std::sync::Arc;

use object_store::ObjectStore;
use s3_test::s3_test;
use s3_test_benches::{put_get_list, repeat};

mod small {
    use super::*;

    repeat!([a b c d e f g h i j] {
        s3_test_benches::repeat!([a b c d e f g h i j] {
            #[s3_test]
            async fn small(store: Arc<dyn ObjectStore>) {
                put_get_list(&store).await;
            }
        });
    });
}

mod empty {
    use super::*;

    repeat!([a b c d e f g h i j] {
        s3_test_benches::repeat!([a b c d e f g h i j] {
            #[tokio::test]
            async fn empty() {}
        });
    });
}
