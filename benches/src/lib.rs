//! Code that the benchmarks share with the test binaries that they measure.

pub mod chart;
pub mod docker;
pub mod figure;
pub mod files;
pub mod growth;
pub mod held;
pub mod measure;
pub mod moto;
pub mod nextest;
pub mod outside;
pub mod peer;
pub mod report;
pub mod s3;
pub mod subject;
pub mod table;

use std::time::{SystemTime, UNIX_EPOCH};

use object_store::{ObjectStore, ObjectStoreExt, path::Path};

/// The wall clock, which a benchmark and the processes that it starts share, in nanoseconds.
///
/// # Panics
///
/// If the clock is set before 1970.
#[must_use]
pub fn now() -> u128 {
    nanoseconds(SystemTime::now())
}

/// A moment on the wall clock in nanoseconds.
///
/// # Panics
///
/// If it is before 1970.
#[must_use]
pub fn nanoseconds(time: SystemTime) -> u128 {
    time.duration_since(UNIX_EPOCH)
        .expect("the clock is set after 1970")
        .as_nanos()
}

/// Tells whether the report was asked for, which the bench `report` writes alone: `cargo bench -- --report` reaches all.
#[must_use]
pub fn report_is_asked() -> bool {
    std::env::args().any(|argument| argument == "--report")
}

/// A small test's body: put, get, list.
///
/// # Panics
///
/// When the store does not give back what was put.
pub async fn put_get_list(store: &dyn ObjectStore) {
    let path = Path::from("uploads/test.txt");
    store
        .put(&path, "Test file content".into())
        .await
        .expect("put");
    let found = store.get(&path).await.expect("get").bytes().await;
    assert_eq!(found.expect("the object's bytes"), "Test file content");
    let folder = Path::from("uploads");
    let listed = store.list_with_delimiter(Some(&folder));
    assert_eq!(listed.await.expect("list").objects.len(), 1);
}

/// The same test in a module of each of these names: `repeat!([a b] { #[s3_test] async fn test() {} })`.
#[macro_export]
macro_rules! repeat {
    (@one $name:ident { $($test:tt)* }) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            $($test)*
        }
    };
    ([$($name:ident)*] $test:tt) => {
        $($crate::repeat!(@one $name $test);)*
    };
}
