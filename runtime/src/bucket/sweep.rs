//! Deletes the buckets of killed tests.

use std::{sync::Arc, time::Duration};

use super::{ownership, verification};
use crate::{
    server::Server,
    state::{StateDirectory, bucket_lock, data_lock},
};

/// The time after its last use within which a shared data set stays on an external service, for the next run.
const UNUSED: Duration = Duration::from_secs(3600);

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
    // On a container they go with it.
    if server.is_external() {
        for (bucket, mut lock) in data_lock::take_unused(identity, state, UNUSED) {
            let _ = ownership::delete_data_set(&server, &bucket, &mut lock).await;
        }
        // If this fails, the next run looks again.
        let _ = verification::look_again(&server).await;
    }
}
