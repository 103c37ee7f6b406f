//! Tests with more around their body than a bucket: set-ups and siblings.

use s3_test_suite::{Client, Running, Sandbox, Server, Subject, on_both_servers};
use tokio::runtime::Runtime;

on_both_servers! {
    a_set_up_runs_before_the_body
    the_failure_of_a_set_up_is_told_as_its_own
    siblings_go_with_their_test
}

fn subject() -> Subject {
    Subject::build("surroundings")
}

fn a_set_up_runs_before_the_body(sandbox: Sandbox) {
    let arguments = ["setups::", "--skip", "failing::"];
    let finished = sandbox.run(&subject(), &arguments).passed();
    assert_eq!(finished.passed_tests(), 6);
    sandbox.assert_nothing_left();
}

fn the_failure_of_a_set_up_is_told_as_its_own(sandbox: Sandbox) {
    for (test, words) in [
        (
            "returns_an_error",
            "the set-up `super::fails` of the test failed: \"the reason of the set-up\". Correct it; the test's body did \
             not run.",
        ),
        (
            "panics_too",
            "the set-up `panics` of the test panicked: the panic of the set-up. Correct it; the test's body did not run.",
        ),
        (
            "is_not_the_expected_panic",
            "s3-test: the set-up `panics` of the test panicked: the panic of the set-up. Correct it; ",
        ),
        (
            "has_an_impossible_parameter",
            "the set-up `asks_for_too_much` of the test did not run, because a parameter of it could not be made from the \
             bucket: its type did not ask for the gateway.",
        ),
    ] {
        let name = format!("setups::failing::{test}");
        let finished = sandbox.run(&subject(), &["--exact", &name]);
        let finished = finished.failed_with(words);
        assert!(
            !finished.stdout.contains("the body ran"),
            "{}",
            finished.stdout
        );
    }
    sandbox.assert_nothing_left();
}

/// Returns the recorded buckets that are still on the shared server.
fn left(sandbox: &Sandbox) -> Vec<String> {
    let recorded = sandbox.recorded_buckets();
    let client = Client::new(&recorded[0].0, "rustfsadmin", "rustfsadmin");
    let there = Runtime::new()
        .expect("a runtime")
        .block_on(client.buckets());
    let names = recorded.into_iter().map(|(_, name)| name);
    names.filter(|name| there.contains(name)).collect()
}

#[test]
fn a_sibling_whose_creation_is_cancelled_goes_too() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let sandbox = sandbox.idle_timeout("20s");
    for _ in 0..5 {
        sandbox
            .run(&subject(), &["--exact", "siblings::is_cancelled"])
            .passed();
        let (endpoint, _) = sandbox.recorded_buckets().remove(0);
        let client = Client::new(&endpoint, "rustfsadmin", "rustfsadmin");
        let there = Runtime::new()
            .expect("a runtime")
            .block_on(client.buckets());
        assert_eq!(there, Vec::<String>::new());
    }
}

fn siblings_go_with_their_test(sandbox: Sandbox) {
    let sandbox = sandbox.idle_timeout("8s");
    let run = |test: &str| {
        let name = format!("siblings::{test}");
        sandbox.run(&subject(), &["--test-threads=1", &name])
    };
    run("are_buckets_of_their_own").passed();
    assert_eq!(sandbox.recorded_buckets().len(), 4);
    let finished = run("of_a_named_bucket").failed_with("for the report");
    let sibling = &sandbox.recorded_buckets()[4].1;
    let fate = match sandbox.server() {
        Server::Container => "deleted",
        Server::Embedded => "gone with its server",
    };
    let row = format!("  sibling   {sibling}, {fate} when the test ends\n");
    assert!(finished.stdout.contains(&row), "{}", finished.stdout);
    run("with_an_impossible_name").passed();
    assert_eq!(run("order_").passed().passed_tests(), 2);
    if sandbox.server() == Server::Container {
        assert_eq!(left(&sandbox), Vec::<String>::new());
    }
}

#[test]
fn siblings_of_a_killed_test_go_with_the_next_process() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let sandbox = sandbox.idle_timeout("20s");
    let arguments = ["--exact", "siblings::holds_one"];
    let child = Running::start(sandbox.command(&subject()).args(arguments));
    sandbox.wait_for_buckets(1);
    child.kill();
    assert_eq!(left(&sandbox).len(), 1);
    sandbox
        .run(&subject(), &["siblings::with_an_impossible_name"])
        .passed();
    assert_eq!(left(&sandbox), Vec::<String>::new());
}

#[test]
fn siblings_are_kept_with_their_bucket() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    sandbox.run(&subject(), &["siblings::keeps_one"]).passed();
    assert_eq!(left(&sandbox).len(), 1);
}
