//! Options that affect each other.

use super::*;

#[test]
fn of_two_answers_to_one_question_the_more_specific_source_counts() {
    let prefix = || Options::new().bucket_prefix("inline");
    let settings = resolve(prefix(), &[("S3_TEST_BUCKET", "variable")], "").expect("valid");
    assert_eq!(name(&settings), "Fresh(\"inline\")");
    let settings = resolve(
        Options::new().bucket("inline"),
        &[("S3_TEST_BUCKET_PREFIX", "v")],
        "",
    )
    .expect("valid");
    assert_eq!(name(&settings), "Exactly(\"inline\")");

    let endpoint = || Options::new().endpoint("http://inline");
    let settings = resolve(endpoint(), &[("S3_TEST_BACKEND", "embedded")], "").expect("valid");
    assert_eq!(settings.backend, RequestedBackend::External);
    let variables = [("S3_TEST_ENDPOINT", "http://variable")];
    let settings = resolve(Options::new(), &variables, "backend = 'container'").expect("valid");
    assert_eq!(settings.backend, RequestedBackend::External);
    let settings = resolve(Options::new().backend("container"), &variables, "").expect("valid");
    assert_eq!(settings.backend, RequestedBackend::Container);
    let file = "endpoint = 'http://file'";
    let settings = resolve(Options::new(), &[], file).expect("valid");
    assert_eq!(settings.backend, RequestedBackend::External);
    let settings =
        resolve(Options::new(), &[("S3_TEST_BACKEND", "embedded")], file).expect("valid");
    assert_eq!(settings.backend, RequestedBackend::Embedded);
}

#[test]
fn variables_for_the_server_add_up_by_name() {
    let options = Options::new().environment(&[("A", "inline"), ("B", "inline")]);
    let variables = [("S3_TEST_ENVIRONMENT", "{ B = 'variable', C = 'variable' }")];
    let settings = resolve(
        options,
        &variables,
        "environment = { C = 'file', D = 'file' }",
    )
    .expect("valid");
    let all: Vec<String> = settings
        .server
        .environment
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(all, ["A=inline", "B=inline", "C=variable", "D=file"]);
}

#[test]
fn a_bucket_of_a_parameter_takes_over_what_is_meant_for_all() {
    let test = Options::new()
        .bucket("main")
        .keep("always")
        .versioning(true)
        .fixtures(&[("data", None)]);
    let own = vec![
        Options::new().bucket("archive").keep("never"),
        Options::new().fixtures(&[("extra", None)]),
    ];
    let variables = [
        ("S3_TEST_BUCKET_PREFIX", "variable"),
        ("S3_TEST_BUCKET", "nobodys"),
    ];
    let settings = resolve_with(test, own, &variables, "").expect("valid");
    let [main, archive, fresh] = &settings.buckets[..] else {
        panic!("three buckets: {:?}", settings.buckets);
    };
    assert_eq!(main.name, BucketName::Exactly("main".to_owned()));
    assert!(main.versioning && main.fixtures.len() == 1);
    assert_eq!(archive.name, BucketName::Exactly("archive".to_owned()));
    assert_eq!(
        (archive.keep, archive.versioning, archive.fixtures.len()),
        (Keep::Never, false, 0)
    );
    assert_eq!(fresh.name, BucketName::Fresh("variable".to_owned()));
    assert_eq!((fresh.keep, fresh.fixtures.len()), (Keep::Always, 1));
}

#[test]
fn two_buckets_of_one_name_and_options_beside_the_wrong_backend_are_refused() {
    let test = Options::new().bucket("same");
    let error =
        resolve_with(test, vec![Options::new().bucket("same")], &[], "").expect_err("twice");
    assert!(
        error
            .to_string()
            .contains("another bucket of the test has this name"),
        "{error}"
    );

    for (options, words) in [
        (
            Options::new().backend("embedded").image("x"),
            "`image` is for a container",
        ),
        (
            Options::new().backend("external").port(1),
            "`port` is for a container",
        ),
        (
            Options::new().endpoint("http://x").command(&["x"]),
            "the option `endpoint` is `http://x`: `command` is for a container",
        ),
        (
            Options::new().backend("auto").endpoint("http://x"),
            "`endpoint` is a server that is already running",
        ),
        (
            Options::new().backend("embedded").keep("always"),
            "`keep` has no bucket to keep",
        ),
    ] {
        let error = resolve(options, &[], "").expect_err(words);
        assert!(error.contains(words), "{error}");
    }
    let fine = Options::new().backend("embedded").keep("never");
    assert!(resolve(fine, &[("S3_TEST_IMAGE", "x")], "port = 1").is_ok());
}

#[test]
fn a_clock_that_stands_still_needs_one_thread() {
    let error = resolve(
        Options::new().start_paused(true),
        &[("S3_TEST_FLAVOR", "multi_thread")],
        "",
    );
    let error = error.expect_err("two threads");
    assert!(
        error.starts_with("the option `start_paused` is `true`: only the clock"),
        "{error}"
    );
}

#[test]
fn testcontainers_keep_is_longer_than_any_idle_timeout() {
    let inline = Options::new().idle_timeout("3s".into());
    let settings = resolve(inline, &[("TESTCONTAINERS_COMMAND", "keep")], "").expect("valid");
    assert_eq!(settings.server.idle_timeout, resolve::FOR_EVER);
}
