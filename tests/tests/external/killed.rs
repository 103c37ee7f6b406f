//! The next test on the same machine removes the buckets of a killed one.

use std::{process::Stdio, time::Duration};

use s3_test_suite::{Finished, Running, Sandbox};

use crate::service::{Service, on_each, state};

#[test]
fn the_next_process_on_the_same_machine_removes_it_and_no_other() {
    on_each(|service| {
        let (ours, theirs) = (Sandbox::without_engine(), Sandbox::without_engine());
        for (test, next) in [
            ("holds_it", "precious::uses_it"),
            ("holds_it", "is_in_another_region"),
            ("holds_a_fresh_one", "precious::uses_it"),
        ] {
            let left = service.kill_while_it_holds(&ours, test);
            let of_another = service.run(&theirs, "external", &["--exact", next]);
            assert_eq!(
                of_another.success,
                (test, next) != ("holds_it", "precious::uses_it")
            );
            assert_eq!(service.buckets(), [left.as_str()]);
            assert_eq!(
                service.send("GET", &format!("{left}/folder/held"), ""),
                "held"
            );

            let finished = service.run(&ours, "external", &["--exact", next]);
            assert_eq!(finished.passed().stderr, "");
            assert!(service.buckets().is_empty(), "{test}, {next}");
            assert_eq!(state(&ours), ["identity"]);
        }
    });
}

#[test]
fn a_service_that_goes_is_told_and_what_it_may_keep_is_not_forgotten() {
    let (service, sandbox) = (Service::embedded(), Sandbox::without_engine());
    let endpoint = service.endpoint.clone();
    let child = service
        .command(&sandbox, "external")
        .args(["--exact", "holds_a_fresh_one"])
        .env("S3_TEST_TIMEOUT", "3s")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the subject runs");
    sandbox.wait_for_buckets(1);
    drop(service);
    let finished = Finished::from(child.wait_with_output().expect("the subject ends"));
    let name = sandbox.recorded_buckets()[0].1.clone();
    finished
        .failed_with(&format!(
            "  server    the S3 service at {endpoint}, which is gone\n"
        ))
        .failed_with(&format!(
            "s3-test: warning: the bucket `{name}` was not deleted and stays until the tests run on this machine again: \
             no connection: Connection refused"
        ));
    let left = state(&sandbox);
    assert!(
        left.iter()
            .any(|file| file.ends_with(&format!("-{name}.lock"))),
        "{left:?}"
    );
}

/// Also between the request that creates a bucket and its answer.
#[test]
fn a_process_that_is_killed_at_any_time_leaves_nothing_for_ever() {
    on_each(|service| {
        let sandbox = Sandbox::without_engine();
        for milliseconds in [5, 20, 40, 60, 80, 100, 130, 170, 220, 300, 400, 600] {
            let child = Running::start(
                service
                    .command(&sandbox, "hundred")
                    .stdout(Stdio::null())
                    .stderr(Stdio::null()),
            );
            // The moment is what the test is about.
            std::thread::sleep(Duration::from_millis(milliseconds));
            child.kill();
        }
        // Twice: a bucket may appear after the first one has looked for it.
        for _ in 0..2 {
            service.run(&sandbox, "twenty_a", &[]).passed();
        }
        assert_eq!(
            service.buckets(),
            Vec::<String>::new(),
            "{:?}",
            state(&sandbox)
        );
    });
}
