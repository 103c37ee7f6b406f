//! A hundred small tests as people write them: one container in a static, a bucket and a store for each test.

use s3_test_benches::{peer::Peer, put_get_list, repeat};
use tokio::sync::OnceCell;

/// Never dropped, so the container outlives the tests; the benchmark removes it.
static PEER: OnceCell<Peer> = OnceCell::const_new();

repeat!([a b c d e f g h i j] {
    s3_test_benches::repeat!([a b c d e f g h i j] {
        #[tokio::test]
        async fn small() {
            let peer = PEER.get_or_init(Peer::start).await;
            put_get_list(&peer.store().await).await;
        }
    });
});
