//! The gateway in front of a server that shows what arrives, byte for byte.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Handle,
};

use super::*;
use crate::s3::Trust;

const LIMIT: Duration = Duration::from_secs(10);
const OK: &str = "HTTP/1.1 200 OK\r\nX-Odd-Case: Ä\r\nContent-Length: 5\r\n\r\nhello";

/// Reads until `end` has come.
async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut read = Vec::new();
    let reading = async {
        while !read.ends_with(end.as_bytes()) {
            let mut byte = [0];
            stream.read_exact(&mut byte).await.expect("a byte");
            read.push(byte[0]);
        }
    };
    let finished = tokio::time::timeout(LIMIT, reading).await;
    let read = String::from_utf8_lossy(&read).into_owned();
    assert!(finished.is_ok(), "only this came: {read}");
    read
}

async fn start() -> (TcpListener, Gateway, TcpStream) {
    let upstream = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", upstream.local_addr().expect("an address"));
    let gateway = Gateway::start(&address, None, &Handle::current()).expect("a gateway");
    let address = gateway.endpoint().strip_prefix("http://").expect("http");
    let client = TcpStream::connect(address).await.expect("a connection");
    (upstream, gateway, client)
}

async fn write(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.expect("written");
}

#[tokio::test]
async fn nothing_of_a_request_or_its_answer_is_changed() {
    let (upstream, gateway, mut client) = start().await;
    let request = "PUT /b//x/../%2F/a%20b+c?Y=&x=%7e&x-id=PutObject HTTP/1.1\r\n\
                   Host: bucket.example:1\r\nX-Amz-Meta-B: 2\r\nauthorization: AWS4 x\r\n\
                   X-Amz-Meta-A: 1,  1\r\nContent-Length: 4\r\n\r\nbody";
    write(&mut client, request).await;
    let (mut server, _) = upstream.accept().await.expect("a connection");
    assert_eq!(read_until(&mut server, "body").await, request);
    write(&mut server, OK).await;
    let answer = read_until(&mut client, "hello").await;
    assert!(answer.contains("\r\nX-Odd-Case: Ä\r\n"), "{answer}");

    // The next request takes the same two connections.
    write(&mut client, "GET /b/k?acl HTTP/1.1\r\nHost: h\r\n\r\n").await;
    read_until(&mut server, "\r\n\r\n").await;
    write(&mut server, "HTTP/1.1 404 Not Found\r\nContent-Length: 41\r\n\r\n<Error><Code>NoSuchKey</Code></Error>1234").await;
    read_until(&mut client, "1234").await;

    let requests = gateway.requests();
    assert_eq!(
        requests.to_string(),
        "PutObject /x/..///a b+c 200\nGetObjectAcl k 404 NoSuchKey\n"
    );
    assert_eq!((requests.bytes_sent(), requests.bytes_received()), (4, 46));
    assert_eq!(requests.hops(), 2);
    assert!(requests.iter().all(|it| it.ended().is_some()));
}

#[tokio::test]
async fn bodies_are_streamed_both_ways() {
    let (upstream, _gateway, mut client) = start().await;
    write(
        &mut client,
        "PUT /b/k HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\none",
    )
    .await;
    let (mut server, _) = upstream.accept().await.expect("a connection");
    read_until(&mut server, "one").await;
    write(&mut client, "two").await;
    read_until(&mut server, "two").await;
    write(
        &mut server,
        "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfour",
    )
    .await;
    read_until(&mut client, "four").await;
    write(&mut server, "five").await;
    read_until(&mut client, "five").await;
}

#[tokio::test]
async fn a_body_that_is_held_back_is_asked_for_when_the_server_asks() {
    let (upstream, _gateway, mut client) = start().await;
    let head = "PUT /b/k HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
    write(&mut client, head).await;
    let (mut server, _) = upstream.accept().await.expect("a connection");
    assert_eq!(read_until(&mut server, "\r\n\r\n").await, head);
    write(&mut server, "HTTP/1.1 100 Continue\r\n\r\n").await;
    let interim = read_until(&mut client, "\r\n\r\n").await;
    assert!(interim.starts_with("HTTP/1.1 100 "), "{interim}");
    write(&mut client, "body").await;
    read_until(&mut server, "body").await;
    write(&mut server, OK).await;
    read_until(&mut client, "hello").await;
}

#[tokio::test]
async fn a_body_that_the_server_refuses_is_never_asked_for() {
    let (upstream, gateway, mut client) = start().await;
    let head = "PUT /b/k HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
    write(&mut client, head).await;
    let (mut server, _) = upstream.accept().await.expect("a connection");
    read_until(&mut server, "\r\n\r\n").await;
    write(&mut server, "HTTP/1.1 412 No\r\nContent-Length: 0\r\n\r\n").await;
    let answer = read_until(&mut client, "\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 412 "), "{answer}");
    // What comes next on this connection could not be told from the body.
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(LIMIT, client.read_to_end(&mut rest)).await;
    assert!(closed.expect("the connection is closed").is_ok());
    assert_eq!(rest, b"");
    assert_eq!(gateway.requests().to_string(), "PutObject k 412\n");
}

