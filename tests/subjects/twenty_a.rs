//! Twenty small tests; one of three such binaries.

use std::sync::Arc;

use object_store::ObjectStore;
use s3_test::s3_test;
use s3_test_suite::round_trip;

macro_rules! tests {
    ($($name:ident)*) => {$(
        #[s3_test]
        async fn $name(store: Arc<dyn ObjectStore>) -> object_store::Result<()> {
            round_trip(&*store, stringify!($name)).await
        }
    )*};
}

tests! {
    a00 a01 a02 a03 a04 a05 a06 a07 a08 a09
    a10 a11 a12 a13 a14 a15 a16 a17 a18 a19
}
