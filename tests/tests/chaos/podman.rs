//! Podman in the place of Docker.

use std::time::Duration;

use s3_test_suite::{Podman, Sandbox, Subject};

use crate::row::{Fault, Row, Scale, moments};

pub(crate) fn killed(row: &mut Row, scale: Scale) {
    if row.is_for_long(scale) {
        return;
    }
    let Some(podman) = Podman::start() else {
        return row.skip("no Podman");
    };
    // The sandbox's own engine is not Podman.
    let sandbox = Sandbox::without_engine();
    let subject = Subject::build("hundred");
    for moment in moments(10, Duration::from_millis(6_000)) {
        row.trials += 1;
        let started = row.start(podman.enter(&mut sandbox.command(&subject)));
        std::thread::sleep(moment);
        started.kill();
    }
    row.passes(podman.enter(&mut sandbox.command(&subject)));
    if !podman.is_gone_within(&sandbox.label(), Duration::from_secs(20)) {
        row.fault(Fault::Leftover, "a container");
    }
    row.nothing_stays(&sandbox, false);
}
