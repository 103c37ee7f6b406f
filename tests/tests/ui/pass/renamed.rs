//! The crate stands under another name.
#![deny(warnings)]

mod my {
    pub use ::s3_test;
}

mod s3_test {
    // What the expansion must not use.
}

#[my::s3_test::s3_test(crate = my::s3_test)]
async fn path(bucket: my::s3_test::TestBucket) -> Result<(), std::fmt::Error> {
    drop(bucket);
    Ok(())
}

#[my::s3_test::s3_test(crate = "crate::my::s3_test", flavor = "multi_thread", backend = "auto")]
async fn in_quotes() {}
