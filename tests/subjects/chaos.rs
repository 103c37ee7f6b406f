//! Thirty-two tests that write and read for a while, for whatever happens meanwhile.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use s3_test::{TestBucket, s3_test};
use s3_test_suite::record;

/// The beginning of the message of a test that does not find what it has written.
const LOST: &str = "LOST OBJECT";

async fn write_and_read(store: &dyn ObjectStore) -> object_store::Result<()> {
    let seconds = std::env::var("SUITE_SECONDS").map_or(3, |text| text.parse().unwrap());
    let (start, mut written) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_secs(seconds) {
        let path = Path::from(format!("object/{written}"));
        store.put(&path, written.to_string().into()).await?;
        written += 1;
        let last = Path::from(format!("object/{}", written / 2));
        match store.get(&last).await {
            Ok(object) => assert_eq!(object.bytes().await?, (written / 2).to_string(), "{LOST}"),
            Err(object_store::Error::NotFound { .. }) if written > 1 => panic!("{LOST} {last}"),
            Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
        // Not to measure how fast the server is.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

macro_rules! tests {
    ($($name:ident)*) => {$(
        #[s3_test(timeout = "60s")]
        async fn $name(bucket: TestBucket, store: Arc<dyn ObjectStore>) -> object_store::Result<()> {
            record(&bucket);
            write_and_read(&*store).await
        }
    )*};
}

tests! {
    t00 t01 t02 t03 t04 t05 t06 t07 t08 t09 t10 t11 t12 t13 t14 t15
    t16 t17 t18 t19 t20 t21 t22 t23 t24 t25 t26 t27 t28 t29 t30 t31
}
