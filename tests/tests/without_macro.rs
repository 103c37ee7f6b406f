//! Buckets by `s3_test::bucket()`, in programs without the attribute.

use std::{
    fs,
    io::Write as _,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use s3_test::Error;
use s3_test_suite::{Client, Finished, Running, Sandbox, Subject, on_both_servers};
use tokio::runtime::Runtime;

on_both_servers! {
    a_bucket_is_there_until_its_guard_is_dropped
    a_bucket_in_a_static_goes_at_the_end_of_the_process
    processes_that_name_one_bucket_take_turns
    every_runtime_will_do
    variables_and_the_file_apply
}

fn command(sandbox: &Sandbox, mode: &str) -> Command {
    let mut command = sandbox.command(&Subject::build("without_macro"));
    command.arg(mode);
    command
}

fn run(mut command: Command) -> Finished {
    command.output().expect("the subject runs").into()
}

/// The buckets of a server that still runs.
fn buckets(endpoint: &str) -> Vec<String> {
    let client = Client::new(endpoint, "rustfsadmin", "rustfsadmin");
    Runtime::new()
        .expect("a runtime")
        .block_on(client.buckets())
}

/// Sees that the buckets which subjects recorded are gone from the shared server, which lives on for a while.
fn assert_deleted(sandbox: &Sandbox) {
    let recorded = sandbox.recorded_buckets();
    assert!(!recorded.is_empty());
    if sandbox.server() == s3_test_suite::Server::Container {
        let there = buckets(&recorded[0].0);
        for (_, name) in recorded {
            assert!(!there.contains(&name), "{name} is in {there:?}");
        }
    }
}

fn a_bucket_is_there_until_its_guard_is_dropped(sandbox: Sandbox) {
    let mut child = command(&sandbox, "drop")
        .stdin(Stdio::piped())
        .spawn()
        .expect("the subject runs");
    sandbox.wait_for_buckets(1);
    let (endpoint, name) = sandbox.recorded_buckets().remove(0);
    assert!(buckets(&endpoint).contains(&name));
    let mut input = child.stdin.take().expect("its input");
    input.write_all(b"x").expect("it listens");
    let start = Instant::now();
    // The embedded server goes with its bucket.
    let client = Client::new(&endpoint, "rustfsadmin", "rustfsadmin");
    let runtime = Runtime::new().expect("a runtime");
    while runtime
        .block_on(client.try_send("HEAD", &name, ""))
        .is_ok_and(|answer| answer.status == 200)
    {
        assert!(start.elapsed() < Duration::from_secs(20), "it stays");
        std::thread::sleep(Duration::from_millis(10));
    }
    // Its connection would keep the container.
    drop((client, runtime));
    assert!(child.try_wait().expect("a state").is_none());
    input.write_all(b"x").expect("it listens");
    assert!(child.wait().expect("it ends").success());
    sandbox.assert_nothing_left();
}

fn a_bucket_in_a_static_goes_at_the_end_of_the_process(sandbox: Sandbox) {
    let sandbox = sandbox.idle_timeout("8s");
    for mode in ["static", "exit"] {
        run(command(&sandbox, mode)).passed();
    }
    run(command(&sandbox, "panic")).failed_with("the message of the panic");
    run(command(&sandbox, "cancelled")).passed();
    assert_eq!(sandbox.recorded_buckets().len(), 7);
    assert_deleted(&sandbox);
    if sandbox.server() == s3_test_suite::Server::Container {
        let (endpoint, _) = sandbox.recorded_buckets().remove(0);
        assert_eq!(buckets(&endpoint), Vec::<String>::new());
    }
}

#[test]
fn a_bucket_of_a_killed_process_goes_with_the_next_one() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let sandbox = sandbox.idle_timeout("20s");
    let child = Running::start(&mut command(&sandbox, "hold"));
    sandbox.wait_for_buckets(1);
    let (endpoint, name) = sandbox.recorded_buckets().remove(0);
    child.kill();
    assert!(buckets(&endpoint).contains(&name));
    run(command(&sandbox, "exit")).passed();
    assert_deleted(&sandbox);
}

#[test]
fn a_kept_bucket_is_told() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let finished = run(command(&sandbox, "keep")).passed();
    let (endpoint, name) = sandbox.recorded_buckets().remove(0);
    assert!(buckets(&endpoint).contains(&name));
    let told = format!(
        "s3-test: the bucket {name} on {endpoint}, kept until 2s after the last test (S3_TEST_IDLE_TIMEOUT)\n"
    );
    assert!(finished.stderr.contains(&told), "{}", finished.stderr);
}

