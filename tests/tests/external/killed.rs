//! What a killed test leaves behind, the next one on the same machine removes.

use std::{process::Stdio, time::Duration};

use s3_test_suite::Sandbox;

use crate::service::{Service, state};

#[test]
fn the_next_process_on_the_same_machine_removes_it_and_no_other() {
    for service in Service::each() {
        let (ours, theirs) = (Sandbox::new(), Sandbox::new());
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
    }
}

/// Also between the request that creates a bucket and its answer.
#[test]
fn a_process_that_is_killed_at_any_time_leaves_nothing_for_ever() {
    for service in Service::each() {
        let sandbox = Sandbox::new();
        for milliseconds in [5, 20, 40, 60, 80, 100, 130, 170, 220, 300, 400, 600] {
            let mut child = service
                .command(&sandbox, "hundred")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("the subject runs");
            // The moment is what the test is about.
            std::thread::sleep(Duration::from_millis(milliseconds));
            child.kill().expect("the subject is killed");
            child.wait().expect("the subject ends");
        }
        // Twice: a bucket may appear after the first one has looked for it.
        for _ in 0..2 {
            service.run(&sandbox, "twenty_a", &[]).passed();
        }
        assert_eq!(service.buckets(), Vec::<String>::new());
    }
}
