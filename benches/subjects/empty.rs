//! A hundred tests that do nothing, after one that tells when they begin.

use std::time::Instant;

use s3_test::{TestBucket, s3_test};
use s3_test_benches::{now, repeat, s3, subject::tell};

/// The first in the alphabet, so the first to run on one thread.
#[allow(deprecated)]
#[s3_test]
async fn a_first() {
    tell("body", now());
}

repeat!([b c d e f g h i j k] {
    s3_test_benches::repeat!([a b c d e f g h i j] {
        #[s3_test]
        async fn empty() {}
    });
});

/// The requests of the hundred tests, made by hand.
#[s3_test]
#[ignore = "run by itself"]
async fn by_hand(bucket: TestBucket) {
    let server = s3::Server::of(&bucket);
    // The connection.
    server.check().await.expect("the server answers");
    let since = Instant::now();
    for number in 0..100 {
        let name = format!("by-hand-{number}");
        server.create_bucket(&name).await;
        server.delete_bucket(&name).await;
    }
    tell("requests", since.elapsed().as_nanos());
}
