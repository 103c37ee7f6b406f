use s3_test_macros::s3_test;

#[s3_test(matrix())]
async fn empty() {}

#[s3_test(matrix)]
async fn without_a_list() {}

#[s3_test(matrix = "rustfs")]
async fn a_value() {}

#[s3_test(matrix(rustfs(backend = "container"), rustfs(backend = "embedded")))]
async fn twice() {}

#[s3_test(matrix(rustfs(bakend = "container")))]
async fn an_unknown_option() {}

#[s3_test(matrix(rustfs(backend = "contaner"), embedded(port = 0)))]
async fn wrong_values() {}

#[s3_test(matrix(rustfs = "container"))]
async fn an_entry_with_a_value() {}

#[s3_test(matrix("rustfs"))]
async fn an_entry_without_a_name() {}

#[s3_test(matrix(rustfs(matrix(inner)), other(crate = s3_test)))]
async fn shared_options() {}

#[s3_test(image = "x", matrix(rustfs, embedded(backend = "embedded"), again(backend = "embedded")))]
async fn an_option_outside_that_an_entry_cannot_have() {}

#[s3_test(matrix(rustfs(expect("PutObjct == 1"), faults("PutObject SlowDown"), unfinished_uploads = "ignore")))]
async fn wrong_values_of_requests() {}

#[s3_test(matrix(rustfs(dump = "", dump_limit = "64 megabytes", requests = "yes")))]
async fn wrong_values_of_reports() {}

#[s3_test(matrix(rustfs()), matrix(embedded(backend = "embedded")))]
async fn two_of_them() {}

#[s3_test(matrix(r#fn(backend = "embedded"), self(backend = "embedded"), rustfs backend = "container"))]
async fn entries_with_odd_names() {}

#[s3_test]
async fn of_a_bucket(#[bucket(matrix(rustfs))] _: u8) {}

#[s3_test(worker_threads = 2, matrix(one, two))]
async fn a_mistake_outside_is_told_once() {}

fn main() {}
