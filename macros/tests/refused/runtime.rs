//! The tokio runtime of a test.
use s3_test_macros::s3_test;

#[s3_test(flavor = "multithread")]
async fn unknown_flavor() {}

#[s3_test(flavor = "threaded_scheduler")]
async fn old_name_of_a_flavor() {}

#[s3_test(flavor = multi_thread)]
async fn flavor_without_quotes() {}

#[s3_test(worker_threads = 4)]
async fn workers_without_a_flavor() {}

#[s3_test(flavor = "current_thread", worker_threads = 4)]
async fn workers_of_the_wrong_flavor() {}

#[s3_test(flavor = "multi_thread", worker_threads = "4")]
async fn workers_in_quotes() {}

#[s3_test(flavor = "multi_thread", worker_threads = 0)]
async fn no_workers() {}

#[s3_test(flavor = "multi_thread", worker_threads = -1)]
async fn fewer_than_no_workers() {}

#[s3_test(flavor = "multi_thread", worker_threads = 1.5)]
async fn one_worker_and_a_half() {}

#[s3_test(flavor = "multi_thread", start_paused = true)]
async fn paused_workers() {}

#[s3_test(start_paused = "true")]
async fn paused_in_quotes() {}

#[s3_test(flavor = "multi_thread", worker_threads = 2, start_paused = true, timeout = "5s")]
fn synchronous() {}

// What a constant says is not known here.
const FLAVOR: &str = "multi_thread";

#[s3_test(flavor = FLAVOR, worker_threads = 2, start_paused = true)]
async fn constant() {}

#[s3_test(flavor = "multi_thread", start_paused = false)]
async fn not_paused() {}

fn main() {
    let _ = FLAVOR;
}
