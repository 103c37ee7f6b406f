//! Files for a bucket. The package that this is built in has a file `Cargo.toml`.
use s3_test_macros::s3_test;

const DATA: &str = "tests/data";

#[s3_test(fixtures)]
async fn nothing() {}

#[s3_test(fixtures())]
async fn nothing_inside() {}

#[s3_test(fixtures = "tests/data")]
async fn no_list() {}

#[s3_test(fixtures(""))]
async fn empty() {}

#[s3_test(fixtures("no/such/folder"))]
async fn missing() {}

#[s3_test(fixtures("Cargo.tml"))]
async fn mistyped() {}

#[s3_test(fixtures("./Cargo.tml/more"))]
async fn mistyped_folder() {}

#[s3_test(fixtures("/etc/hosts"))]
async fn absolute() {}

#[s3_test(fixtures("Cargo.toml", "Cargo.toml"))]
async fn twice() {}

#[s3_test(fixtures("Cargo.toml" => "a/", "./Cargo.toml" => "a/", "Cargo.toml" => "b/", "Cargo.toml"))]
async fn twice_with_a_prefix() {}

#[s3_test(fixtures("Cargo.toml" => ""))]
async fn empty_prefix() {}

#[s3_test(fixtures("Cargo.toml" =>))]
async fn no_prefix() {}

#[s3_test(fixtures("Cargo.toml" => prefix, "Cargo.toml" => 5))]
async fn prefix_without_quotes() {}

#[s3_test(fixtures("Cargo.toml" = "prefix/"))]
async fn no_arrow() {}

#[s3_test(fixtures("Cargo.toml" "Cargo.lock"))]
async fn no_comma() {}

#[s3_test(fixtures(DATA, data, 5))]
async fn no_literals() {}

#[s3_test(fixtures("no/such/folder", "/etc/hosts"), versioning = 1)]
async fn several() {}

#[s3_test(fixtures("Cargo.toml" => "/x", "Cargo.lock" => "a//b", "src" => "../x"))]
async fn prefixes_that_begin_no_key() {}

fn main() {
    let _ = DATA;
}
