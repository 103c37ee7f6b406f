//! An engine that answers and starts no container: told as the engine's refusal, whatever its words are.

use std::{
    io::{BufRead, BufReader, Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    process::Command,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use s3_test_suite::{Finished, Sandbox, Subject};

/// The requests for a container that the engine got.
type Refused = Arc<Mutex<Vec<serde_json::Value>>>;

/// Answers as an engine that has the image and refuses every container.
fn engine(sandbox: &Sandbox) -> (String, Refused) {
    let socket = sandbox.path().join("engine.sock");
    let listener = UnixListener::bind(&socket).expect("a socket");
    let refused = Refused::default();
    let seen = refused.clone();
    // It ends with the test process.
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let seen = seen.clone();
            thread::spawn(move || while answer(&connection, &seen).is_some() {});
        }
    });
    (format!("unix://{}", socket.display()), refused)
}

/// Answers one request, or returns None at the end of the connection.
fn answer(mut connection: &UnixStream, refused: &Refused) -> Option<()> {
    let mut reader = BufReader::new(connection);
    let mut request = String::new();
    reader
        .read_line(&mut request)
        .ok()
        .filter(|read| *read > 0)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if line == "\r\n" {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (status, answer) = if request.contains("/_ping") {
        ("200 OK", "OK")
    } else if request.contains("/version") {
        (
            "200 OK",
            r#"{"Version": "9.1", "Components": [{"Name": "Frigate Engine", "Version": "9.1"}]}"#,
        )
    } else if request.contains("/images/") {
        (
            "200 OK",
            r#"{"Config": {"Cmd": ["server"], "User": "1000", "Volumes": {"/data": {}}}}"#,
        )
    } else if request.contains("/containers/create") {
        let body = serde_json::from_slice(&body).ok()?;
        refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(body);
        (
            "500 Internal Server Error",
            r#"{"message": "not in this weather"}"#,
        )
    } else if request.contains("/containers/json") {
        ("200 OK", "[]")
    } else {
        ("404 Not Found", r#"{"message": "no such container"}"#)
    };
    let length = answer.len();
    let head = "Content-Type: application/json\r\nApi-Version: 1.41";
    let text = format!("HTTP/1.1 {status}\r\n{head}\r\nContent-Length: {length}\r\n\r\n{answer}");
    connection.write_all(text.as_bytes()).ok()
}

fn run(sandbox: &Sandbox, host: &str, backend: &str) -> Finished {
    let mut command: Command = sandbox.command(&Subject::build("servers"));
    command
        .args(["--exact", "plain"])
        .env("DOCKER_HOST", host)
        .env("S3_TEST_BACKEND", backend);
    command.output().expect("the subject runs").into()
}

const REFUSAL: &str = "Frigate 9.1 does not start a container of `rustfs/rustfs:1.0.1`: not in this weather. This is no \
                       fault of the test: repair or update the engine, name another one (variable DOCKER_HOST), or run \
                       without containers (S3_TEST_BACKEND=embedded).";

#[test]
fn a_refusal_in_unknown_words_is_told_after_an_attempt_without_extras() {
    let sandbox = Sandbox::without_engine();
    let (host, refused) = engine(&sandbox);
    let finished = run(&sandbox, &host, "container");
    assert_eq!(finished.failed_with("").message(), REFUSAL);
    let refused = refused.lock().unwrap_or_else(PoisonError::into_inner);
    let extras = refused.iter().map(|request| {
        let host = &request["HostConfig"];
        let options = host["SecurityOpt"].as_array().map_or(0, Vec::len);
        (
            host["Init"] == true,
            host["Tmpfs"]["/data"].is_string(),
            options,
        )
    });
    assert_eq!(
        extras.collect::<Vec<_>>(),
        [(true, true, 1), (false, false, 0)]
    );
}

#[test]
fn auto_takes_the_embedded_server_and_says_why() {
    let sandbox = Sandbox::without_engine();
    let (host, _) = engine(&sandbox);
    let finished = run(&sandbox, &host, "auto").passed();
    let note = format!("s3-test: tests run on the embedded server, because {REFUSAL}");
    assert!(finished.stderr.contains(&note), "{}", finished.stderr);
}
