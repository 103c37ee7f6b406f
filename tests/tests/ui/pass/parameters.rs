//! Everything that a test may take, by name and by pattern.
#![deny(warnings)]
use s3_test::{
    BoxError, FromBucket, TestBucket,
    object_store::{
        ObjectStore,
        aws::{AmazonS3, AmazonS3Builder},
        list::PaginatedListStore,
        multipart::MultipartStore,
        signer::Signer,
    },
    s3_test,
};
use std::sync::Arc;

struct Uploads<T> {
    bucket: TestBucket,
    number: T,
}

impl FromBucket for Uploads<u8> {
    async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
        Ok(Self {
            bucket: bucket.clone(),
            number: 1,
        })
    }
}

type Store = Arc<dyn ObjectStore>;

macro_rules! builder {
    () => {
        AmazonS3Builder
    };
}

#[s3_test]
async fn all(
    shared: Arc<dyn ObjectStore>,
    boxed: Box<dyn ObjectStore>,
    s3: AmazonS3,
    shared_s3: Arc<AmazonS3>,
    builder: AmazonS3Builder,
    multipart: Arc<dyn MultipartStore>,
    pages: Arc<dyn PaginatedListStore>,
    signer: Arc<dyn Signer>,
    bucket: TestBucket,
    own: Uploads<u8>,
) {
    drop((shared, boxed, s3, shared_s3, builder));
    drop((multipart, pages, signer, bucket, own));
}

#[s3_test]
async fn patterns(_: Store, mut first: TestBucket, Uploads { bucket, number: _ }: Uploads<u8>) {
    first.clone_from(&bucket);
    drop(first);
}

#[s3_test]
async fn written_otherwise(
    #[allow(unused_variables)] unused: Store,
    path: std::sync::Arc<dyn ObjectStore>,
    from_a_macro: builder!(),
    own: Uploads<u8>,
) {
    drop((path, from_a_macro, own.number));
}

#[s3_test]
async fn references(
    shared: &Arc<dyn ObjectStore>,
    mutable: &mut TestBucket,
    object: &dyn ObjectStore,
    own: &Uploads<u8>,
    elided: &'_ AmazonS3,
) {
    mutable.clone_from(&own.bucket);
    let _ = (shared, object, elided);
}

#[s3_test(versioning = true, fixtures("Cargo.toml"))]
async fn several_buckets(
    uploads: TestBucket,
    #[bucket("archive", versioning = true, fixtures("Cargo.toml" => "files/"), keep = "on-failure")]
    archive: &dyn ObjectStore,
    #[bucket] backup: TestBucket,
    #[allow(unused_variables)]
    #[bucket(bucket_prefix = "prefix")]
    unused: Store,
) {
    drop((uploads, backup));
    let _ = archive;
}
