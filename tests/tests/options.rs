//! Effects of options and parameters, on both servers.

use std::{
    process::Stdio,
    thread::sleep,
    time::{Duration, Instant},
};

use s3_test_suite::{Client, Finished, Sandbox, Subject, on_both_servers};
use tokio::runtime::Runtime;

on_both_servers! { options_and_parameters_do_what_they_say }

fn options() -> Subject {
    Subject::build("options")
}

/// Runs one test of the subject with these variables.
fn run(sandbox: &Sandbox, test: &str, variables: &[(&str, &str)]) -> Finished {
    let mut command = sandbox.command(&options());
    command
        .args(["--exact", test])
        .envs(variables.iter().copied());
    command.output().expect("the subject runs").into()
}

/// Returns true if the bucket that was recorded last is still on its server.
fn is_left(sandbox: &Sandbox) -> bool {
    let (endpoint, name) = sandbox.recorded_buckets().pop().expect("a bucket");
    let client = Client::new(&endpoint, "rustfsadmin", "rustfsadmin");
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(client.buckets()).contains(&name)
}

fn options_and_parameters_do_what_they_say(sandbox: Sandbox) {
    let finished = sandbox.run(&options(), &["good_"]).passed();
    assert_eq!(finished.passed_tests(), 12, "{}", finished.stdout);
    sandbox.assert_nothing_left();
}

/// Two that wait for each other would do so for minutes.
#[test]
fn tests_that_name_the_same_buckets_in_another_order_do_not_wait_for_each_other() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let sandbox = sandbox.idle_timeout("20s");
    for _ in 0..3 {
        let mut child = sandbox
            .command(&options())
            .args(["crossing_", "--test-threads=12"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the subject runs");
        let start = Instant::now();
        while child.try_wait().expect("its state").is_none() {
            if start.elapsed() > Duration::from_secs(60) {
                child.kill().expect("it is killed");
                panic!("they wait for each other");
            }
            sleep(Duration::from_millis(20));
        }
        let finished = Finished::from(child.wait_with_output().expect("its output"));
        assert_eq!(finished.passed().passed_tests(), 12);
    }
}

#[test]
fn what_is_wrong_with_a_constant_is_told_when_the_test_runs() {
    let sandbox = Sandbox::embedded();
    for (test, message) in [
        (
            "bad_name_from_a_constant",
            "s3-test: the option `bucket` is `No_Name`: a bucket name has no uppercase letters: write \"no-name\"; a bucket \
             name has no underscores, only hyphens.",
        ),
        (
            "bad_duration_from_a_constant",
            "s3-test: the option `timeout` is `soon`: \"soon\" is not a duration: write a number with its unit, such as \
             \"30s\", \"1m 30s\" or \"500ms\".",
        ),
        (
            "bad_names_of_two_buckets",
            "s3-test: the option `bucket` is `from-a-constant`: another bucket of the test has this name, by the option \
             `bucket`: give one of the two another.",
        ),
        (
            "bad_option_for_the_backend",
            "s3-test: the option `backend` is `embedded`: `image` is for a container, and this test asks for the embedded \
             server: remove one of the two.",
        ),
    ] {
        let finished = run(&sandbox, test, &[]).failed_with(message);
        // Where the test stands, not where the runtime does.
        assert!(
            finished.stdout.contains("subjects/options.rs:"),
            "{}",
            finished.stdout
        );
    }
}

#[test]
fn a_variable_that_is_wrong_is_named() {
    let sandbox = Sandbox::embedded();
    for (variable, value, message) in [
        (
            "S3_TEST_KEEP",
            "yes",
            "the variable S3_TEST_KEEP is `yes`: a bucket cannot be kept \"yes\": write \"never\"",
        ),
        (
            "S3_TEST_FIXTURES",
            "tests/data",
            "the variable S3_TEST_FIXTURES is `tests/data`: ",
        ),
        ("S3_TEST_FIXTURES", "['not-there']", "not-there"),
    ] {
        run(&sandbox, "good_prefix", &[(variable, value)]).failed_with(message);
    }
}

#[test]
fn variables_reach_every_test() {
    let sandbox = Sandbox::embedded();
    let variables = [
        ("S3_TEST_BUCKET_PREFIX", "nobodys"),
        (
            "S3_TEST_FIXTURES",
            "[{ path = 'fixtures', prefix = 'from/' }]",
        ),
        ("S3_TEST_FLAVOR", "multi_thread"),
    ];
    // The attribute says more than the variable.
    run(&sandbox, "good_prefix", &variables).passed();
    run(
        &sandbox,
        "good_fixtures_are_there_before_the_body",
        &variables,
    )
    .passed();
    run(&sandbox, "keeps", &variables).failed_with("from/users.json");
}

#[test]
fn a_synchronous_test_has_its_limit_and_its_report() {
    let sandbox = Sandbox::embedded();
    run(&sandbox, "bad_synchronous_that_hangs", &[]).failed_with(
        "the test's body did not end within its timeout of 200ms. Find what it waits for, or raise the option `timeout` \
         (variable S3_TEST_TIMEOUT). Its thread is left running until the process ends.",
    );
    let failed = run(&sandbox, "bad_synchronous_error", &[]).failed_with("the reason: embedded");
    assert!(
        failed
            .stdout
            .contains("options::bad_synchronous_error failed"),
        "{}",
        failed.stdout
    );
}

#[test]
fn a_bucket_is_kept_as_long_as_somebody_may_look_at_it() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let sandbox = sandbox.idle_timeout("20s");
    run(&sandbox, "keeps", &[]).passed();
    assert!(!is_left(&sandbox));

    let on_failure = ("S3_TEST_KEEP", "on-failure");
    run(&sandbox, "keeps", &[on_failure]).passed();
    assert!(!is_left(&sandbox));
    let failed =
        run(&sandbox, "keeps", &[on_failure, ("SUITE_FAIL", "1")]).failed_with("the test failed");
    let row = "  bucket    looked-at (parameter bucket), kept until 20s after the last test (S3_TEST_IDLE_TIMEOUT)\n";
    assert!(failed.stdout.contains(row), "{}", failed.stdout);
    assert!(is_left(&sandbox));
    // Nobody sweeps it,
    run(&sandbox, "good_references", &[]).passed();
    assert!(is_left(&sandbox));
    // and who uses the name again finds it empty.
    run(
        &sandbox,
        "keeps",
        &[("S3_TEST_KEEP", "always"), ("SUITE_FAIL", "1")],
    )
    .failed_with("the test failed");
    assert!(is_left(&sandbox));
    run(&sandbox, "keeps", &[]).passed();
    assert!(!is_left(&sandbox));
}

