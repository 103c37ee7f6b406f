//! Every setting of the provider that this project has learnt from (the S3 container of django-testcontainers-plus) has its
//! counterpart: what can be configured, and what is handed to the tests.

use std::collections::HashMap;

use s3_test_suite::{Sandbox, Subject};

#[test]
fn every_setting_of_the_seed_has_its_counterpart() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let sandbox = sandbox.idle_timeout("20s");
    let finished = sandbox
        .run(
            &Subject::build("options"),
            &["--exact", "seed", "--nocapture"],
        )
        .passed();
    let injected: HashMap<&str, &str> = finished
        .stdout
        .lines()
        .filter_map(|line| line.split_once("injected ")?.1.split_once('='))
        .collect();

    let containers = sandbox.engine().containers(&sandbox.label());
    assert_eq!(containers.len(), 1, "one server for both buckets");
    let container = sandbox
        .engine()
        .inspect(containers[0].id.as_deref().expect("an id"));
    let config = container.config.expect("a configuration");
    let variables = config.env.expect("variables");
    let variable = |name: &str| {
        let line = variables
            .iter()
            .find_map(|line| line.strip_prefix(&format!("{name}=")));
        line.unwrap_or_default().to_owned()
    };
    let ports = container
        .network_settings
        .and_then(|settings| settings.ports)
        .expect("ports");
    let host_port = |port: &str| {
        let bindings = ports.get(port).cloned().flatten().unwrap_or_default();
        bindings[0].host_port.clone().expect("a port")
    };
    let buckets = sandbox.recorded_buckets();
    let console = format!("http://127.0.0.1:{}/rustfs/console/", host_port("9001/tcp"));
    let endpoint = format!("http://127.0.0.1:{}", host_port("9000/tcp"));

    for (setting, ours, expected) in [
        // What is configured.
        (
            "image",
            config.image.unwrap_or_default(),
            "rustfs/rustfs:1.0.1",
        ),
        ("access_key", variable("RUSTFS_ACCESS_KEY"), "seed-key"),
        ("secret_key", variable("RUSTFS_SECRET_KEY"), "seed-secret"),
        ("bucket_name", buckets[0].1.clone(), "seed-bucket"),
        ("environment", variable("RUSTFS_OBS_LOGGER_LEVEL"), "warn"),
        // What is handed over.
        (
            "endpoint URL",
            injected["AWS_ENDPOINT_URL"].to_owned(),
            &endpoint,
        ),
        (
            "endpoint URL of S3",
            injected["AWS_ENDPOINT_URL_S3"].to_owned(),
            &endpoint,
        ),
        (
            "access key, always the container's",
            injected["AWS_ACCESS_KEY_ID"].to_owned(),
            "seed-key",
        ),
        (
            "secret key, always the container's",
            injected["AWS_SECRET_ACCESS_KEY"].to_owned(),
            "seed-secret",
        ),
        (
            "bucket name",
            injected["AWS_STORAGE_BUCKET_NAME"].to_owned(),
            "seed-bucket",
        ),
        (
            "console URL",
            injected["S3_CONSOLE_URL"].to_owned(),
            &console,
        ),
        // One server for several buckets.
        ("second bucket", buckets[1].1.clone(), "second-bucket"),
        ("its endpoint", buckets[1].0.clone(), &endpoint),
    ] {
        assert_eq!(ours, expected, "{setting}");
    }
    // Random ports of the host for 9000 and 9001.
    assert_ne!(host_port("9000/tcp"), "9000");
    assert_ne!(host_port("9001/tcp"), "9001");
    let opened = std::net::TcpStream::connect(format!("127.0.0.1:{}", host_port("9001/tcp")));
    assert!(opened.is_ok(), "somebody listens where the console is");
}
