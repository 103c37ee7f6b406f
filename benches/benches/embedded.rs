//! The embedded server beside a bare hyper server, which returns or swallows the same bytes and does nothing else, and
//! beside s3s-fs, which has the same protocol layer and keeps objects in files. All in one run, in turns, with one client.
//!
//! `cargo bench -p s3-test-benches --bench embedded` (add `--profile dev` for the profile that tests run in)

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on may panic; its figures are its output"
)]

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use http::{Method, Request, Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use object_store::{
    ObjectStoreExt, PutPayload,
    aws::{AmazonS3, AmazonS3Builder},
    list::{PaginatedListOptions, PaginatedListStore},
    path::Path,
    signer::Signer,
};
use s3_test::embedded::Server;
use s3_test_benches::table::{at_least, at_most};
use s3s::Body;
use std::{
    convert::Infallible,
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, runtime::Handle};

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

fn store(endpoint: &str, bucket: &str, unsigned: bool) -> AmazonS3 {
    let builder = AmazonS3Builder::new()
        .with_endpoint(endpoint)
        .with_allow_http(true)
        .with_bucket_name(bucket);
    let builder = builder.with_unsigned_payload(unsigned);
    builder
        .with_access_key_id("KEY")
        .with_secret_access_key("SECRET")
        .build()
        .unwrap()
}

/// Returns the same bytes for every GET, chosen by the first letter of the key, and swallows every PUT.
async fn bare() -> String {
    let bodies = [Bytes::from(vec![7; KIB]), Bytes::from(vec![7; 64 * MIB])];
    let answer = move |request: Request<Incoming>| {
        let bodies = bodies.clone();
        async move {
            let large = request.uri().path().ends_with("large");
            let head = Response::builder()
                .header("etag", "\"e\"")
                .header("last-modified", "Wed, 21 Oct 2015 07:28:00 GMT");
            let body = match *request.method() {
                Method::GET => Body::from(bodies[usize::from(large)].clone()),
                _ => {
                    let mut body = Body::from(request.into_body());
                    while let Some(chunk) = body.next().await {
                        chunk.unwrap();
                    }
                    Body::empty()
                }
            };
            Ok::<_, Infallible>(head.body(body).unwrap())
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            let service = service_fn(answer.clone());
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    endpoint
}

async fn s3s_fs(root: &std::path::Path) -> String {
    let mut service = s3s::service::S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).unwrap());
    service.set_auth(s3s::auth::SimpleAuth::from_single("KEY", "SECRET"));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            tokio::spawn(
                http1::Builder::new().serve_connection(TokioIo::new(stream), service.clone()),
            );
        }
    });
    endpoint
}

async fn create_bucket(store: &AmazonS3) {
    let url = store
        .signed_url(Method::PUT, &Path::default(), Duration::from_secs(60))
        .await
        .unwrap();
    let address = url.socket_addrs(|| None).unwrap()[0];
    let request = format!(
        "PUT {}?{} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
        url.path(),
        url.query().unwrap()
    );
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes())
        .await
        .unwrap();
    let mut answer = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut answer)
        .await
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// The median time of one call on each server, in turns, so that what else the machine does hits all alike.
async fn compare<'a, F: Future<Output = ()>>(
    stores: &'a [AmazonS3],
    rounds: usize,
    calls: usize,
    call: impl Fn(&'a AmazonS3) -> F,
) -> Vec<Duration> {
    let mut times = vec![Vec::new(); stores.len()];
    for _ in 0..rounds {
        for (store, times) in stores.iter().zip(&mut times) {
            let start = Instant::now();
            for _ in 0..calls {
                call(store).await;
            }
            times.push(start.elapsed() / u32::try_from(calls).unwrap());
        }
    }
    times.iter_mut().for_each(|times| times.sort());
    times.iter().map(|times| times[times.len() / 2]).collect()
}

/// The allowed cost of the embedded server beside the bare one.
enum Target {
    Time(f64),
    Throughput(f64),
}

fn report(what: &str, times: &[Duration], target: Target) {
    let ratio = |index: usize| times[index].as_secs_f64() / times[0].as_secs_f64();
    println!(
        "{what:<28} bare {:>10.1?}   embedded {:>10.1?} ({:.2} x)   s3s-fs {:>10.1?} ({:.2} x)",
        times[0],
        times[1],
        ratio(1),
        times[2],
        ratio(2)
    );
    match target {
        Target::Time(most) => at_most("  embedded / bare, time", ratio(1), most, " x"),
        Target::Throughput(least) => {
            at_least("  embedded / bare, throughput", 1.0 / ratio(1), least, " x")
        }
    }
}

async fn read(store: &AmazonS3, path: &Path) {
    let mut body = store.get(path).await.unwrap().into_stream();
    while let Some(chunk) = body.next().await {
        chunk.unwrap();
    }
}

