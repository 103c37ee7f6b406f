//! Requests to the embedded server, to a bare hyper server, and to s3s-fs: all in one process, in turns, with one client.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::{
    convert::Infallible,
    env,
    hint::black_box,
    path::Path as Folder,
    time::{Duration, Instant},
};

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
};
use s3_test::embedded::Server;
use s3_test_benches::{
    files::{self, ACCESS_KEY, SECRET_KEY},
    measure::embedded::{ROUNDS_VARIABLE, SERVERS},
    subject::tell,
};
use s3s::Body;
use tokio::{net::TcpListener, runtime::Handle, task::JoinSet};

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;
/// The small requests of a round.
const SMALL: u32 = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests() {
    let rounds = env::var(ROUNDS_VARIABLE).unwrap().parse().unwrap();
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("bucket")).unwrap();
    let mut serving = JoinSet::new();
    let server = embedded();
    server.create_bucket(ACCESS_KEY, "bucket").unwrap();
    let endpoints = [
        bare(&mut serving).await,
        server.endpoint().to_owned(),
        files::serve(directory.path(), &mut serving).await,
    ];
    let [signed, unsigned] =
        [false, true].map(|unsigned| endpoints.each_ref().map(|it| store(it, "bucket", unsigned)));
    let (small, large) = (&Path::from("small"), &Path::from("large"));
    let bodies = [KIB, 64 * MIB].map(|size| PutPayload::from(Bytes::from(vec![7; size])));
    let [small_body, large_body] = &bodies;
    for store in signed.iter().chain(&unsigned) {
        store.put(small, small_body.clone()).await.unwrap();
        store.put(large, large_body.clone()).await.unwrap();
    }
    let get = async |name, calls, round, path: &Path| {
        compare(name, &signed, calls, round, async |store| {
            let mut body = store.get(path).await.unwrap().into_stream();
            while let Some(chunk) = body.next().await {
                chunk.unwrap();
            }
        })
        .await;
    };
    let put = async |name, stores: &[AmazonS3; 3], calls, round, path: &Path, body: &PutPayload| {
        compare(name, stores, calls, round, async |store| {
            store.put(path, body.clone()).await.unwrap();
        })
        .await;
    };
    let md5 = vec![7; 64 * MIB];
    for round in 0..rounds {
        get("get_small", SMALL, round, small).await;
        put("put_small", &signed, SMALL, round, small, small_body).await;
        put(
            "put_small_unsigned",
            &unsigned,
            SMALL,
            round,
            small,
            small_body,
        )
        .await;
        get("get_large", 1, round, large).await;
        put("put_large", &signed, 1, round, large, large_body).await;
        put("put_large_unsigned", &unsigned, 1, round, large, large_body).await;
        let start = Instant::now();
        black_box(fast_md5::digest(black_box(&md5)));
        tell(&format!("md5_{round}"), start.elapsed().as_nanos());
    }
}

/// Tells the time of one call on each server. They take turns, and each round begins at the other end.
async fn compare<'a>(
    name: &str,
    stores: &'a [AmazonS3; 3],
    calls: u32,
    round: usize,
    call: impl AsyncFn(&'a AmazonS3),
) {
    let mut turns: Vec<_> = SERVERS.iter().zip(stores).collect();
    if !round.is_multiple_of(2) {
        turns.reverse();
    }
    for (server, store) in turns {
        let start = Instant::now();
        for _ in 0..calls {
            call(store).await;
        }
        let time = start.elapsed() / calls;
        tell(&format!("{name}_{server}_{round}"), time.as_nanos());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn listings() {
    let sizes = [("few", 1000), ("many", 100_000)];
    let server = embedded();
    for (bucket, keys) in sizes {
        server.create_bucket(ACCESS_KEY, bucket).unwrap();
        let store = &store(server.endpoint(), bucket, true);
        let puts = stream::iter(0..keys).map(|number| async move {
            let path = Path::from(format!("{number:06}"));
            store.put(&path, PutPayload::new()).await.map(drop)
        });
        let puts = puts.buffer_unordered(16);
        puts.try_for_each(async |()| Ok(())).await.unwrap();
    }
    list_of_a_thousand("embedded", server.endpoint(), 15).await;
    // Its objects are files, and its buckets their directories.
    let root = tempfile::tempdir().unwrap();
    for (bucket, keys) in sizes {
        fill(&root.path().join(bucket), keys);
    }
    let mut serving = JoinSet::new();
    let endpoint = files::serve(root.path(), &mut serving).await;
    list_of_a_thousand("s3s-fs", &endpoint, 3).await;
}

fn fill(bucket: &Folder, keys: usize) {
    std::fs::create_dir(bucket).unwrap();
    (0..keys).for_each(|number| std::fs::write(bucket.join(format!("{number:06}")), "").unwrap());
}

/// Tells the median time of a page out of a few keys, and out of many.
async fn list_of_a_thousand(server: &str, endpoint: &str, rounds: usize) {
    let buckets = ["few", "many"];
    let stores = buckets.map(|bucket| store(endpoint, bucket, true));
    let mut times = [const { Vec::new() }; 2];
    for _ in 0..rounds {
        for (store, times) in stores.iter().zip(&mut times) {
            let start = Instant::now();
            let options = PaginatedListOptions {
                max_keys: Some(1000),
                ..PaginatedListOptions::default()
            };
            let page = store.list_paginated(None, options).await.unwrap();
            assert_eq!(page.result.objects.len(), 1000);
            times.push(start.elapsed());
        }
    }
    for (bucket, mut times) in buckets.into_iter().zip(times) {
        times.sort();
        let median: Duration = times[times.len() / 2];
        tell(&format!("list_{server}_{bucket}"), median.as_nanos());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn starts() {
    let start = Instant::now();
    for _ in 0..1000 {
        drop(embedded());
    }
    tell("start", (start.elapsed() / 1000).as_nanos());
}

fn embedded() -> Server {
    let server = Server::builder().user(ACCESS_KEY, SECRET_KEY);
    server.start(&Handle::current()).unwrap()
}

fn store(endpoint: &str, bucket: &str, unsigned: bool) -> AmazonS3 {
    let builder = AmazonS3Builder::new()
        .with_endpoint(endpoint)
        .with_allow_http(true)
        .with_bucket_name(bucket)
        .with_unsigned_payload(unsigned)
        .with_access_key_id(ACCESS_KEY)
        .with_secret_access_key(SECRET_KEY);
    builder.build().unwrap()
}

/// Returns the same bytes for every GET, chosen by the last letters of the key, and swallows every PUT.
async fn bare(serving: &mut JoinSet<()>) -> String {
    let bodies = [KIB, 64 * MIB].map(|size| Bytes::from(vec![7; size]));
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
    serving.spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            let service = service_fn(answer.clone());
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    endpoint
}
