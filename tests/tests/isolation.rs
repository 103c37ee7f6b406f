//! Isolation of a test's server from the network and from the developer's own S3 settings.

use s3_test_suite::{Finished, Sandbox, Subject, on_both_servers, set_foreign_variables};

on_both_servers! { the_developers_own_s3_settings_change_nothing }

#[test]
fn ports_are_published_on_loopback_and_the_server_has_no_privileges() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let sandbox = sandbox.idle_timeout("20s");
    sandbox
        .run(&Subject::build("servers"), &["--exact", "plain"])
        .passed();
    let containers = sandbox.engine().containers(&sandbox.label());
    assert_eq!(containers.len(), 1);
    let container = sandbox
        .engine()
        .inspect(containers[0].id.as_deref().expect("an id"));

    let ports = container
        .network_settings
        .and_then(|settings| settings.ports)
        .expect("ports");
    let mut published = 0;
    for (port, bindings) in ports {
        for binding in bindings.unwrap_or_default() {
            assert_eq!(binding.host_ip.as_deref(), Some("127.0.0.1"), "{port}");
            assert_ne!(binding.host_port.as_deref(), Some("9000"));
            published += 1;
        }
    }
    assert_eq!(published, 2, "S3 and the console");

    let host = container.host_config.expect("a host configuration");
    assert_ne!(host.privileged, Some(true));
    assert_eq!(host.auto_remove, Some(true));
    assert_eq!(
        host.security_opt,
        Some(vec!["no-new-privileges".to_owned()])
    );
    let data = host.tmpfs.expect("data in memory");
    assert_eq!(data["/data"], "rw,uid=10001,gid=10001");
    let user = container.config.and_then(|config| config.user);
    assert_eq!(user.as_deref(), Some("rustfs"));
}

fn the_developers_own_s3_settings_change_nothing(sandbox: Sandbox) {
    let mut command = sandbox.command(&Subject::build("twenty_a"));
    set_foreign_variables(&mut command);
    let finished: Finished = command.output().expect("the subject runs").into();
    assert_eq!(finished.passed().passed_tests(), 20);
}