fn processes_that_name_one_bucket_take_turns(sandbox: Sandbox) {
    let spawn = |_| -> Child {
        let mut command = command(&sandbox, "turns");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the subject runs")
    };
    let children: Vec<Child> = (0..4).map(spawn).collect();
    for child in children {
        let output = child.wait_with_output().expect("the subject ends");
        Finished::from(output).passed();
    }
    sandbox.assert_at_most_one_container();
}

fn every_runtime_will_do(sandbox: Sandbox) {
    run(command(&sandbox, "runtimes")).passed();
    assert_eq!(sandbox.recorded_buckets().len(), 7);
    assert_deleted(&sandbox);
    sandbox.assert_nothing_left();
}

fn variables_and_the_file_apply(sandbox: Sandbox) {
    let package = tempfile::tempdir().expect("a folder");
    let file = "region = 'by-file'\nversioning = true\nbucket_prefix = 'by-file'\n";
    fs::write(package.path().join("s3-test.toml"), file).expect("written");
    fs::create_dir(package.path().join("data")).expect("a folder");
    fs::write(package.path().join("data/file.txt"), "from the package").expect("written");
    let mut command = command(&sandbox, "sources");
    command
        .env("CARGO_MANIFEST_DIR", package.path())
        .env("S3_TEST_BUCKET_PREFIX", "by-variable");
    run(command).passed();
    assert_deleted(&sandbox);
}

/// Returns the error of a builder, which is found without a server.
fn refused(builder: s3_test::BucketBuilder) -> String {
    let error: Error = builder.create_blocking().expect_err("it is wrong");
    let (debug, text) = (format!("{error:?}"), error.to_string());
    assert_eq!(debug, text);
    let error: Box<dyn std::error::Error + Send + Sync> = error.into();
    assert_eq!(error.to_string(), text);
    text
}

#[test]
fn wrong_values_are_told_in_the_words_of_the_attribute() {
    for (builder, words) in [
        (
            s3_test::bucket().bucket("My_Bucket"),
            "the option `bucket` is `My_Bucket`: a bucket name has no uppercase letters: write \"my-bucket\"",
        ),
        (
            s3_test::bucket().bucket("uploads").bucket_prefix("up"),
            "`bucket` is the whole name of a bucket and `bucket_prefix` the beginning of a unique one: keep one of the two",
        ),
        (
            s3_test::bucket().backend("embedded").image("rustfs"),
            "`image` is for a container, and this test asks for the embedded server: remove one of the two",
        ),
        (
            s3_test::bucket().backend("embedded").keep("always"),
            "`keep` has no bucket to keep on the embedded server",
        ),
        (
            s3_test::bucket().backend("minio"),
            "the option `backend` is `minio`: there is no backend \"minio\"",
        ),
        (
            s3_test::bucket().startup_timeout("soon"),
            "the option `startup_timeout` is `soon`: ",
        ),
        (s3_test::bucket().port(0), "the option `port` is `0`: "),
        (
            s3_test::bucket().environment([("A=B", "c")]),
            "the option `environment` is `A=B`: ",
        ),
        (
            s3_test::bucket()
                .backend("embedded")
                .fixtures(["tests/no-such-file"]),
            "the fixture `tests/no-such-file` does not exist in the package ",
        ),
    ] {
        let text = refused(builder);
        assert!(text.contains(words), "{words}\n{text}");
    }
}

#[test]
fn a_relative_fixture_needs_cargos_variable() {
    let sandbox = Sandbox::embedded();
    let mut command = command(&sandbox, "sources");
    command
        .env_remove("CARGO_MANIFEST_DIR")
        .env("S3_TEST_FIXTURES", "[\"data\"]")
        .current_dir(sandbox.path());
    run(command).failed_with(
        "the fixture `data` begins at the package's folder, and the variable CARGO_MANIFEST_DIR does not name it. Run the \
         program by cargo, which sets the variable, or write an absolute path",
    );
}

#[test]
fn absolute_fixtures_need_no_package() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file.txt");
    fs::write(&path, "content").expect("written");
    let builder = s3_test::bucket()
        .backend("embedded")
        .fixtures([path.as_path()]);
    let bucket = builder.create_blocking().expect("a bucket");
    let client = Client::new(bucket.endpoint(), bucket.access_key(), bucket.secret_key());
    let key = format!("{}/file.txt", bucket.name());
    let read = Runtime::new()
        .expect("a runtime")
        .block_on(client.send("GET", &key, ""));
    assert_eq!(read, "content");
}
