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
    b00 b01 b02 b03 b04 b05 b06 b07 b08 b09
    b10 b11 b12 b13 b14 b15 b16 b17 b18 b19
}
