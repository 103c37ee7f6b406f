//! Memory of the embedded server: it stays in its limits and is given back. One test, because it watches its whole process.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on may panic; the figures are worth a look"
)]

mod support;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::{
    GetOptions, ObjectStore, ObjectStoreExt, PutPayload, multipart::MultipartStore, path::Path,
};
use std::fs;
use support::Fixture;

const MIB: u64 = 1 << 20;

/// In MiB, from `/proc/self/status`.
fn status(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(field))
        .unwrap();
    line.trim_matches([':', ' ', '\t'])
        .trim_end_matches(" kB")
        .parse::<u64>()
        .unwrap()
        / 1024
}

async fn one_server_with(payload: &PutPayload) {
    let fixture = Fixture::new().await;
    let store = fixture
        .builder()
        .with_unsigned_payload(true)
        .build()
        .unwrap();
    let path = Path::from("a");
    store.put(&path, payload.clone()).await.unwrap();
    let mut read = 0;
    let mut body = store.get(&path).await.unwrap().into_stream();
    while let Some(chunk) = body.next().await {
        read += chunk.unwrap().len() as u64;
    }
    assert_eq!(read, 16 * MIB);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory() {
    // A thread that is new to the allocator takes an arena of its own: some rounds until all have theirs.
    let payload = PutPayload::from(Bytes::from(vec![7; 16 * MIB as usize]));
    for _ in 0..20 {
        one_server_with(&payload).await;
    }
    let before = status("VmRSS");
    let mut most = before;
    for _ in 0..200 {
        one_server_with(&payload).await;
        most = most.max(status("VmRSS"));
    }
    let after = status("VmRSS");
    eprintln!(
        "200 servers of 16 MiB each: {before} MiB resident before, {after} after, {most} at most in between"
    );
    assert!(after <= before + 32, "{before} MiB before, {after} after");

    tiny_objects_cost_little().await;
    // The second finds the room that the first has left: the allocator keeps it, but nothing else does.
    a_large_upload_is_held_once().await;
    a_large_upload_is_held_once().await;
}

/// A body of a few bytes must not keep the buffer alive that it was read into.
async fn tiny_objects_cost_little() {
    let fixture = Fixture::new().await;
    let store = &fixture.store();
    let before = status("VmRSS");
    let puts = stream::iter(0..10_000).map(|number| async move {
        store
            .put(&Path::from(format!("tiny/{number}")), "tiny".into())
            .await
            .map(|_| ())
    });
    puts.buffer_unordered(8)
        .try_collect::<Vec<()>>()
        .await
        .unwrap();
    let grown = status("VmRSS").saturating_sub(before);
    eprintln!("10,000 objects of 4 bytes: {grown} MiB");
    assert!(grown < 40, "{grown} MiB for 10,000 objects of 4 bytes");
}

async fn a_large_upload_is_held_once() {
    let fixture = Fixture::new().await;
    let store = &fixture
        .builder()
        .with_unsigned_payload(true)
        .build()
        .unwrap();
    let part = PutPayload::from(Bytes::from(vec![7; 16 * MIB as usize]));
    let path = Path::from("large");
    // From here on the kernel keeps the highest mark anew.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = status("VmRSS");
    let id = &store.create_multipart(&path).await.unwrap();
    let parts = stream::iter(0..64).map(|number| store.put_part(&path, id, number, part.clone()));
    let parts = parts.buffered(4).try_collect::<Vec<_>>().await.unwrap();
    store.complete_multipart(&path, id, parts).await.unwrap();
    let stored = status("VmHWM");
    let head = store
        .get_opts(
            &path,
            GetOptions {
                head: true,
                ..GetOptions::default()
            },
        )
        .await
        .unwrap();
    assert_eq!(head.meta.size, 1024 * MIB);
    let mut body = store.get(&path).await.unwrap().into_stream();
    let mut read = 0;
    while let Some(chunk) = body.next().await {
        read += chunk.unwrap().len() as u64;
    }
    assert_eq!(read, 1024 * MIB);
    let peak = status("VmHWM");
    eprintln!(
        "a multipart upload of 1 GiB: {before} MiB before, at most {stored} while stored, {peak} while read"
    );
    assert!(peak < 1280, "{peak} MiB at most");
}
