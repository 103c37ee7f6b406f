//! Requests written onto a connection by hand: what clients would not send, or not stop in the middle of.

use super::Fixture;
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// An anonymous request whose headers have been sent.
pub(crate) struct Raw(TcpStream);

impl Raw {
    /// `start` is the method and the target.
    pub(crate) fn send(fixture: &Fixture, start: &str, headers: &[&str]) -> Self {
        let address = fixture.server.endpoint().trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).unwrap();
        let limit = Some(Duration::from_secs(30));
        stream.set_read_timeout(limit).unwrap();
        let headers = headers.iter().map(|header| format!("{header}\r\n"));
        let headers = headers.collect::<String>();
        write!(stream, "{start} HTTP/1.1\r\nhost: x\r\n{headers}\r\n").unwrap();
        Self(stream)
    }

    pub(crate) fn put(fixture: &Fixture, target: &str, length: u64, header: &str) -> Self {
        let length = format!("content-length: {length}");
        let headers = ["connection: close", "expect: 100-continue", &length, header];
        Self::send(fixture, &format!("PUT {target}"), &headers)
    }

    /// Waits until the server asks for the body, which it does when it has decided on everything else.
    pub(crate) fn until_the_body_is_wanted(mut self) -> Self {
        let mut answer = [0; 25];
        self.0.read_exact(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer);
        assert_eq!(answer, "HTTP/1.1 100 Continue\r\n\r\n");
        self
    }

    /// Sends the body and returns all of the answer.
    pub(crate) fn finish(mut self, body: &str) -> String {
        self.0.write_all(body.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // A connection that is closed with a body outstanding may be reset after the answer.
        let _ = self.0.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }
}
