//! External services that come and go, that several machines use, or that are moto's.

use std::{fs, time::Duration};

use s3_test_suite::Sandbox;

use crate::{
    processes::{clean_but_for_the_precious, only_the_precious_is_left},
    row::{Fault, Row, Scale, moments},
    service::Service,
};

/// A container of RustFS that is stopped for a while under running tests.
pub(crate) fn comes_and_goes(row: &mut Row, scale: Scale) {
    if row.is_for_long(scale) || row.sandbox().is_none() {
        return;
    }
    let service = Service::rustfs();
    service.make_precious();
    let sandbox = Sandbox::without_engine();
    for moment in moments(5, Duration::from_millis(1_500)) {
        row.trials += 1;
        let mut command = service.command(&sandbox, "chaos");
        let started = row.start(command.arg("--test-threads=32").env("SUITE_SECONDS", "3"));
        std::thread::sleep(moment);
        service.pause(Duration::from_secs(2));
        let finished = row.finish(started);
        row.must_pass(&finished);
    }
    clean_but_for_the_precious(row, &service, &sandbox);
}

/// Machines that name the same bucket at the same moment: only one may get it.
pub(crate) fn contested(row: &mut Row, scale: Scale) {
    let mut services = vec![Service::embedded()];
    if scale == Scale::Long {
        services.extend(Sandbox::new().map(|_| Service::rustfs()));
        services.extend(Service::moto());
    }
    for service in services {
        service.make_precious();
        for _ in 0..scale.of(2, 20) {
            contest(row, &service, &vec![service.endpoint.clone(); 3]);
        }
        only_the_precious_is_left(row, &service);
    }
}

/// One round, in which each machine uses an endpoint of its own.
pub(crate) fn contest(row: &mut Row, service: &Service, endpoints: &[String]) {
    row.trials += 1;
    let start = |endpoint: &String| {
        let sandbox = Sandbox::without_engine();
        let mut command = crate::service::command(&sandbox, "external", endpoint);
        command.args(["--exact", "contends_for_it"]);
        let started = row.start(command.env("SUITE_GO", sandbox.path().join("go")));
        (sandbox, started)
    };
    let mut machines: Vec<_> = endpoints.iter().map(start).collect();
    let mut are_in = 0;
    for (sandbox, started) in &mut machines {
        let decided = (0..6_000).any(|_| {
            let ended = started.child.try_wait().expect("the child").is_some();
            std::thread::sleep(Duration::from_millis(if ended { 0 } else { 10 }));
            ended || !sandbox.recorded_buckets().is_empty()
        });
        if !decided {
            row.fault(Fault::Hang, "a machine neither has the bucket nor gives up");
        }
        are_in += usize::from(!sandbox.recorded_buckets().is_empty());
    }
    for (sandbox, started) in machines {
        fs::write(sandbox.path().join("go"), "").expect("a file");
        let is_in = !sandbox.recorded_buckets().is_empty();
        let finished = row.finish(started);
        if is_in {
            row.must_pass(&finished);
        }
        row.nothing_stays(&sandbox, false);
    }
    match are_in {
        1 => {}
        0 => row.fault(Fault::Other, "nobody got the bucket"),
        more => row.fault(Fault::LostObject, format!("{more} machines got the bucket")),
    }
    let left = service.buckets();
    if left.iter().any(|bucket| bucket == "contested") {
        row.fault(Fault::Leftover, "contested");
        let _ = service
            .runtime
            .block_on(service.client.try_send("DELETE", "contested", ""));
    }
}

pub(crate) fn moto(row: &mut Row, scale: Scale) {
    if row.is_for_long(scale) {
        return;
    }
    match Service::moto() {
        Some(service) => killed(row, &service),
        None => row.skip("no moto_server"),
    }
}

pub(crate) fn ceph(row: &mut Row, scale: Scale) {
    if row.is_for_long(scale) {
        return;
    }
    let Some(service) = Service::ceph() else {
        return row.skip("no Ceph; `tests/ceph.sh` installs it");
    };
    for _ in 0..5 {
        contest(row, &service, &vec![service.endpoint.clone(); 2]);
    }
    killed(row, &service);
}

/// Kills processes that use a service, which is somebody else's too.
fn killed(row: &mut Row, service: &Service) {
    service.make_precious();
    let sandbox = Sandbox::without_engine();
    for moment in moments(10, Duration::from_millis(3_000)) {
        row.trials += 1;
        let started = row.start(&mut service.command(&sandbox, "hundred"));
        std::thread::sleep(moment);
        started.kill();
    }
    clean_but_for_the_precious(row, service, &sandbox);
}
