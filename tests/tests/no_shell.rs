//! An image without a shell has no watchdog: the last process removes the container, and the next start sweeps it.

use std::{process::Stdio, time::Duration};

use s3_test_suite::{Finished, Image, Running, Sandbox, Subject};

#[test]
fn its_container_goes_with_the_last_process_and_is_swept_after_a_kill() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let subject = Subject::build("servers");
    let image = Image::derive("no-shell", &["/bin/sh"], "/usr/bin/rustfs");
    let command = |test: &str| {
        let mut command = sandbox.command(&subject);
        command
            .args(["--exact", test])
            .env("S3_TEST_IMAGE", image.name());
        command
    };

    let finished: Finished = command("plain").output().expect("the subject runs").into();
    let finished = finished.passed();
    let warning = format!(
        "s3-test: warning: the image {} has no /bin/sh, so its container cannot remove itself: it is removed when the \
         last test process ends, but stays if that process is killed, until the next container is started.\n",
        image.name()
    );
    assert!(finished.stderr.contains(&warning), "{}", finished.stderr);
    assert!(
        sandbox.engine().containers(&sandbox.label()).is_empty(),
        "gone when the process has ended"
    );

    // Of two processes, the one that ends last removes it.
    let holding = Running::start(command("holds_a_unique_bucket").stderr(Stdio::null()));
    sandbox.wait_for_buckets(2);
    let finished: Finished = command("plain").output().expect("the subject runs").into();
    assert!(
        !finished.passed().stderr.contains("s3-test: started"),
        "it found the running one"
    );
    assert_eq!(sandbox.engine().containers(&sandbox.label()).len(), 1);

    // Killed, a process leaves it behind for the next start of another one.
    holding.kill();
    assert_eq!(sandbox.engine().containers(&sandbox.label()).len(), 1);
    sandbox.run(&subject, &["--exact", "plain"]).passed();
    let left = sandbox.engine().containers(&sandbox.label());
    assert!(
        left.iter()
            .all(|container| container.image.as_deref() != Some(image.name())),
        "{left:?}"
    );
    sandbox.assert_gone_within(Duration::from_secs(7));
}
