//! A program that makes buckets by `s3_test::bucket()`: the arguments say how. It has no test harness.

use std::{
    future::Future,
    io::Read as _,
    pin::pin,
    sync::{Arc, LazyLock, OnceLock},
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use s3_test::{BucketBuilder, OwnedBucket};
use s3_test_suite::{record, round_trip};
use tokio::runtime;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> Outcome {
    match std::env::args().nth(1).expect("a mode").as_str() {
        "drop" => drops_it(),
        "static" => leaves_it_in_a_static(),
        "exit" => {
            leaves_it_in_a_static()?;
            std::process::exit(0);
        }
        "panic" => {
            let _bucket = made(s3_test::bucket());
            panic!("the message of the panic");
        }
        "hold" => {
            let _bucket = made(s3_test::bucket());
            thread::park();
            Ok(())
        }
        "turns" => takes_turns(),
        "runtimes" => works_on_every_runtime(),
        "cancelled" => cancels(),
        "sources" => reads_every_source(),
        "keep" => {
            drop(made(s3_test::bucket().keep("always")));
            Ok(())
        }
        "shared" => shares(false),
        "shared-write" => shares(true),
        other => panic!("no mode {other}"),
    }
}

/// A bucket that is written to, and recorded.
fn made(builder: BucketBuilder) -> OwnedBucket {
    let bucket = builder.create_blocking().expect("a bucket");
    on_a_runtime(async {
        round_trip(&bucket.store().expect("a store"), "mine")
            .await
            .expect("it works");
    });
    record(&bucket);
    bucket
}

fn on_a_runtime<T>(future: impl Future<Output = T>) -> T {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

/// Waits until the test has looked at the bucket while it is there, and again after it is dropped.
fn drops_it() -> Outcome {
    let bucket = made(s3_test::bucket());
    let mut line = [0];
    std::io::stdin().read_exact(&mut line)?;
    drop(bucket);
    // The process goes on until the test has seen that the bucket goes before it.
    std::io::stdin().read_exact(&mut line)?;
    Ok(())
}

fn leaves_it_in_a_static() -> Outcome {
    static LAZY: LazyLock<OwnedBucket> = LazyLock::new(|| made(s3_test::bucket()));
    static ONCE: OnceLock<OwnedBucket> = OnceLock::new();
    let once = ONCE.get_or_init(|| made(s3_test::bucket()));
    assert_ne!(LAZY.name(), once.name());
    Ok(())
}

/// Each finds the bucket empty, and sees nobody else in it.
fn takes_turns() -> Outcome {
    for round in 0..5 {
        let bucket = s3_test::bucket()
            .bucket("without-macro")
            .create_blocking()?;
        on_a_runtime(async {
            let store = bucket.store()?;
            assert!(store.list_with_delimiter(None).await?.objects.is_empty());
            round_trip(&store, &format!("{}-{round}", std::process::id())).await
        })?;
    }
    Ok(())
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// An executor that is not tokio's.
fn without_tokio<T>(future: impl Future<Output = T>) -> T {
    let waker: Waker = Arc::new(Unpark(thread::current())).into();
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

fn works_on_every_runtime() -> Outcome {
    let multi = runtime::Builder::new_multi_thread().enable_all().build()?;
    let current = runtime::Builder::new_current_thread().build()?;
    let paused = runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    let buckets = [
        multi.block_on(s3_test::bucket().create())?,
        current.block_on(s3_test::bucket().create())?,
        paused.block_on(s3_test::bucket().create())?,
        without_tokio(s3_test::bucket().create())?,
        multi.block_on(async { s3_test::bucket().create_blocking() })?,
        current.block_on(async { s3_test::bucket().create_blocking() })?,
        s3_test::bucket().create_blocking()?,
    ];
    // The runtimes that made them are not what keeps them.
    drop((multi, current, paused));
    for bucket in &buckets {
        record(bucket);
        on_a_runtime(async { round_trip(&bucket.store()?, "mine").await })?;
    }
    // On a runtime's thread too.
    on_a_runtime(async move { drop(buckets) });
    Ok(())
}

/// Drops the future in the middle.
fn cancels() -> Outcome {
    drop(made(s3_test::bucket()));
    for _ in 0..3 {
        let mut create = pin!(s3_test::bucket().create());
        // An embedded server may be ready at once; then the guard is dropped here.
        let _ = create
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
    }
    // One after them, on whose way they are gone.
    drop(made(s3_test::bucket()));
    Ok(())
}

fn reads_every_source() -> Outcome {
    let bucket = made(s3_test::bucket().region("eu-west-1"));
    assert!(bucket.name().starts_with("by-variable-"), "{bucket:?}");
    assert_eq!(bucket.region(), "eu-west-1");
    let bucket = s3_test::bucket()
        .bucket_prefix("by-code")
        .fixtures([("data", "prefix/")])
        .create_blocking()?;
    assert!(bucket.name().starts_with("by-code-"), "{bucket:?}");
    assert_eq!(bucket.region(), "by-file");
    on_a_runtime(async {
        let store = bucket.store()?;
        let read = store.get(&Path::from("prefix/file.txt")).await?;
        assert_eq!(read.bytes().await?, "from the package");
        store.put(&Path::from("twice"), "1".into()).await?;
        let version = store.put(&Path::from("twice"), "2".into()).await?.version;
        assert!(version.is_some(), "versioning by s3-test.toml");
        Ok::<_, object_store::Error>(())
    })?;
    record(&bucket);
    Ok(())
}

/// Reads every file of the folder that the test has made.
fn shares(write: bool) -> Outcome {
    let folder = std::env::var("SUITE_DATA")?;
    let bucket = s3_test::bucket()
        .shared(true)
        .fixtures([folder.as_str()])
        .create_blocking()?;
    on_a_runtime(async {
        let store = bucket.store()?;
        let mut count = 0;
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let key = entry.file_name().to_string_lossy().into_owned();
            let stored = store.get(&Path::from(key)).await?.bytes().await?;
            assert!(stored == std::fs::read(entry.path())?);
            count += 1;
        }
        let listed = store.list_with_delimiter(None).await?.objects;
        assert_eq!(listed.len(), count);
        if write {
            store.put(&Path::from("written"), "x".into()).await?;
        }
        Ok::<_, Box<dyn std::error::Error>>(())
    })?;
    record(&bucket);
    Ok(())
}
