//! The crate is not where the option says.
use s3_test::s3_test;

#[s3_test(crate = not_there)]
async fn no_such_crate() {}
