//! The same requests directly and through the gateway, in turns: two tests share one process and one container.

use std::{
    fs,
    sync::OnceLock,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::StreamExt;
use object_store::{ObjectStoreExt, WriteMultipart, aws::AmazonS3, path::Path};
use s3_test::{Requests, s3_test};
use s3_test_benches::subject::tell;
use tokio::sync::Notify;

const ROUNDS: usize = 9;
const LARGE: usize = 64 << 20;
const SMALL: usize = 1 << 10;
/// The small requests of one round.
const SMALL_REQUESTS: u32 = 40;
const GIB: usize = 1 << 30;

static DIRECT: OnceLock<AmazonS3> = OnceLock::new();
static READY: Notify = Notify::const_new();
static DONE: Notify = Notify::const_new();

#[s3_test(timeout = "10m")]
async fn direct(store: AmazonS3) {
    DIRECT.set(store).expect("the only direct store");
    READY.notify_one();
    DONE.notified().await;
}

#[s3_test(timeout = "10m")]
async fn through(gateway: AmazonS3, requests: Requests) -> object_store::Result<()> {
    READY.notified().await;
    let direct = DIRECT.get().expect("the direct store");
    let large = Bytes::from(vec![7; LARGE]);
    let small = Bytes::from(vec![7; SMALL]);
    // The first round opens the connections.
    for round in 0..=ROUNDS {
        let mut ways = [("direct", direct), ("gateway", &gateway)];
        if round % 2 == 1 {
            ways.reverse();
        }
        for (way, store) in ways {
            let [put, get] = put_and_get(store, &large, 1).await?;
            let [small_put, small_get] = put_and_get(store, &small, SMALL_REQUESTS).await?;
            if round > 0 {
                for (name, time) in [
                    ("put", put),
                    ("get", get),
                    ("small_put", small_put),
                    ("small_get", small_get),
                ] {
                    tell(&format!("{name}_{way}_{round}"), time.as_nanos());
                }
            }
        }
    }
    requests.take();
    reset_memory();
    let before = memory();
    let path = Path::from("gib");
    let mut writer =
        WriteMultipart::new_with_chunk_size(gateway.put_multipart(&path).await?, 8 << 20);
    for _ in 0..GIB / LARGE {
        for chunk in 0..8 {
            writer.wait_for_capacity(1).await?;
            writer.put(large.slice(chunk * (8 << 20)..(chunk + 1) * (8 << 20)));
        }
    }
    writer.finish().await?;
    let put = memory().saturating_sub(before);
    reset_memory();
    let before = memory();
    let mut body = gateway.get(&path).await?.into_stream();
    let mut received = 0;
    while let Some(chunk) = body.next().await {
        received += chunk?.len();
    }
    assert_eq!(received, GIB);
    tell("memory_of_put", put.into());
    tell("memory_of_get", memory().saturating_sub(before).into());
    assert!(requests.bytes_received() >= GIB as u64);
    DONE.notify_one();
    Ok(())
}

/// The time of one put and of one get.
async fn put_and_get(
    store: &AmazonS3,
    content: &Bytes,
    count: u32,
) -> object_store::Result<[Duration; 2]> {
    let path = Path::from("object");
    let start = Instant::now();
    for _ in 0..count {
        store.put(&path, content.clone().into()).await?;
    }
    let put = start.elapsed() / count;
    let start = Instant::now();
    for _ in 0..count {
        let mut body = store.get(&path).await?.into_stream();
        let mut received = 0;
        while let Some(chunk) = body.next().await {
            received += chunk?.len();
        }
        assert_eq!(received, content.len());
    }
    Ok([put, start.elapsed() / count])
}

/// Lets [`memory`] begin anew.
fn reset_memory() {
    fs::write("/proc/self/clear_refs", "5").expect("Linux");
}

/// The most memory that this process has held since it was reset, in KiB.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .and_then(|it| it.parse().ok())
        .expect("a number of kB")
}
