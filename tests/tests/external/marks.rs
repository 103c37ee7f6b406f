//! The mark in a bucket's tags that says whose it is, on services that have tags, have none, or are slow to write them.

use std::{
    fs,
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use s3_test_suite::{Finished, Running, Sandbox};

use crate::{
    proxy::{in_front_of, not_implemented},
    service::{Service, command, on_each, state},
};

const FOREIGN_TAGS: &str = "<Tagging><TagSet><Tag><Key>s3-test-owner</Key><Value>another-machine</Value></Tag></TagSet>\
                            </Tagging>";

fn run(mut command: Command, test: &str) -> Finished {
    let output = command.args(["--exact", test]).output();
    output.expect("the subject runs").into()
}

/// Somebody who knows nothing of s3-test creates the bucket between the two requests with which a test does, and begins to
/// fill it a moment later.
#[test]
fn a_person_who_creates_it_in_the_same_moment_loses_nothing() {
    on_each(|service| {
        let (client, handle) = (service.client.clone(), service.runtime.handle().clone());
        let is_there = AtomicBool::new(false);
        let endpoint = in_front_of(&service, move |exchange| {
            let send = |path, body| drop(handle.block_on(client.send("PUT", path, body)));
            if exchange.line() == "PUT /precious" && !is_there.swap(true, Ordering::SeqCst) {
                send("precious", "");
                let answer = exchange.forward();
                let (client, handle) = (client.clone(), handle.clone());
                std::thread::spawn(move || {
                    std::thread::sleep(Duration::from_millis(500));
                    let path = "precious/years/of/work.txt";
                    handle.block_on(client.send("PUT", path, "irreplaceable"));
                });
                return answer;
            }
            exchange.forward()
        });
        let sandbox = Sandbox::without_engine();
        run(
            command(&sandbox, "external", &endpoint),
            "precious::uses_it",
        )
        .failed_with("the bucket `precious` exists already on ");
        service.assert_precious_is_whole();
        // Nor is there anything in its tags.
        let tags = service.client.try_send("GET", "precious?tagging", "");
        let tags = service.runtime.block_on(tags).expect("an answer");
        assert_eq!(tags.status, 404, "{}", tags.body);
        // The sweep knows no better.
        service.run(&sandbox, "twenty_a", &["a00"]).passed();
        service.assert_precious_is_whole();
    });
}

#[test]
fn a_bucket_with_the_mark_of_another_is_not_deleted() {
    on_each(|service| {
        let sandbox = Sandbox::without_engine();
        let go = sandbox.path().join("go");
        let mut child = service.command(&sandbox, "external");
        child
            .args(["--exact", "contends_for_it"])
            .env("SUITE_GO", &go)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        let child = child.spawn().expect("the subject runs");
        sandbox.wait_for_buckets(1);
        service.send("PUT", "contested?tagging", FOREIGN_TAGS);
        fs::write(&go, "").expect("a file");
        let output = child.wait_with_output().expect("the subject ends");
        let finished = Finished::from(output).passed();
        let told =
            "warning: the bucket `contested` was not deleted and stays until somebody deletes it";
        assert!(finished.stderr.contains(told), "{}", finished.stderr);
        assert_eq!(service.buckets(), ["contested"]);
        service.run(&sandbox, "twenty_a", &["a00"]).passed();
        assert_eq!(service.buckets(), ["contested"]);
    });
}

#[test]
fn a_killed_tests_bucket_with_the_mark_of_another_is_not_swept() {
    on_each(|service| {
        let sandbox = Sandbox::without_engine();
        service.kill_while_it_holds(&sandbox, "holds_it");
        service.send("PUT", "precious?tagging", FOREIGN_TAGS);
        for _ in 0..2 {
            service.run(&sandbox, "twenty_a", &["a00"]).passed();
            assert_eq!(service.send("GET", "precious/folder/held", ""), "held");
        }
    });
}

#[test]
fn a_test_may_set_tags_of_its_own() {
    on_each(|service| {
        let sandbox = Sandbox::without_engine();
        let finished = service.run(&sandbox, "external", &["--exact", "sets_tags_of_its_own"]);
        assert_eq!(finished.passed().stderr, "");
        assert!(service.buckets().is_empty());
    });
}

#[test]
fn a_service_without_tags_is_told_once() {
    let service = Service::embedded();
    let endpoint = in_front_of(&service, |exchange| match exchange.line() {
        line if line.ends_with("?tagging") => not_implemented(),
        _ => exchange.forward(),
    });
    let sandbox = Sandbox::without_engine();
    let mut command = command(&sandbox, "same_bucket", &endpoint);
    let output = command.args(["t00", "--test-threads=1"]).output();
    let finished = Finished::from(output.expect("the subject runs")).passed();
    assert_eq!(
        finished.stderr,
        format!(
            "s3-test: warning: the S3 service at {endpoint} has no tags of buckets (501 Not Implemented: NotImplemented: It is \
             not implemented), so a bucket name that two machines use at the same moment is not protected. Leave the option \
             `bucket` out there, so that each test has a fresh name.\n"
        )
    );
    assert!(service.buckets().is_empty());
    assert_eq!(state(&sandbox), ["identity"]);
}

/// Another machine may have taken the bucket meanwhile, so the test gives up; what it made goes when nobody can be using it.
#[test]
fn a_claim_that_takes_too_long_is_given_up() {
    let service = Service::embedded();
    let slow = AtomicUsize::new(0);
    let endpoint = in_front_of(&service, move |exchange| {
        if exchange.line() == "PUT /precious?tagging" && slow.fetch_add(1, Ordering::SeqCst) == 0 {
            std::thread::sleep(Duration::from_millis(900));
        }
        exchange.forward()
    });
    let sandbox = Sandbox::without_engine();
    let run = |test| run(command(&sandbox, "external", &endpoint), test);
    run("precious::uses_it")
        .failed_with("to mark the bucket `precious` as this test's, so another");
    assert_eq!(service.buckets(), ["precious"]);
    run("is_in_another_region").passed();
    assert_eq!(service.buckets(), ["precious"]);

    let lock = state(&sandbox);
    let lock = lock.iter().find(|name| name.ends_with("-precious.lock"));
    let lock = sandbox.state_directory().join(lock.expect("a lock"));
    let noted = fs::read_to_string(&lock).expect("the lock file");
    let (holder, note) = noted.split_once("\nwithdrawn ").expect(&noted);
    let (_, date) = note.split_once(' ').expect(&noted);
    fs::write(
        &lock,
        format!("{holder}\nwithdrawn 2020-01-01T00:00:00Z {date}"),
    )
    .expect("the lock");
    run("precious::uses_it").passed();
    assert!(service.buckets().is_empty());
    assert_eq!(state(&sandbox), ["identity"]);
}

/// Starts a test of its own and kills its process when the service has done its request for the `count`th time.
/// Returns the endpoint.
fn kill_after(service: &Service, sandbox: &Sandbox, request: &'static str, count: usize) -> String {
    let (sender, seen) = mpsc::channel();
    let sender = Mutex::new((sender, count));
    let endpoint = in_front_of(service, move |exchange| {
        let answer = exchange.forward();
        let mut sender = sender.lock().unwrap();
        if exchange.line() == request && sender.1 > 0 {
            sender.1 -= 1;
            if sender.1 == 0 {
                sender.0.send(()).expect("the test waits");
                // It is never answered.
                return Vec::new();
            }
        }
        answer
    });
    let mut command = command(sandbox, "external", &endpoint);
    let child = Running::start(command.args(["--exact", "holds_it"]));
    seen.recv_timeout(Duration::from_secs(30)).expect(request);
    child.kill();
    endpoint
}

#[test]
fn a_process_that_is_killed_while_it_claims_leaves_nothing_for_ever() {
    on_each(|service| {
        for (request, count) in [
            ("GET /precious?tagging", 1),
            ("PUT /precious?tagging", 1),
            ("GET /precious?tagging", 2),
            ("GET /precious?uploads&max-uploads=1&encoding-type=url", 1),
        ] {
            let sandbox = Sandbox::without_engine();
            let endpoint = kill_after(&service, &sandbox, request, count);
            assert_eq!(service.buckets(), ["precious"], "{request}");
            run(
                command(&sandbox, "external", &endpoint),
                "precious::uses_it",
            )
            .passed();
            assert!(service.buckets().is_empty(), "{request}");
            assert_eq!(state(&sandbox), ["identity"], "{request}");
        }
    });
}

/// Before the service has told a date or taken a mark, nothing says whose the bucket is: it stays.
#[test]
fn a_bucket_that_nothing_proves_stays() {
    let service = Service::embedded();
    let sandbox = Sandbox::without_engine();
    let endpoint = kill_after(&service, &sandbox, "PUT /precious", 1);
    for _ in 0..2 {
        run(
            command(&sandbox, "external", &endpoint),
            "precious::uses_it",
        )
        .failed_with("the bucket `precious` exists already on ");
        assert_eq!(service.buckets(), ["precious"]);
    }
}
