//! The tests of the embedded server's clients, through the gateway, on both servers: the log has every operation that a
//! client has sent.

use std::collections::BTreeMap;

use s3_test::{Backend, Operation, Requests, TestBucket};
use s3_test_embedded_clients::Place;

/// Returns the bucket for a client. A PUT costs RustFS 8 ms, so there are only two pages of keys, the second of two keys:
/// OpenDAL deletes a single one by another operation.
fn place(bucket: &TestBucket) -> Place<'_> {
    let is_embedded = bucket.backend() == Backend::Embedded;
    Place {
        endpoint: bucket.endpoint(),
        key: bucket.access_key(),
        secret: bucket.secret_key(),
        bucket: bucket.name(),
        keys: if is_embedded { 2500 } else { 1002 },
        heads_parts: is_embedded,
    }
}

/// Holds the log to the numbers of requests of each operation, which `PutObject` and the operations on pages have besides
/// those for many keys.
fn check(requests: &Requests, keys: usize, others: &[(Operation, usize)]) {
    let mut seen: BTreeMap<_, usize> = BTreeMap::new();
    for request in requests.iter() {
        // The first attempt of a client that counts them.
        assert_eq!(request.attempt().unwrap_or(1), 1, "{request}");
        *seen.entry(request.operation().name()).or_default() += 1;
    }
    let pages = keys.div_ceil(1000);
    let mut expected: BTreeMap<_, usize> = BTreeMap::new();
    let many = [
        (Operation::PutObject, keys),
        (Operation::ListObjectsV2, pages),
        (Operation::DeleteObjects, pages),
    ];
    for (operation, count) in many.iter().chain(others) {
        *expected.entry(operation.name()).or_default() += count;
    }
    assert_eq!(seen, expected);
}

macro_rules! clients {
    ($($client:ident $(if $is_there:ident)?: { $($operation:ident: $count:literal,)* })*) => {$(
        mod $client {
            use s3_test::{Operation, Requests, TestBucket, s3_test};

            async fn run(bucket: TestBucket, requests: Requests) {
                $(if !s3_test_embedded_clients::$is_there() {
                    return;
                })?
                let place = super::place(&bucket);
                s3_test_embedded_clients::$client(&place).await;
                let others = [$((Operation::$operation, $count)),*];
                super::check(&requests, place.keys, &others);
            }

            #[s3_test]
            async fn to_the_server_of_the_environment(bucket: TestBucket, requests: Requests) {
                run(bucket, requests).await;
            }

            #[s3_test(backend = "embedded")]
            async fn to_the_embedded_server(bucket: TestBucket, requests: Requests) {
                run(bucket, requests).await;
            }
        }
    )*};
}

clients! {
    aws_sdk_s3: {
        CreateMultipartUpload: 1,
        UploadPart: 3,
        CompleteMultipartUpload: 1,
        CopyObject: 1,
        GetObject: 10,
        PutObject: 8,
    }
    opendal: {
        CreateMultipartUpload: 1,
        UploadPart: 3,
        CompleteMultipartUpload: 1,
        CopyObject: 1,
        GetObject: 6,
        HeadObject: 3,
        PutObject: 4,
    }
    rusty_s3: {
        CreateMultipartUpload: 1,
        UploadPart: 3,
        CompleteMultipartUpload: 1,
        CopyObject: 1,
        GetObject: 5,
        PutObject: 3,
    }
    boto3 if has_boto3: {
        CreateMultipartUpload: 2,
        UploadPart: 3,
        UploadPartCopy: 3,
        CompleteMultipartUpload: 2,
        CopyObject: 1,
        DeleteObject: 1,
        GetObject: 9,
        HeadObject: 3,
        ListObjectVersions: 1,
        ListObjectsV2: 1,
        PostObject: 1,
        PutBucketVersioning: 1,
        PutObject: 9,
    }
}
