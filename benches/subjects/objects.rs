//! A bucket with many objects at the end of its test.

use std::{env, sync::Arc, time::Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, Result, path::Path};
use s3_test::s3_test;
use s3_test_benches::{growth::objects::NUMBER_VARIABLE, now, subject::tell};

/// The requests that are under way at once while the bucket is filled.
const AT_ONCE: usize = 16;

#[s3_test]
async fn filled(store: Arc<dyn ObjectStore>) -> Result<()> {
    let number = env::var(NUMBER_VARIABLE).expect("the benchmark says how many");
    let number: usize = number.parse().expect("a number");
    let puts = stream::iter(0..number).map(|object| {
        let store = &store;
        async move {
            let path = Path::from(format!("folder-{}/{object:06}", object % 10));
            store.put(&path, PutPayload::from_static(b"x")).await
        }
    });
    let mut puts = puts.buffer_unordered(AT_ONCE);
    while puts.try_next().await?.is_some() {}
    let since = Instant::now();
    let listed = store.list(None).try_fold(0, async |count, _| Ok(count + 1));
    assert_eq!(listed.await?, number);
    tell("list", since.elapsed().as_nanos());
    tell("end", now());
    Ok(())
}
