//! Uploads written onto a connection by hand, to stop in the middle of them.

use super::Fixture;
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// An anonymous PUT whose headers have been sent.
pub(crate) struct Raw(TcpStream);

impl Raw {
    pub(crate) fn put(fixture: &Fixture, target: &str, length: u64, header: &str) -> Self {
        let address = fixture.server.endpoint().trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).unwrap();
        let limit = Some(Duration::from_secs(30));
        stream.set_read_timeout(limit).unwrap();
        write!(
            stream,
            "PUT {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: {length}\r\n{header}\r\n\r\n"
        )
        .unwrap();
        Self(stream)
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
