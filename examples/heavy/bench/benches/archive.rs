//! A benchmark with criterion on a bucket of its own, without the attribute.
//!
//! `cargo bench` measures. `cargo test` runs each measurement once, to see that it works.

use std::{hint::black_box, sync::Arc};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use example_bench::Archive;
use tokio::runtime::Runtime;

const SIZES: [usize; 2] = [1024, 1024 * 1024];

fn archive(criterion: &mut Criterion) {
    // Made before the measurement, which is not about them. The bucket goes when this function ends.
    let runtime = Runtime::new().expect("a runtime");
    let bucket = s3_test::bucket()
        .bucket_prefix("bench")
        .create_blocking()
        .expect("a bucket");
    let archive = Archive::new(Arc::new(bucket.store().expect("a store")));

    // criterion compares each run with the one before, and only figures of the same server can be compared.
    let server = bucket.backend().name();
    let mut group = criterion.benchmark_group(format!("archive on {server}"));
    for size in SIZES {
        let document = vec![b'x'; size];
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(BenchmarkId::new("keep", size), |bencher| {
            bencher.to_async(&runtime).iter(|| async {
                let kept = archive.keep("report.pdf", document.clone()).await;
                kept.expect("the document is kept");
            });
        });
        group.bench_function(BenchmarkId::new("find", size), |bencher| {
            let kept = runtime.block_on(archive.keep("report.pdf", document.clone()));
            kept.expect("the document is kept");
            bencher.to_async(&runtime).iter(|| async {
                let found = archive.find("report.pdf").await.expect("a document");
                assert_eq!(found.len(), size);
                black_box(found)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, archive);
criterion_main!(benches);
