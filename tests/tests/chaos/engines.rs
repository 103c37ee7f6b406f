//! Engines that do not do what they should, behind `DOCKER_HOST`.

use std::{
    io::{Read, Write},
    net::TcpListener,
    time::{Duration, Instant},
};

use s3_test_suite::{Sandbox, Subject};

use crate::row::{Fault, Row, Scale};

/// Silence, or an answer to whatever comes.
fn engine(answer: Option<&'static str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for mut connection in listener.incoming().flatten() {
            match answer {
                None => kept.push(connection),
                Some(answer) => {
                    let _ = connection.read(&mut [0; 1 << 14]);
                    let _ = connection.write_all(answer.as_bytes());
                }
            }
        }
    });
    format!("tcp://{address}")
}

/// `container` says what is wrong. `auto` passes on the embedded server if no answer comes, and says what is wrong if a wrong
/// one does. All this soon.
fn wrong(row: &mut Row, scale: Scale, answer: Option<&'static str>, text: &str) {
    let engine = engine(answer);
    let subject = Subject::build("twenty_a");
    for _ in 0..scale.of(1, 5) {
        let sandbox = Sandbox::without_engine();
        row.trials += 2;
        let start = Instant::now();
        row.fails_with(sandbox.command(&subject).env("DOCKER_HOST", &engine), text);
        let mut command = sandbox.command(&subject);
        command
            .env("DOCKER_HOST", &engine)
            .env("S3_TEST_BACKEND", "auto");
        match answer {
            None => drop(row.passes(&mut command)),
            Some(_) => row.fails_with(&mut command, text),
        }
        if start.elapsed() > Duration::from_secs(20) {
            row.fault(Fault::Hang, format!("{:?}", start.elapsed()));
        }
        row.nothing_stays(&sandbox, false);
    }
}

pub(crate) fn silent(row: &mut Row, scale: Scale) {
    wrong(row, scale, None, "did not answer within 3s");
}

pub(crate) fn failing(row: &mut Row, scale: Scale) {
    let answer = "HTTP/1.1 500 Internal Server Error\r\ncontent-type: application/json\r\ncontent-length: 20\r\nconnection: \
                  close\r\n\r\n{\"message\":\"broken\"}";
    wrong(row, scale, Some(answer), "broken");
}
