//! Many clients that send requests at once. They are as light as can be, since they share the processors with the server:
//! each has a connection, and sends the same signed bytes again and again.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use http::{Method, Request};
use object_store::{
    aws::{AwsAuthorizer, AwsCredential},
    client::HttpRequestBody,
};
use s3_test::{TestBucket, s3_test};
use s3_test_benches::subject::tell;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

const CLIENTS: usize = 64;
const PUTS: usize = 1_000;
const GETS: usize = 5_000;
const KIB: usize = 1 << 10;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

#[s3_test(flavor = "multi_thread", worker_threads = 2)]
async fn many_clients(bucket: TestBucket) -> Result<()> {
    // The first requests make the objects.
    all(&bucket, &Method::PUT, CLIENTS).await?;
    tell("put", all(&bucket, &Method::PUT, PUTS).await?);
    tell("get", all(&bucket, &Method::GET, GETS).await?);
    Ok(())
}

/// Has all clients send `count` requests in all, and returns the time for each.
async fn all(bucket: &TestBucket, method: &Method, count: usize) -> Result<u128> {
    let address = bucket.endpoint().trim_start_matches("http://");
    let mut clients = Vec::new();
    for number in 0..CLIENTS {
        let request = signed(bucket, method, &format!("object-{number}"))?;
        clients.push((TcpStream::connect(address).await?, request));
    }
    let taken = Arc::new(AtomicUsize::new(0));
    let least = if method == Method::GET { KIB } else { 0 };
    let since = Instant::now();
    let mut running = JoinSet::<Result<()>>::new();
    for (mut connection, request) in clients {
        let taken = taken.clone();
        running.spawn(async move {
            let mut answer = vec![0; 4 * KIB];
            while taken.fetch_add(1, Ordering::Relaxed) < count {
                connection.write_all(&request).await?;
                assert!(length_of_body(&mut connection, &mut answer).await? >= least);
            }
            Ok(())
        });
    }
    while let Some(client) = running.join_next().await {
        client??;
    }
    Ok(since.elapsed().as_nanos() / count as u128)
}

/// Returns a request as it goes over the wire.
fn signed(bucket: &TestBucket, method: &Method, key: &str) -> Result<Vec<u8>> {
    let body = match *method {
        Method::PUT => vec![7; KIB],
        _ => Vec::new(),
    };
    let path = format!("/{}/{key}", bucket.name());
    let mut request = Request::builder()
        .method(method)
        .uri(format!("{}{path}", bucket.endpoint()))
        .body(HttpRequestBody::from(body.clone()))?;
    let credential = AwsCredential {
        key_id: bucket.access_key().to_owned(),
        secret_key: bucket.secret_key().to_owned(),
        token: None,
    };
    AwsAuthorizer::new(&credential, "s3", bucket.region()).try_authorize(&mut request, None)?;
    let address = bucket.endpoint().trim_start_matches("http://");
    let mut bytes = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in request.headers() {
        if name != http::header::HOST {
            bytes.push_str(&format!("{name}: {}\r\n", value.to_str()?));
        }
    }
    bytes.push_str("\r\n");
    Ok([bytes.as_bytes(), &body].concat())
}

/// Reads one answer to its end.
async fn length_of_body(connection: &mut TcpStream, answer: &mut [u8]) -> Result<usize> {
    let mut read = 0;
    let mut whole = usize::MAX;
    let mut head = 0;
    while read < whole {
        let more = connection.read(&mut answer[read..]).await?;
        assert!(more > 0, "the server closes the connection");
        read += more;
        let end = answer[..read].windows(4).position(|it| it == b"\r\n\r\n");
        if let (Some(end), usize::MAX) = (end, whole) {
            head = end + 4;
            let text = std::str::from_utf8(&answer[..end])?.to_ascii_lowercase();
            assert!(text.starts_with("http/1.1 200 "), "{text}");
            let length = text.split("content-length: ").nth(1);
            let length = length.and_then(|rest| rest.split("\r\n").next());
            whole = head + length.map_or(Ok(0), str::parse)?;
        }
    }
    Ok(whole - head)
}
