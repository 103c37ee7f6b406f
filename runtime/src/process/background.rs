//! The process-wide runtime for everything that must go on whatever a test does with its own thread and runtime:
//! the Docker client, the HTTP client, the lease, the clean-up.

use std::sync::OnceLock;

use tokio::runtime::{Builder, Handle, Runtime};

/// The background runtime; started with the first test and never stopped.
pub(crate) fn handle() -> &'static Handle {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME
        .get_or_init(|| {
            Builder::new_multi_thread()
                .worker_threads(2)
                .thread_name("s3-test")
                .enable_all()
                .build()
                .expect("the operating system gives s3-test two threads")
        })
        .handle()
}
