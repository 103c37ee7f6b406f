//! Functions that cannot be a test.
use s3_test_macros::s3_test;
use std::sync::Arc;

trait ObjectStore {
    fn list(&self, _: Option<()>) {}
}

#[s3_test]
fn not_async(store: Arc<dyn ObjectStore>) {
    store.list(None);
}

#[s3_test]
unsafe extern "C" fn variadic(_: ...) {}

#[s3_test]
const async fn constant() {}

#[s3_test]
async unsafe fn not_safe() {}

#[s3_test]
async extern "C" fn foreign() {}

#[s3_test]
async fn generic<T: Default>(_: T) {}

#[s3_test]
async fn lifetime<'a>(_: std::borrow::Cow<'a, str>) {}

#[s3_test]
async fn clause()
where
    String: Clone,
{
}

#[s3_test]
async fn bare(store: dyn ObjectStore) {
    store.list(None);
}

#[s3_test]
async fn mutable_object(store: &mut dyn ObjectStore) {
    store.list(None);
}

#[s3_test]
async fn slices(_: [u8], _: &[u8]) {}

#[s3_test]
async fn strings(_: str, _: &str, _: &'static str) {}

#[s3_test]
async fn references(store: &&Arc<dyn ObjectStore>) {
    store.list(None);
}

#[s3_test]
async fn named_lifetimes(_: &'static String, _: &'a String) {}

#[s3_test]
async fn reference_to_an_implementation(store: &impl ObjectStore) {
    store.list(None);
}

#[s3_test]
async fn implementation(store: impl ObjectStore) {
    store.list(None);
}

#[s3_test]
async fn implementation_inside(store: Arc<impl ObjectStore>) {
    store.list(None);
}

#[s3_test]
async fn conditional(#[cfg(unix)] store: Arc<dyn ObjectStore>) {
    store.list(None);
}

#[s3_test]
#[should_panic]
async fn panics_with_a_result() -> Result<(), String> {
    Ok(())
}

struct Suite;

impl Suite {
    #[s3_test]
    async fn method(&self) {}
}

fn main() {}
