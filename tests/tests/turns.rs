//! Tests that name the same bucket and each find it empty: on a shared server they take turns.

use std::process::{Child, Stdio};

use s3_test_suite::{Finished, Running, Sandbox, Subject, on_both_servers};

on_both_servers! { five_hundred_tests_of_four_processes_name_one_bucket }

fn five_hundred_tests_of_four_processes_name_one_bucket(sandbox: Sandbox) {
    let subject = Subject::build("same_bucket");
    let spawn = |_| -> Child {
        let mut command = sandbox.command(&subject);
        command
            .args(["--test-threads=8"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().expect("the subject runs")
    };
    let children: Vec<Child> = (0..4).map(spawn).collect();
    let passed: usize = children
        .into_iter()
        .map(|child| {
            let output = child.wait_with_output().expect("the subject ends");
            Finished::from(output).passed().passed_tests()
        })
        .sum();
    assert_eq!(passed, 500);
    sandbox.assert_at_most_one_container();
    sandbox.assert_nothing_left();
}

#[test]
fn a_killed_test_leaves_its_bucket_to_the_next_one() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let sandbox = sandbox.idle_timeout("30s");
    let subject = Subject::build("servers");
    for (holder, left) in [
        ("holds_a_bucket", "kept-busy"),
        ("holds_a_unique_bucket", "test-bucket-"),
    ] {
        let seen = sandbox.recorded_buckets().len();
        let child = Running::start(sandbox.command(&subject).args(["--exact", holder]));
        sandbox.wait_for_buckets(seen + 1);
        child.kill();
        let locks = lock_names(&sandbox);
        assert!(locks.iter().any(|name| name.contains(left)), "{locks:?}");

        sandbox
            .run(&subject, &["--exact", "uses_the_bucket_that_was_held"])
            .passed();
        assert_eq!(
            lock_names(&sandbox),
            ["identity"],
            "the next process has swept"
        );
    }
    assert_eq!(sandbox.created(), 1);
}

fn lock_names(sandbox: &Sandbox) -> Vec<String> {
    let entries = std::fs::read_dir(sandbox.state_directory()).expect("the state directory");
    let names = entries.map(|entry| {
        entry
            .expect("an entry")
            .file_name()
            .to_string_lossy()
            .into_owned()
    });
    names.collect()
}
