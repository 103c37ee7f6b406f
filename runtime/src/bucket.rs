//! What a test was given, and what its parameters may be.
use object_store::{
    ObjectStore,
    aws::{AmazonS3, AmazonS3Builder},
};
use std::sync::Arc;

/// The error of a [`FromBucket`] implementation: any error at all.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The bucket that a test was given.
#[derive(Debug, Clone)]
pub struct TestBucket {}

/// A type that a test may take as a parameter.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a parameter of an `#[s3_test]` function",
    label = "not something that can be made from the test's bucket",
    note = "a parameter may be `Arc<dyn ObjectStore>`, `Box<dyn ObjectStore>`, `AmazonS3`, `Arc<AmazonS3>`, `AmazonS3Builder`, `TestBucket`, or any type that implements `s3_test::FromBucket`",
    note = "the types of object_store are those of the version that s3-test uses, which `s3_test::object_store` re-exports"
)]
pub trait FromBucket: Sized {
    /// Makes the parameter.
    fn from_bucket(bucket: &TestBucket) -> impl Future<Output = Result<Self, BoxError>>;
}
impl FromBucket for Arc<dyn ObjectStore> {
    async fn from_bucket(_: &TestBucket) -> Result<Self, BoxError> {
        todo!()
    }
}
impl FromBucket for Box<dyn ObjectStore> {
    async fn from_bucket(_: &TestBucket) -> Result<Self, BoxError> {
        todo!()
    }
}
impl FromBucket for AmazonS3 {
    async fn from_bucket(_: &TestBucket) -> Result<Self, BoxError> {
        todo!()
    }
}
impl FromBucket for Arc<AmazonS3> {
    async fn from_bucket(_: &TestBucket) -> Result<Self, BoxError> {
        todo!()
    }
}
impl FromBucket for AmazonS3Builder {
    async fn from_bucket(_: &TestBucket) -> Result<Self, BoxError> {
        todo!()
    }
}
impl FromBucket for TestBucket {
    async fn from_bucket(_: &TestBucket) -> Result<Self, BoxError> {
        todo!()
    }
}
