//! A bucket is deleted with everything in it, also where the server does not do that by itself.

use std::{thread, time::Duration};

use s3_test_suite::{Finished, Sandbox};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    proxy::in_front_of,
    service::{Service, command, on_each},
};

/// The service behind a proxy that does not let a bucket be deleted with its contents, as a server does that does not
/// know RustFS' header; the endpoint.
fn without_force(service: &Service) -> String {
    const REFUSAL: &str =
        "<Error><Code>BucketNotEmpty</Code><Message>It is not empty.</Message></Error>";
    let upstream = service
        .endpoint
        .strip_prefix("http://")
        .expect("plain HTTP")
        .to_owned();
    let listener = service
        .runtime
        .block_on(TcpListener::bind("127.0.0.1:0"))
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    service.runtime.spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let upstream = upstream.clone();
            tokio::spawn(async move {
                let mut server = TcpStream::connect(upstream).await.expect("the service");
                let (mut request, mut response) = (vec![0; 1 << 16], vec![0; 1 << 16]);
                loop {
                    tokio::select! {
                        read = client.read(&mut request) => {
                            let Ok(length @ 1..) = read else { return };
                            // The head of a request without a body comes in one piece.
                            let text = String::from_utf8_lossy(&request[..length]);
                            let force = text.starts_with("DELETE ") && text.contains("x-rustfs-force-delete: true");
                            let passed_on = if force {
                                let refusal = format!(
                                    "HTTP/1.1 409 Conflict\r\nContent-Length: {}\r\n\r\n{REFUSAL}",
                                    REFUSAL.len()
                                );
                                client.write_all(refusal.as_bytes()).await
                            } else {
                                server.write_all(&request[..length]).await
                            };
                            if passed_on.is_err() { return }
                        }
                        read = server.read(&mut response) => {
                            let Ok(length @ 1..) = read else { return };
                            if client.write_all(&response[..length]).await.is_err() { return }
                        }
                    }
                }
            });
        }
    });
    format!("http://{address}")
}

fn assert_nothing_is_left(service: &Service, endpoint: &str) {
    let sandbox = Sandbox::without_engine();
    let mut command = command(&sandbox, "external", endpoint);
    command.args(["--exact", "fills_its_bucket"]);
    let finished: Finished = command.output().expect("the subject runs").into();
    assert_eq!(finished.passed().stderr, "");
    assert_eq!(sandbox.recorded_buckets().len(), 1);
    assert_eq!(service.buckets(), Vec::<String>::new());
}

#[test]
fn with_rustfs_header() {
    let Some(_) = Sandbox::new() else { return };
    let service = Service::rustfs();
    assert_nothing_is_left(&service, &service.endpoint);
}

#[test]
fn by_deleting_everything_in_it() {
    on_each(|service| {
        assert_nothing_is_left(&service, &without_force(&service));
    });
}

/// The end of the process waits for thirty seconds in which nothing is done, and here something is done all the time.
#[test]
fn a_service_that_deletes_slowly_is_waited_for() {
    let service = Service::embedded();
    let endpoint = in_front_of(&service, |exchange| {
        let path = exchange.line().strip_prefix("DELETE /");
        if path.is_some_and(|path| path.contains('/')) {
            thread::sleep(Duration::from_secs(12));
        }
        exchange.forward()
    });
    let sandbox = Sandbox::without_engine();
    let mut command = command(&sandbox, "external", &endpoint);
    command.args(["--exact", "has_forty_objects"]);
    let finished: Finished = command.output().expect("the subject runs").into();
    assert_eq!(finished.passed().stderr, "");
    assert_eq!(service.buckets(), Vec::<String>::new());
}

/// Objects that stay are told, with the bucket; the server does not know the header, and nothing can be done.
#[test]
fn what_cannot_be_deleted_is_told() {
    let service = Service::embedded();
    let sandbox = Sandbox::without_engine();
    let endpoint = without_force(&service);
    let mut command = command(&sandbox, "external", &endpoint);
    command.args(["--exact", "locks_an_object"]);
    let finished: Finished = command.output().expect("the subject runs").into();
    let finished = finished.passed();
    let name = &sandbox.recorded_buckets()[0].1;
    let start = format!(
        "s3-test: warning: the bucket `{name}` was not deleted and stays until the tests run on this machine again: 403 \
         Forbidden: AccessDenied"
    );
    assert!(finished.stderr.starts_with(&start), "{}", finished.stderr);
    assert_eq!(service.buckets(), [name.as_str()]);
}
