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
    c00 c01 c02 c03 c04 c05 c06 c07 c08 c09
    c10 c11 c12 c13 c14 c15 c16 c17 c18 c19
}
