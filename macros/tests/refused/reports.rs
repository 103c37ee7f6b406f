//! The options of what a test reports: `requests`, `dump`, `dump_limit` and `unfinished_uploads`.
use s3_test_macros::s3_test;

const NOTED: bool = true;
const UPLOADS: &str = "fail";

#[s3_test(requests = "yes")]
async fn switch_in_quotes() {}

#[s3_test(requests = 20)]
async fn number_of_requests() {}

#[s3_test(requests = NOTED)]
async fn constant_for_a_switch() {}

#[s3_test(requests("PutObject"))]
async fn list_for_a_switch() {}

#[s3_test(request = true)]
async fn no_such_option() {}

#[s3_test(dump = "")]
async fn no_folder() {}

#[s3_test(dump = true)]
async fn switch_for_a_folder() {}

#[s3_test(dump)]
async fn nothing_for_a_folder() {}

#[s3_test(dump_limit = 64)]
async fn number_for_a_size() {}

#[s3_test(dump_limit = "64 megabytes")]
async fn unknown_unit() {}

#[s3_test(dump_limit = "MiB")]
async fn unit_without_a_number() {}

#[s3_test(dump_limit = "1.5MiB")]
async fn size_with_a_point() {}

#[s3_test(dump_limit = "0MiB")]
async fn no_size_at_all() {}

#[s3_test(dump_limit = "20000000000GiB")]
async fn more_than_there_is() {}

#[s3_test(unfinished_uploads = "ignore")]
async fn unknown_word() {}

#[s3_test(unfinished_uploads = fail)]
async fn word_without_quotes() {}

#[s3_test(unfinished_uploads = false)]
async fn switch_for_a_word() {}

#[s3_test(unfinished_uploads)]
async fn no_word() {}

// What a constant says is not known here, and a bucket may differ from its test.
#[s3_test(unfinished_uploads = UPLOADS)]
async fn allowed(#[bucket("archive", unfinished_uploads = "report")] _: u8) {}

#[s3_test]
async fn of_a_bucket(
    #[bucket("archive", unfinished_uploads = "fails", requests = true, dump = "target", dump_limit = "1KiB")] _: u8,
) {
}

fn main() {
    let _ = (NOTED, UPLOADS);
}
