//! Tests that have nothing special about them.

use std::process::{Child, Stdio};

use s3_test_suite::{Finished, Sandbox};

use crate::service::{Service, on_each, state};

#[test]
fn a_hundred_tests_pass_and_leave_nothing() {
    on_each(|service| {
        service.make_precious();
        let sandbox = Sandbox::without_engine();
        let finished = service.run(&sandbox, "hundred", &[]).passed();
        assert_eq!(finished.passed_tests(), 100);
        assert_eq!(finished.stderr, "");
        assert_eq!(service.buckets(), ["precious"]);
        assert_eq!(state(&sandbox), ["identity"]);
        service.assert_precious_is_whole();
    });
}

#[test]
fn processes_that_name_the_same_bucket_take_turns() {
    on_each(|service| {
        let sandbox = Sandbox::without_engine();
        let spawn = |_| -> Child {
            let mut command = service.command(&sandbox, "same_bucket");
            command
                .args(["t00", "--test-threads=4"])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            command.spawn().expect("the subject runs")
        };
        let children: Vec<Child> = (0..3).map(spawn).collect();
        for child in children {
            let output = child.wait_with_output().expect("the subject ends");
            assert_eq!(Finished::from(output).passed().passed_tests(), 10);
        }
        assert!(service.buckets().is_empty());
        assert_eq!(state(&sandbox), ["identity"]);
    });
}

#[test]
fn another_region_than_the_first_is_named_when_a_bucket_is_created() {
    on_each(|service| {
        service
            .run(
                &Sandbox::without_engine(),
                "external",
                &["--exact", "is_in_another_region"],
            )
            .passed();
        assert!(service.buckets().is_empty());
    });
}

#[test]
fn the_developers_own_s3_settings_change_nothing() {
    let service = Service::embedded();
    let nowhere = "http://127.0.0.1:1";
    let mut command = service.command(&Sandbox::without_engine(), "twenty_a");
    for (name, value) in [
        ("AWS_ENDPOINT_URL", nowhere),
        ("AWS_ENDPOINT_URL_S3", nowhere),
        ("AWS_ENDPOINT", nowhere),
        ("AWS_ACCESS_KEY_ID", "nobody"),
        ("AWS_SECRET_ACCESS_KEY", "nothing"),
        ("AWS_SESSION_TOKEN", "nonsense"),
        ("AWS_PROFILE", "no-such-profile"),
        ("AWS_REGION", "mars-north-1"),
        ("AWS_DEFAULT_REGION", "mars-north-1"),
        ("AWS_SKIP_SIGNATURE", "true"),
        ("AWS_ALLOW_HTTP", "false"),
        ("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "true"),
        ("AWS_BUCKET", "somebody-elses"),
        ("HTTP_PROXY", nowhere),
        ("http_proxy", nowhere),
        ("HTTPS_PROXY", nowhere),
        ("ALL_PROXY", nowhere),
        ("all_proxy", nowhere),
        // There is no Docker where such tests run.
        ("DOCKER_HOST", nowhere),
    ] {
        command.env(name, value);
    }
    let finished: Finished = command.output().expect("the subject runs").into();
    assert_eq!(finished.passed().passed_tests(), 20);
    assert!(service.buckets().is_empty());
}

/// The keys of the developer's shell must not be tried either.
#[test]
fn the_shells_keys_do_not_help() {
    let service = Service::embedded();
    let mut command = service.command(&Sandbox::without_engine(), "twenty_a");
    command
        .arg("a00")
        .env_remove("S3_TEST_ACCESS_KEY")
        .env_remove("S3_TEST_SECRET_KEY")
        .env("AWS_ACCESS_KEY_ID", crate::service::KEYS.0)
        .env("AWS_SECRET_ACCESS_KEY", crate::service::KEYS.1);
    let finished: Finished = command.output().expect("the subject runs").into();
    finished.failed_with("those of AWS_* are never used");
}

#[test]
fn machines_that_share_a_run_share_a_part_of_the_names() {
    let service = Service::embedded();
    let sandbox = Sandbox::without_engine();
    let output = service
        .command(&sandbox, "external")
        .args(["--exact", "fails_for_its_report"])
        .env("NEXTEST_RUN_ID", "0A1b2c3d-4e5f-6789-abcd-ef0123456789")
        .output();
    let finished = Finished::from(output.expect("the subject runs"));
    let name = &sandbox.recorded_buckets()[0].1;
    let start = "test-bucket-fails-for-its-report-0a1b2c3d-";
    assert!(name.starts_with(start), "{name}");
    let report = format!(
        "s3-test: subject_external::fails_for_its_report failed\n  server    the S3 service at {0}\n  endpoint  \
         {0}\n  bucket    {name} (parameter bucket), deleted when the test ends\n",
        service.endpoint
    );
    finished.failed_with(&report);
    assert!(service.buckets().is_empty());
}