async fn objects(stores: &[AmazonS3], rounds: usize, large_rounds: usize) {
    let (small, large) = (&Path::from("small"), &Path::from("large"));
    let (small_body, large_body) = (
        &PutPayload::from(vec![7; KIB]),
        &PutPayload::from(Bytes::from(vec![7; 64 * MIB])),
    );
    for store in stores {
        store.put(small, small_body.clone()).await.unwrap();
        store.put(large, large_body.clone()).await.unwrap();
    }
    let times = compare(stores, rounds, 50, async |store| read(store, small).await).await;
    report("GET 1 KiB", &times, Target::Time(1.5));
    let times = compare(stores, rounds, 50, async |store| {
        drop(store.put(small, small_body.clone()).await.unwrap())
    })
    .await;
    report("PUT 1 KiB", &times, Target::Time(2.0));
    let times = compare(stores, large_rounds, 1, async |store| {
        read(store, large).await
    })
    .await;
    report("GET 64 MiB", &times, Target::Throughput(0.7));
    let times = compare(stores, large_rounds, 1, async |store| {
        drop(store.put(large, large_body.clone()).await.unwrap())
    })
    .await;
    report("PUT 64 MiB", &times, Target::Throughput(0.7));
    let bytes = vec![7; 64 * MIB];
    let start = Instant::now();
    std::hint::black_box(fast_md5::digest(&bytes));
    println!(
        "{:<28} {:.1?}, which no PUT that answers with S3's ETag can be below",
        "MD5 of 64 MiB",
        start.elapsed()
    );
}

async fn listing(rounds: usize, most: usize) {
    let sizes = [("small", 1000), ("large", most)];
    let server = Server::builder()
        .user("KEY", "SECRET")
        .start(&Handle::current())
        .unwrap();
    let stores = sizes.map(|(bucket, _)| store(server.endpoint(), bucket, true));
    for (store, (_, keys)) in stores.iter().zip(sizes) {
        create_bucket(store).await;
        let puts = stream::iter(0..keys).map(|number| async move {
            store
                .put(&Path::from(format!("{number:06}")), PutPayload::new())
                .await
                .map(|_| ())
        });
        puts.buffer_unordered(16)
            .try_collect::<Vec<_>>()
            .await
            .unwrap();
    }
    list_of_a_thousand("embedded", &stores, rounds, most).await;
    // Its objects are files, and its buckets their directories.
    let root = tempfile::tempdir().unwrap();
    for (bucket, keys) in sizes {
        let bucket = root.path().join(bucket);
        std::fs::create_dir(&bucket).unwrap();
        (0..keys)
            .for_each(|number| std::fs::write(bucket.join(format!("{number:06}")), "").unwrap());
    }
    let endpoint = s3s_fs(root.path()).await;
    let stores = sizes.map(|(bucket, _)| store(&endpoint, bucket, true));
    list_of_a_thousand("s3s-fs", &stores, 3, most).await;
}

async fn list_of_a_thousand(server: &str, stores: &[AmazonS3], rounds: usize, most: usize) {
    let times = compare(stores, rounds, 1, async |store| {
        let options = PaginatedListOptions {
            max_keys: Some(1000),
            ..PaginatedListOptions::default()
        };
        let page = store.list_paginated(None, options).await.unwrap();
        assert_eq!(page.result.objects.len(), 1000);
    })
    .await;
    let ratio = times[1].as_secs_f64() / times[0].as_secs_f64();
    println!(
        "LIST of 1,000 keys, {server:<8} out of 1,000 {:.1?}   out of {most} {:.1?} ({ratio:.2} x)",
        times[0], times[1]
    );
}

fn starting() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let start = Instant::now();
    for _ in 0..1000 {
        drop(
            Server::builder()
                .user("KEY", "SECRET")
                .start(runtime.handle())
                .unwrap(),
        );
    }
    println!(
        "start and drop a server      {:.1?} each, of 1,000",
        start.elapsed() / 1000
    );
}

fn main() {
    let debug = cfg!(debug_assertions);
    println!("profile: {}", if debug { "debug" } else { "release" });
    starting();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let server = Server::builder()
            .user("KEY", "SECRET")
            .start(&Handle::current())
            .unwrap();
        let endpoints = [
            bare().await,
            server.endpoint().to_owned(),
            s3s_fs(directory.path()).await,
        ];
        for unsigned in [false, true] {
            println!("{} payloads", if unsigned { "unsigned" } else { "signed" });
            let stores = endpoints
                .clone()
                .map(|endpoint| store(&endpoint, "bucket", unsigned));
            if !unsigned {
                create_bucket(&stores[1]).await;
                create_bucket(&stores[2]).await;
            }
            objects(
                &stores,
                if debug { 11 } else { 21 },
                if debug { 3 } else { 9 },
            )
            .await;
        }
        listing(if debug { 15 } else { 51 }, 100_000).await;
    });
}
