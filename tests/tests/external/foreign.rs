//! A bucket that s3-test did not create survives everything.

use std::fs;

use s3_test_suite::{Finished, Running, Sandbox};

use crate::service::{Service, on_each, state};

#[track_caller]
fn assert_exists_already(service: &Service, finished: Finished) {
    let endpoint = &service.endpoint;
    finished.failed_with(&format!(
        "s3-test: the bucket `precious` exists already on {endpoint}, and s3-test never touches a bucket that it did \
         not create. Use another name (option `bucket`), or leave it out for a fresh one; if an earlier run has left it \
         (killed, or by the option `keep`) and no other process uses it now, remove it by hand (`aws --endpoint-url {endpoint} s3 rb --force s3://precious`).\n"
    ));
}

#[test]
fn tests_of_every_ending_that_name_it_never_begin() {
    on_each(|service| {
        service.make_precious();
        let sandbox = Sandbox::without_engine();
        for _ in 0..2 {
            let finished = service.run(&sandbox, "external", &["precious"]);
            assert_eq!(finished.passed_tests(), 0);
            assert_exists_already(&service, finished);
            service.assert_precious_is_whole();
        }
        assert!(sandbox.recorded_buckets().is_empty());
        assert_eq!(state(&sandbox), ["identity"]);
        // Where nothing is in the way, the same tests end as they do everywhere, and leave nothing.
        service.delete_precious();
        let finished = service.run(&sandbox, "external", &["precious"]);
        assert_eq!(finished.passed_tests(), 2);
        assert_eq!(sandbox.recorded_buckets().len(), 5);
        assert!(service.buckets().is_empty());
    });
}

/// Whatever stands in a lock file, it must be what this very bucket was noted with.
#[test]
fn left_lock_files_that_name_it_prove_nothing() {
    let service = Service::embedded();
    let sandbox = Sandbox::without_engine();
    service.kill_while_it_holds(&sandbox, "holds_it");
    let left = state(&sandbox);
    let lock = left.iter().find(|name| name.ends_with("-precious.lock"));
    let lock = sandbox.state_directory().join(lock.expect("a lock"));
    let noted = fs::read_to_string(&lock).expect("the lock file");
    assert!(noted.contains("\nowned "), "{noted}");

    service.make_precious_anew();
    for text in [
        noted.as_str(),
        "",
        "process 1 (somebody)",
        "process 1 (somebody)\ncreated",
        "process 1 (somebody)\ncreated ",
        "process 1 (somebody)\ncreating",
        "process 1 (somebody)\ncreating 1999-01-01T00:00:00Z",
        "process 1 (somebody)\ncreated 1999-01-01T00:00:00.000Z",
        "process 1 (somebody)\nfresh 1999-01-01T00:00:00.000Z",
        "process 1 (somebody)\nowned  ",
        "process 1 (somebody)\nowned mark 1999-01-01T00:00:00.000Z",
        "process 1 (somebody)\nclaiming mark 1999-01-01T00:00:00.000Z",
        "process 1 (somebody)\nwithdrawn 1999-01-01T00:00:00Z 1999-01-01T00:00:00.000Z",
        "created precious\ncreated precious",
        "\n\n\n",
    ] {
        // Both ways to it: a test that names it, and the sweep for one that does not.
        fs::write(&lock, text).expect("a lock file");
        assert_exists_already(
            &service,
            service.run(&sandbox, "external", &["--exact", "precious::uses_it"]),
        );
        service.assert_precious_is_whole();
        fs::write(&lock, text).expect("a lock file");
        service.run(&sandbox, "twenty_a", &["a00"]).passed();
        service.assert_precious_is_whole();
        assert_eq!(state(&sandbox), ["identity"], "{text}");
    }
}

#[test]
fn a_bucket_that_was_made_anew_after_a_kill_is_somebody_elses() {
    on_each(|service| {
        for next in ["precious::uses_it", "is_in_another_region"] {
            let sandbox = Sandbox::without_engine();
            service.kill_while_it_holds(&sandbox, "holds_it");
            service.make_precious_anew();
            let finished = service.run(&sandbox, "external", &["--exact", next]);
            assert_eq!(finished.success, next == "is_in_another_region");
            service.assert_precious_is_whole();
            assert_eq!(state(&sandbox), ["identity"]);
            service.delete_precious();
        }
    });
}

/// Two sandboxes stand for two machines.
#[test]
fn a_bucket_that_another_machine_uses_is_left_to_it() {
    on_each(|service| {
        let (ours, theirs) = (Sandbox::without_engine(), Sandbox::without_engine());
        let child = Running::start(
            service
                .command(&theirs, "external")
                .args(["--exact", "holds_it"]),
        );
        theirs.wait_for_buckets(1);
        let finished = service.run(&ours, "external", &["--exact", "precious::uses_it"]);
        let listed = service.send("GET", "precious/folder/held", "");
        child.kill();
        assert_eq!(listed, "held");
        assert_exists_already(&service, finished);
    });
}
