//! The embedded server as a thing that is started and dropped.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod support;

use s3_test_embedded::Server;
use std::{
    io::{ErrorKind, Read},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};
use support::{Fixture, KEY, OTHER};
use tokio::runtime::Handle;

fn address(server: &Server) -> SocketAddr {
    server
        .endpoint()
        .strip_prefix("http://")
        .unwrap()
        .parse()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_it_closes_its_connections_and_its_port() {
    let server = Server::builder()
        .user("KEY", "SECRET")
        .start(&Handle::current())
        .unwrap();
    let address = address(&server);
    assert!(address.ip().is_loopback());
    let mut connection = TcpStream::connect(address).unwrap();
    connection
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    drop(server);
    let read = connection.read(&mut [0; 1]);
    assert!(
        matches!(read, Ok(0))
            || read.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset)
    );
    // The listener goes in the same moment, give or take a thread.
    let refused = || {
        TcpStream::connect(address).is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
    };
    let start = Instant::now();
    while !refused() {
        assert!(start.elapsed() < Duration::from_secs(5), "it still listens");
    }
}

#[tokio::test]
async fn dropping_one_that_nobody_has_asked_closes_its_port() {
    let server = Server::builder().start(&Handle::current()).unwrap();
    let address = address(&server);
    drop(server);
    let error = TcpStream::connect(address).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error() {
    let first = Server::builder().start(&Handle::current()).unwrap();
    let second = Server::builder()
        .port(address(&first).port())
        .start(&Handle::current());
    assert_eq!(second.unwrap_err().kind(), ErrorKind::AddrInUse);
}

#[tokio::test]
async fn each_is_a_world_of_its_own() {
    let (one, two) = (Fixture::new().await, Fixture::new().await);
    one.client.put("/bucket/a", &[], "one").await.ok();
    assert_eq!(
        two.client.get("/bucket/a", &[]).await.error(),
        (404, "NoSuchKey".into())
    );
}

/// The runtime that serves need not be the one that asks, and the test's own may be blocked.
#[test]
fn serves_from_another_runtime() {
    let background = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let server = Server::builder()
        .user("KEY", "SECRET")
        .start(background.handle())
        .unwrap();
    let mut connection = TcpStream::connect(address(&server)).unwrap();
    connection
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    std::io::Write::write_all(
        &mut connection,
        b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    )
    .unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn starting_and_dropping_is_cheap() {
    let start = Instant::now();
    for _ in 0..1000 {
        drop(
            Server::builder()
                .user("KEY", "SECRET")
                .start(&Handle::current())
                .unwrap(),
        );
    }
    let each = start.elapsed() / 1000;
    assert!(each < Duration::from_micros(1500), "{each:?}");
}

#[tokio::test]
async fn an_existing_bucket_stays_as_it_is() {
    let f = Fixture::without_bucket();
    let (c, anonymous) = (&f.client, f.as_user(None));
    // A request to create it again would reset the ACL.
    f.server.create_bucket(KEY, "bucket").unwrap();
    c.put("/bucket?acl", &[("x-amz-acl", "public-read")], "")
        .await
        .ok();
    c.put("/bucket/a", &[], "x").await.ok();

    f.server.create_bucket(KEY, "bucket").unwrap();
    let taken = f.server.create_bucket(OTHER.0, "bucket").unwrap_err();

    let message = taken.to_string();
    assert!(
        message.contains("`bucket` belongs to another user"),
        "{message}"
    );
    assert_eq!(anonymous.get("/bucket", &[]).await.elements("Key"), ["a"]);
    let other = f.as_user(Some(OTHER));
    assert_eq!(other.put("/bucket/b", &[], "x").await.error().0, 403);
}

#[tokio::test]
async fn a_bucket_outside_of_the_oldest_region_stays_too() {
    let server = Server::builder()
        .region("eu-west-1")
        .user(KEY, "SECRET")
        .start(&Handle::current())
        .unwrap();
    server.create_bucket(KEY, "bucket").unwrap();
    server.create_bucket(KEY, "bucket").unwrap();
    assert!(server.create_bucket("OTHER", "bucket").is_err());
}
