//! Shared data sets: uploaded once for each server and content, and read by all tests.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use s3_test_suite::{Client, Finished, Running, Sandbox, Server, Subject, on_both_servers};
use tempfile::TempDir;
use tokio::runtime::Runtime;

on_both_servers! {
    all_tests_and_processes_read_one_data_set
    a_write_is_an_error_and_the_next_test_finds_the_data_whole
    a_write_without_a_test_is_a_warning
    a_half_finished_upload_is_done_again
    many_processes_upload_it_once
}

fn surroundings(sandbox: &Sandbox, filter: &str) -> Finished {
    let filter = format!("data_sets::{filter}");
    sandbox.run(&Subject::build("surroundings"), &[&filter])
}

/// A command that uses the data set of a folder without the attribute.
fn command(sandbox: &Sandbox, mode: &str, folder: &Path) -> Command {
    let mut command = sandbox.command(&Subject::build("without_macro"));
    command.arg(mode).env("SUITE_DATA", folder);
    command
}

fn finish(mut command: Command) -> Finished {
    command.output().expect("the subject runs").into()
}

/// The names of the buckets that subjects recorded.
fn names(sandbox: &Sandbox) -> BTreeSet<String> {
    let recorded = sandbox.recorded_buckets().into_iter();
    recorded.map(|(_, name)| name).collect()
}

/// The listing of a bucket on the shared server, with the time of each object.
fn listing(sandbox: &Sandbox, bucket: &str) -> String {
    let endpoint = sandbox.recorded_buckets().remove(0).0;
    let client = Client::new(&endpoint, "rustfsadmin", "rustfsadmin");
    let path = format!("{bucket}?list-type=2");
    let listed = client.send("GET", &path, "");
    Runtime::new().expect("a runtime").block_on(listed)
}

fn all_tests_and_processes_read_one_data_set(sandbox: Sandbox) {
    let sandbox = sandbox.idle_timeout("8s");
    assert_eq!(surroundings(&sandbox, "reading").passed().passed_tests(), 2);
    let all = names(&sandbox);
    assert_eq!(all.len(), 1);
    let name = all.first().expect("a name");
    assert!(name.starts_with("s3-test-data-"), "{name}");
    let is_shared = sandbox.server() == Server::Container;
    let before = is_shared.then(|| listing(&sandbox, name));
    assert_eq!(surroundings(&sandbox, "reading").passed().passed_tests(), 2);
    assert_eq!(names(&sandbox), all);
    assert_eq!(
        is_shared.then(|| listing(&sandbox, name)),
        before,
        "uploaded once"
    );
    // Other keys are another data set.
    surroundings(&sandbox, "with_other_keys").passed();
    assert_eq!(names(&sandbox).len(), 2);
}

fn a_write_is_an_error_and_the_next_test_finds_the_data_whole(sandbox: Sandbox) {
    let sandbox = sandbox.idle_timeout("8s");
    for (test, words) in [
        ("adds", "was written to: `added` was added."),
        (
            "overwrites",
            "was written to: `users.json` was overwritten.",
        ),
        (
            "deletes_two",
            "was written to: `users.json` was deleted, and 1 more changed.",
        ),
    ] {
        let finished = surroundings(&sandbox, &format!("writing::{test}"));
        finished
            .failed_with("s3-test: the shared data set `s3-test-data-")
            .failed_with(words)
            .failed_with("remove `shared` from the test that writes");
        surroundings(&sandbox, "reading").passed();
    }
}

fn folder(files: usize, size: usize) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for number in 0..files {
        let mut content = vec![b'x'; size];
        content.extend(number.to_string().bytes());
        fs::write(folder.path().join(format!("{number}.bin")), content).expect("written");
    }
    folder
}

fn a_write_without_a_test_is_a_warning(sandbox: Sandbox) {
    let folder = folder(2, 10);
    let finished = finish(command(&sandbox, "shared-write", folder.path())).passed();
    let words = "was written to: `written` was added.";
    assert!(finished.stderr.contains(words), "{}", finished.stderr);
    let finished = finish(command(&sandbox, "shared", folder.path())).passed();
    assert!(!finished.stderr.contains("warning"), "{}", finished.stderr);
}

fn a_half_finished_upload_is_done_again(sandbox: Sandbox) {
    let sandbox = sandbox.idle_timeout("20s");
    let folder = folder(200, 100_000);
    // The first starts the server.
    finish(command(&sandbox, "exit", folder.path())).passed();
    for milliseconds in [60, 120, 250, 500] {
        let mut uploading = command(&sandbox, "shared", folder.path());
        let child = Running::start(uploading.stdout(Stdio::null()).stderr(Stdio::null()));
        // The moment is what the test is about.
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill();
    }
    finish(command(&sandbox, "shared", folder.path())).passed();
}

fn many_processes_upload_it_once(sandbox: Sandbox) {
    let sandbox = sandbox.idle_timeout("8s");
    let folder = folder(20, 1000);
    let spawn = |_| -> Child {
        let mut command = command(&sandbox, "shared", folder.path());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the subject runs")
    };
    let children: Vec<Child> = (0..6).map(spawn).collect();
    for child in children {
        let output = child.wait_with_output().expect("the subject ends");
        Finished::from(output).passed();
    }
    assert_eq!(names(&sandbox).len(), 1);
}
