//! Eight small tests, each with a container of its own.

use s3_test_benches::{peer::Peer, put_get_list, repeat};

repeat!([a b c d e f g h] {
    #[tokio::test]
    async fn small() {
        let peer = Peer::start().await;
        put_get_list(&peer.store().await).await;
    }
});
