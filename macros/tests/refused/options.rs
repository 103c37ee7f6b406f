//! Options that do not exist, come twice, have no name, no value, or nothing between their commas.
use s3_test_macros::s3_test;

#[s3_test(bukcet = "test-uploads")]
async fn mistyped() {}

#[s3_test(cluster = "http://localhost:9000")]
async fn unknown() {}

#[s3_test(url = "http://localhost:9000")]
async fn name_from_elsewhere() {}

#[s3_test(multi_thread)]
async fn flavor_without_its_option() {}

#[s3_test(bucket = "test-uploads", region = "eu-west-1", bucket = "test-downloads")]
async fn twice() {}

#[s3_test("test-uploads")]
async fn bare_string() {}

#[s3_test(5)]
async fn bare_number() {}

#[s3_test(bucket)]
async fn no_value() {}

#[s3_test(bucket =)]
async fn no_value_behind_the_sign() {}

#[s3_test(bucket())]
async fn no_value_in_parentheses() {}

#[s3_test(bucket("test-uploads"))]
async fn value_in_parentheses() {}

#[s3_test(bucket: "test-uploads")]
async fn colon() {}

#[s3_test(bucket => "test-uploads")]
async fn arrow() {}

#[s3_test(bucket == "test-uploads")]
async fn comparison() {}

#[s3_test(bucket = "test-uploads" region = "eu-west-1")]
async fn no_comma() {}

#[s3_test(bucket = BUCKET region = "eu-west-1")]
async fn no_comma_behind_a_constant() {}

#[s3_test(crate = s3_test region = "eu-west-1")]
async fn no_comma_behind_a_path() {}

#[s3_test(bucket = "test-uploads",, region = "eu-west-1")]
async fn two_commas() {}

#[s3_test(s3::bucket = "test-uploads")]
async fn path_for_a_name() {}

fn main() {}
