//! Deletes the buckets of killed tests.

use std::sync::Arc;

use super::{ownership, verification};
use crate::{
    server::Server,
    state::{StateDirectory, bucket_lock},
};

/// Deletes the buckets on this server that killed tests of this machine left behind.
pub(crate) async fn sweep(server: Arc<Server>) {
    let Some(identity) = server.shared_identity() else {
        return;
    };
    let Ok(state) = StateDirectory::open() else {
        return;
    };
    for (bucket, mut lock) in bucket_lock::take_abandoned(identity, state) {
        // If this fails, the bucket goes with its server, or the next process tries again.
        let _ = ownership::delete_abandoned(&server, &bucket, &mut lock).await;
    }
    if server.is_external() {
        // If this fails, the next run looks again.
        let _ = verification::look_again(&server).await;
    }
}
