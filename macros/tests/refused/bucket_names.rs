//! Every rule that S3 has for the name of a bucket.
use s3_test_macros::s3_test;

#[s3_test(bucket = "")]
async fn empty() {}

#[s3_test(bucket = "ab")]
async fn short() {}

#[s3_test(bucket = "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcd")]
async fn long() {}

#[s3_test(bucket = "Uploads")]
async fn uppercase() {}

#[s3_test(bucket = "test_uploads")]
async fn underscore() {}

#[s3_test(bucket = "Test_Uploads")]
async fn both() {}

#[s3_test(bucket = "test/uploads")]
async fn slash() {}

#[s3_test(bucket = "-uploads")]
async fn beginning() {}

#[s3_test(bucket = "uploads.")]
async fn end() {}

#[s3_test(bucket = "test..uploads")]
async fn dots() {}

#[s3_test(bucket = "192.168.5.4")]
async fn address() {}

#[s3_test(bucket = "xn--uploads")]
async fn punycode() {}

#[s3_test(bucket = "sthree-uploads")]
async fn sthree() {}

#[s3_test(bucket = "amzn-s3-demo-uploads")]
async fn demo() {}

#[s3_test(bucket = "uploads-s3alias")]
async fn alias() {}

#[s3_test(bucket = "uploads--ol-s3")]
async fn object_lambda() {}

#[s3_test(bucket = "uploads.mrap")]
async fn multi_region() {}

#[s3_test(bucket = "uploads--x-s3")]
async fn directory() {}

#[s3_test(bucket = "uploads--table-s3")]
async fn tables() {}

#[s3_test(bucket_prefix = "")]
async fn empty_prefix() {}

#[s3_test(bucket_prefix = "Uploads_")]
async fn letters_of_a_prefix() {}

#[s3_test(bucket_prefix = "-uploads")]
async fn beginning_of_a_prefix() {}

#[s3_test(bucket_prefix = "uploads..")]
async fn dots_of_a_prefix() {}

#[s3_test(bucket_prefix = "xn--uploads")]
async fn reserved_prefix() {}

#[s3_test(bucket_prefix = "abcdefghijabcdefghijabcdefghijabcdefghija")]
async fn long_prefix() {}

fn main() {}
