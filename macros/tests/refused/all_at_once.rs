//! Several mistakes in one place are told at once, and the function is still there for whoever uses it.
use s3_test_macros::s3_test;

#[s3_test(bucket = "Test Uploads", timeout = 30, worker_threads = 2)]
async fn upload(store: &str, #[bucket("ab", image = "x")] _: &str) -> usize {
    store.len()
}

/// It stays synchronous.
#[s3_test(port = "80", keep = "sometimes")]
fn download(store: &str) -> usize {
    store.len()
}

async fn uses_it() -> usize {
    upload("", "").await + download("")
}

fn main() {
    drop(uses_it());
}
