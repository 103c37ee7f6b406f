//! Messages about services that are wrong or absent.

use std::{
    io::{Read, Write},
    net::TcpListener,
    time::{Duration, Instant},
};

use s3_test_suite::{Finished, Sandbox};

use crate::{
    proxy::{in_front_of, not_implemented},
    service::{Service, command, on_each},
};

/// The message with which a test fails that is sent to `endpoint` with these variables.
#[track_caller]
pub(crate) fn message(endpoint: &str, variables: &[(&str, &str)]) -> String {
    let sandbox = Sandbox::without_engine();
    let mut command = command(&sandbox, "twenty_a", endpoint);
    command.arg("a00").envs(variables.iter().copied());
    let finished: Finished = command.output().expect("the subject runs").into();
    finished
        .failed_with("panicked at tests/subjects/twenty_a.rs:")
        .message()
}

#[test]
fn no_endpoint() {
    let mut command = command(&Sandbox::without_engine(), "twenty_a", "");
    command.arg("a00").env_remove("S3_TEST_ENDPOINT");
    let finished: Finished = command.output().expect("the subject runs").into();
    finished.failed_with(
        "s3-test: the backend is `external`, but no S3 service is named. Say where it answers, for example \
         S3_TEST_ENDPOINT=http://localhost:9000 (option `endpoint`), or use another backend (option `backend`, variable \
         S3_TEST_BACKEND).\n",
    );
}

#[test]
fn an_endpoint_that_is_none() {
    assert_eq!(
        message("localhost:9000", &[]),
        "the variable S3_TEST_ENDPOINT is `localhost:9000`: an endpoint begins with \"http://\" or \"https://\", as in \
         \"http://localhost:9000\"."
    );
    assert_eq!(
        message("http://me:hidden@localhost:9000", &[]),
        "the variable S3_TEST_ENDPOINT is `…@localhost:9000`: an endpoint has no keys in it: write the options `access_key` \
         and `secret_key`."
    );
    let message = message("http://[::1:9000", &[]);
    assert!(
        message
            .starts_with("the endpoint `http://[::1:9000` cannot be used: invalid IPv6 address."),
        "{message}"
    );
}

#[test]
fn a_remote_service() {
    let advice = "and tests create and delete buckets with whatever keys they are given, on a service that may hold real \
                  data and cost real money. Use a service on this machine or a private network (option `endpoint`, \
                  variable S3_TEST_ENDPOINT), or set S3_TEST_ALLOW_REMOTE=1 if this one is for tests.";
    for (endpoint, shown, reason) in [
        (
            "https://s3.amazonaws.com",
            "https://s3.amazonaws.com",
            "it belongs to Amazon's cloud",
        ),
        (
            "https://S3.EU-west-1.AmazonAWS.com./",
            "https://s3.eu-west-1.amazonaws.com.",
            "it belongs to Amazon's cloud",
        ),
        (
            "https://s3.cn-north-1.amazonaws.com.cn",
            "https://s3.cn-north-1.amazonaws.com.cn",
            "it belongs to Amazon's cloud",
        ),
        (
            "http://8.8.8.8",
            "http://8.8.8.8",
            "its address 8.8.8.8 is a public one",
        ),
        (
            "http://192.0.2.1:9000",
            "http://192.0.2.1:9000",
            "its address 192.0.2.1 is a public one",
        ),
        (
            "http://[::ffff:8.8.8.8]:9000",
            "http://[::ffff:808:808]:9000",
            "its address ::ffff:8.8.8.8 is a public one",
        ),
    ] {
        for variables in [&[][..], &[("S3_TEST_ALLOW_REMOTE", "0")]] {
            assert_eq!(
                message(endpoint, variables),
                format!("tests do not run against {shown}: {reason}, {advice}")
            );
        }
    }
    assert_eq!(
        message("http://8.8.8.8", &[("S3_TEST_ALLOW_REMOTE", "yes")]),
        "the variable S3_TEST_ALLOW_REMOTE is `yes`: it is either `1` or `0`."
    );
}

/// An address that is for documentation only, so that nothing of anybody's is asked.
#[test]
fn a_remote_service_that_is_allowed_is_asked() {
    let variables = [
        ("S3_TEST_ALLOW_REMOTE", "1"),
        ("S3_TEST_STARTUP_TIMEOUT", "500ms"),
    ];
    let message = message("http://192.0.2.1:9000", &variables);
    assert!(
        message.starts_with("the S3 service at http://192.0.2.1:9000 was not ready within 500ms: "),
        "{message}"
    );
}

#[test]
fn a_host_without_an_address() {
    let message = message("http://no-such-host.invalid:9000", &[]);
    let (start, end) = message.split_once(" has no address: ").expect(&message);
    assert_eq!(
        start,
        "the host of the endpoint http://no-such-host.invalid:9000"
    );
    assert!(
        end.ends_with(
            ". Correct the endpoint (option `endpoint`, variable S3_TEST_ENDPOINT), or make its name known to this \
             machine."
        ),
        "{message}"
    );
}

