//! A service as it is seen through a proxy that changes what it answers.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
};

use crate::service::Service;

/// A request on its way to the service.
pub(crate) struct Exchange {
    head: String,
    body: Vec<u8>,
    upstream: String,
}

impl Exchange {
    /// Returns the method and the path with its query: `PUT /bucket?tagging`.
    pub(crate) fn line(&self) -> &str {
        let line = self.head.lines().next().unwrap_or_default();
        line.strip_suffix(" HTTP/1.1").unwrap_or(line)
    }

    /// Sends the request to the service and returns the whole answer.
    pub(crate) fn forward(&self) -> Vec<u8> {
        let mut server = TcpStream::connect(&self.upstream).expect("the service");
        let (line, headers) = self.head.split_once("\r\n").expect("a request");
        let request = format!("{line}\r\nconnection: close\r\n{headers}");
        server.write_all(request.as_bytes()).expect("it is sent");
        server.write_all(&self.body).expect("it is sent");
        let mut answer = Vec::new();
        server.read_to_end(&mut answer).expect("an answer");
        answer
    }

    /// The same, with a body that was changed. Of the headers only the status stays.
    pub(crate) fn forward_changed(&self, change: impl FnOnce(String) -> String) -> Vec<u8> {
        let answer = String::from_utf8(self.forward()).expect("a document");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        let status = head.lines().next().unwrap_or_default();
        let status = status.trim_start_matches("HTTP/1.1 ");
        self::answer(status, &change(body.to_owned()))
    }
}

/// An answer of the proxy's own.
pub(crate) fn answer(status: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The error of a service that does not know an operation.
pub(crate) fn not_implemented() -> Vec<u8> {
    let body =
        "<Error><Code>NotImplemented</Code><Message>It is not implemented.</Message></Error>";
    answer("501 Not Implemented", body)
}

/// Puts a proxy in front of the service, and returns its endpoint. It serves as long as the process runs.
pub(crate) fn in_front_of(
    service: &Service,
    rule: impl Fn(&Exchange) -> Vec<u8> + Send + Sync + 'static,
) -> String {
    let upstream = service.endpoint.strip_prefix("http://");
    let upstream = upstream.expect("plain HTTP").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let rule = Arc::new(rule);
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let (upstream, rule) = (upstream.clone(), rule.clone());
            std::thread::spawn(move || serve(client, upstream, &*rule));
        }
    });
    format!("http://{address}")
}

fn serve(mut client: TcpStream, upstream: String, rule: &dyn Fn(&Exchange) -> Vec<u8>) {
    let mut received = Vec::new();
    let mut buffer = [0; 1 << 14];
    let end = loop {
        if let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        match client.read(&mut buffer) {
            Ok(length @ 1..) => received.extend_from_slice(&buffer[..length]),
            // A connection that was never used, or the end of a process.
            _ => return,
        }
    };
    let mut body = received.split_off(end);
    let head = String::from_utf8(received).expect("the head of a request");
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let length = name.eq_ignore_ascii_case("content-length");
        length.then(|| value.trim().parse::<usize>().expect("a length"))
    });
    while body.len() < length.unwrap_or_default() {
        match client.read(&mut buffer) {
            Ok(length @ 1..) => body.extend_from_slice(&buffer[..length]),
            _ => return,
        }
    }
    let exchange = Exchange {
        head,
        body,
        upstream,
    };
    let mut answer = rule(&exchange);
    // The client is to open a new connection for each request.
    if !answer.starts_with(b"HTTP/1.1 ") {
        answer.clear();
    }
    let _ = client.write_all(&answer);
}