#[tokio::test]
async fn chunks_and_trailers_pass() {
    let (upstream, _gateway, mut client) = start().await;
    write(
        &mut client,
        "PUT /b/k HTTP/1.1\r\nHost: h\r\nTrailer: x-amz-checksum-crc32\r\nTransfer-Encoding: chunked\r\n\r\n\
         3\r\none\r\n0\r\nx-amz-checksum-crc32: abc\r\n\r\n",
    )
    .await;
    let (mut server, _) = upstream.accept().await.expect("a connection");
    let read = read_until(&mut server, "abc\r\n\r\n").await;
    assert!(read.contains("3\r\none\r\n0\r\n"), "{read}");
}

#[tokio::test]
async fn a_server_that_is_not_there_ends_the_connection_and_is_noted() {
    let (upstream, gateway, mut client) = start().await;
    drop(upstream);
    write(&mut client, "GET /b/k HTTP/1.1\r\nHost: h\r\n\r\n").await;
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(LIMIT, client.read_to_end(&mut rest)).await;
    let _ = closed.expect("the connection is closed");
    assert_eq!(rest, b"");
    assert_eq!(gateway.requests().to_string(), "GetObject k no answer\n");
    let request = gateway.requests().iter().next().expect("a request");
    assert!(request.failure().is_some_and(|it| it.contains("refused")));
}

#[tokio::test]
async fn a_dropped_gateway_closes_its_connections() {
    let (upstream, gateway, mut client) = start().await;
    write(&mut client, "GET /b/k HTTP/1.1\r\nHost: h\r\n\r\n").await;
    let (mut server, _) = upstream.accept().await.expect("a connection");
    read_until(&mut server, "\r\n\r\n").await;
    drop(gateway);
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(LIMIT, client.read_to_end(&mut rest)).await;
    let _ = closed.expect("the connection is closed");
}

#[tokio::test]
async fn requests_are_waited_for_filtered_and_taken() {
    let (upstream, gateway, mut client) = start().await;
    let requests = gateway.requests();
    let waiting = tokio::spawn({
        let requests = requests.clone();
        async move {
            requests
                .wait_for(|it| it.status() == Some(200), LIMIT)
                .await
        }
    });
    write(&mut client, "GET /b/a/k HTTP/1.1\r\nHost: h\r\nAmz-Sdk-Request: attempt=2; max=3\r\nRange: bytes=1-5\r\nIf-None-Match: *\r\n\r\n").await;
    let (mut server, _) = upstream.accept().await.expect("a connection");
    read_until(&mut server, "\r\n\r\n").await;
    assert_eq!(
        requests.to_string(),
        "GetObject a/k bytes=1-5 if-none-match: * in flight\n"
    );
    write(&mut server, OK).await;
    let found = waiting.await.expect("no panic").expect("a request");
    assert_eq!((found.number(), found.attempt()), (1, Some(2)));
    read_until(&mut client, "hello").await;

    assert_eq!(
        requests
            .key_prefix("a/")
            .status(200)
            .operation(Operation::GetObject)
            .count(),
        1
    );
    assert_eq!(
        requests.key_prefix("b").count() + requests.status(404).count(),
        0
    );
    assert!(
        requests.table().contains("GetObject a/k"),
        "{}",
        requests.table()
    );
    requests.expect(Operation::GetObject).exactly(1);
    requests.expect(Operation::PutObject).never();
    assert_eq!(requests.take().count(), 1);
    assert_eq!(requests.count(), 0);
    assert_eq!(gateway.verify(), Ok(()));
    requests.expect(Operation::GetObject).at_least(2);
    let missed = gateway.verify().expect_err("one is less than two");
    assert!(
        missed.starts_with("the test expected at least 2 GetObject, and there were 1. "),
        "{missed}"
    );
    assert!(missed.contains("GetObject a/k bytes=1-5"), "{missed}");

    let short = Duration::from_millis(10);
    let none = requests
        .wait_for(|_| true, short)
        .await
        .expect_err("all are taken");
    assert!(none.to_string().contains("within 10ms"), "{none}");
}

/// The name leads nowhere, so a connection shows that nobody has asked for it.
#[tokio::test]
async fn connections_go_to_checked_addresses_only() {
    let upstream = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = upstream.local_addr().expect("an address");
    let endpoint = format!("http://service.invalid:{}", address.port());
    let pinned = Pinned::new("service.invalid", vec![address], Trust::Nobody);
    let gateway = Gateway::start(&endpoint, Some(&pinned), &Handle::current()).expect("a gateway");
    let gateway = gateway.endpoint().strip_prefix("http://").expect("http");
    let mut client = TcpStream::connect(gateway).await.expect("a connection");
    let request = "GET /b/k HTTP/1.1\r\nHost: h\r\n\r\n";
    write(&mut client, request).await;
    let accepted = tokio::time::timeout(LIMIT, upstream.accept()).await;
    let (mut server, _) = accepted.expect("in time").expect("a connection");
    assert_eq!(read_until(&mut server, "\r\n\r\n").await, request);
}