#[test]
fn a_service_that_does_not_run_or_says_nothing() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
    let free = closed.local_addr().expect("an address");
    drop(closed);
    // The system accepts its connections; nobody ever answers.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = listener.local_addr().expect("an address");
    for (address, answer) in [
        (free, "no connection: Connection refused"),
        (silent, "no answer"),
    ] {
        let start = Instant::now();
        let message = message(
            &format!("http://{address}"),
            &[("S3_TEST_STARTUP_TIMEOUT", "2s")],
        );
        let begins =
            format!("the S3 service at http://{address} was not ready within 2s: {answer}");
        assert!(message.starts_with(&begins), "{message}");
        assert!(
            message.ends_with(
                ". Check that it runs and that the endpoint is right (option `endpoint`, variable S3_TEST_ENDPOINT), or \
                 raise `startup_timeout` (or S3_TEST_STARTUP_TIMEOUT) if it is still starting."
            ),
            "{message}"
        );
        let elapsed = start.elapsed();
        assert!(elapsed > Duration::from_secs(2) && elapsed < Duration::from_secs(20));
    }
}

#[test]
fn keys_that_the_service_does_not_know() {
    on_each(|service| {
        for variable in ["S3_TEST_ACCESS_KEY", "S3_TEST_SECRET_KEY"] {
            let message = message(&service.endpoint, &[(variable, "somebody-elses")]);
            let start = format!(
                "the S3 service at {} refuses signed requests (403 Forbidden: ",
                service.endpoint
            );
            assert!(message.starts_with(&start), "{message}");
            assert!(
                message.ends_with(
                    "). Set keys that it knows (options `access_key` and `secret_key`, variables S3_TEST_ACCESS_KEY and \
                     S3_TEST_SECRET_KEY; those of AWS_* are never used) and its region (option `region`, variable \
                     S3_TEST_REGION)."
                ),
                "{message}"
            );
        }
    });
}

#[test]
fn a_service_whose_clock_is_another() {
    let endpoint = answering(
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 98\r\nConnection: close\r\n\r\n\
         <Error><Code>RequestTimeTooSkewed</Code><Message>The times differ too much.</Message></Error>      ",
    );
    assert_eq!(
        message(&endpoint, &[]),
        format!(
            "the server at {endpoint} refuses signed requests, because its clock and this machine's differ by more than it \
             allows (403 Forbidden: RequestTimeTooSkewed: The times differ too much). Set the clock that is wrong; a Docker \
             engine in a virtual machine may have to be restarted."
        )
    );
}

/// The answer of a server to every request.
fn answering(response: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    // Ends with the process.
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let _ = connection.read(&mut [0; 4096]);
            let _ = connection.write_all(response.as_bytes());
        }
    });
    format!("http://{address}")
}

#[test]
fn something_else_than_s3_and_something_without_tls() {
    let endpoint =
        answering("HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n");
    let in_tls = endpoint.replace("http://", "https://");
    for (endpoint, answer) in [
        (&endpoint, "what answers there is no S3 service"),
        (
            &in_tls,
            "no connection: received corrupt message of type InvalidContentType, as from a service that speaks plain http",
        ),
    ] {
        let message = message(endpoint, &[("S3_TEST_STARTUP_TIMEOUT", "1s")]);
        let start =
            format!("the S3 service at {endpoint} was not ready within 1s: {answer}. Check that");
        assert!(message.starts_with(&start), "{message}");
    }
}

#[test]
fn a_service_that_leads_elsewhere_is_not_followed() {
    let endpoint = answering(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\nConnection: \
         close\r\n\r\n",
    );
    let message = message(&endpoint, &[]);
    let start = format!(
        "the S3 service at {endpoint} refuses signed requests (307 Temporary Redirect). Set keys"
    );
    assert!(message.starts_with(&start), "{message}");
}

/// Its buckets can be created and deleted all the same; here not even that works, and the message is its own.
#[test]
fn a_service_that_does_not_let_these_keys_list_buckets_is_ready() {
    let endpoint = answering(
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 84\r\nConnection: close\r\n\r\n\
         <Error><Code>AccessDenied</Code><Message>You may not do that.</Message></Error>    \n",
    );
    let message = message(&endpoint, &[]);
    let start = format!("the server at {endpoint} did not create the bucket `test-bucket-a00-");
    assert!(message.starts_with(&start), "{message}");
    assert!(
        message.contains(
            "`: 403 Forbidden: it is somebody else's, or these keys may not look whether it is there. Use another name"
        ),
        "{message}"
    );
}

#[test]
fn a_service_without_versions() {
    let service = Service::embedded();
    let endpoint = in_front_of(&service, |exchange| match exchange.line() {
        line if line.ends_with("?versioning") => not_implemented(),
        _ => exchange.forward(),
    });
    let mut command = command(&Sandbox::without_engine(), "external", &endpoint);
    command.args(["--exact", "needs_versions"]);
    let finished: Finished = command.output().expect("the subject runs").into();
    assert_eq!(
        finished.failed_with("needs_versions ... FAILED").message(),
        format!(
            "the server at {endpoint} has no versions of objects, which the option `versioning` asks for: PutBucketVersioning was \
             answered with 501 Not Implemented: NotImplemented: It is not implemented. Leave the option out, or run the test on a server \
             that has them (option `backend`, variable S3_TEST_BACKEND: both RustFS and the embedded server do)."
        )
    );
    assert!(service.buckets().is_empty());
}

#[test]
fn should_panic_does_not_take_a_missing_service_for_its_panic() {
    let mut command = command(&Sandbox::without_engine(), "servers", "http://8.8.8.8");
    command.args(["--exact", "plain_that_should_panic"]);
    let finished: Finished = command.output().expect("the subject runs").into();
    finished
        .failed_with("test did not panic as expected")
        .failed_with("s3-test: tests do not run against http://8.8.8.8: ");
}
