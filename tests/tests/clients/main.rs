//! The parameters that features of s3-test add: each type puts, gets, lists, deletes and uploads in parts, on both
//! servers, and once more in a shell that is full of settings for another S3. And what other makers' clients do through the
//! gateway, and make of faults.

mod aws_sdk;
mod fault_kinds;
mod opendal;
#[path = "../stores/mod.rs"]
#[macro_use]
mod stores;
mod through_the_gateway;

use std::process::Command;

use s3_test_suite::{Finished, Sandbox, on_both_servers, set_foreign_variables};

on_both_servers! { the_developers_own_s3_settings_change_nothing }

/// One part of the least size that S3 takes, and a last one.
fn parts() -> [Vec<u8>; 2] {
    [vec![1; 5 << 20], vec![2; 1000]]
}

store_tests!(
    object_store_0_12_on_the_server_of_the_environment,
    object_store_0_12,
);
store_tests!(
    object_store_0_12_on_the_embedded_server,
    object_store_0_12,
    backend = "embedded"
);
store_tests!(
    object_store_0_13_on_the_server_of_the_environment,
    object_store_0_13,
);
store_tests!(
    object_store_0_13_on_the_embedded_server,
    object_store_0_13,
    backend = "embedded"
);

/// object_store 0.13 brings `ring` into the build beside `aws-lc-rs`, and rustls then leaves the choice to whoever asks first.
#[test]
fn an_engine_behind_tls_is_asked_with_two_kinds_of_cryptography_in_the_build() {
    let sandbox = Sandbox::without_engine();
    let certificates = sandbox.path().join("certificates");
    std::fs::create_dir(&certificates).expect("a folder");
    std::fs::write(certificates.join("ca.pem"), "").expect("a file");
    let mut command = Command::new(std::env::current_exe().expect("the test binary"));
    sandbox
        .enter(&mut command)
        .arg("object_store_0_13_on_the_server_of_the_environment")
        .env("DOCKER_HOST", "tcp://127.0.0.1:1")
        .env("DOCKER_TLS_VERIFY", "1")
        .env("DOCKER_CERT_PATH", certificates);
    let finished: Finished = command.output().expect("the tests run").into();
    finished.failed_with("Docker refused the connection at tcp://127.0.0.1:1");
}

/// All tests of this binary that use a parameter, in a child process.
fn the_developers_own_s3_settings_change_nothing(sandbox: Sandbox) {
    let this = std::env::current_exe().expect("the test binary");
    let mut command = Command::new(this);
    sandbox.enter(&mut command);
    set_foreign_variables(&mut command);
    // `storage_options` and `signed_addresses` try clients of their own making, which obey the shell.
    command.args([
        "_on_",
        "--skip=storage_options",
        "--skip=signed_addresses",
        "--skip=properties",
    ]);
    let finished: Finished = command.output().expect("the tests run").into();
    assert_eq!(finished.passed().passed_tests(), 2 * (2 * 7 + 2 + 1));
}