/// The embedded server ends with its test, so there is nothing to keep, and nobody says that there is.
#[test]
fn the_embedded_server_keeps_nothing_and_says_so() {
    let sandbox = Sandbox::embedded();
    let failed = run(
        &sandbox,
        "keeps",
        &[("S3_TEST_KEEP", "always"), ("SUITE_FAIL", "1")],
    );
    let failed = failed.failed_with("the test failed");
    assert!(
        failed
            .stdout
            .contains("  bucket    looked-at (parameter bucket), not kept: the embedded server ends with its test\n"),
        "{}",
        failed.stdout
    );
}

#[test]
fn a_container_listens_where_it_is_told_and_runs_what_it_is_told() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let sandbox = sandbox.idle_timeout("20s");
    sandbox.run(&options(), &["container_with_"]).passed();
    let containers = sandbox.engine().containers(&sandbox.label());
    let mut seen = Vec::new();
    for container in &containers {
        let id = container.id.as_deref().expect("an id");
        let container = sandbox.engine().inspect(id);
        let ports = container
            .network_settings
            .and_then(|settings| settings.ports)
            .expect("ports");
        let mut ports: Vec<String> = ports
            .into_iter()
            .filter(|(_, bindings)| bindings.is_some())
            .map(|(port, _)| port)
            .collect();
        ports.sort();
        let command = container.config.and_then(|config| config.cmd);
        let command = command.expect("a command");
        let own = command.iter().position(|word| word == "/entrypoint.sh");
        seen.push((
            ports,
            command[own.expect("the entry point") + 1..].join(" "),
        ));
    }
    seen.sort();
    let seen: Vec<(Vec<&str>, &str)> = seen
        .iter()
        .map(|(ports, command)| (ports.iter().map(String::as_str).collect(), command.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            (vec!["9001/tcp", "9200/tcp"], "server --address :9200 /data"),
            (vec!["9100/tcp", "9101/tcp"], "rustfs"),
        ]
    );
}
