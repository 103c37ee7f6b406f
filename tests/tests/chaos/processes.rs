//! Processes that are killed, interrupted, many, or different.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use s3_test_suite::{Sandbox, Subject};

use crate::{
    row::{Fault, Row, Scale, enter_environment, moments},
    service::Service,
};

/// The time after which no bucket of a killed process is waited for.
const APPEARS: Duration = Duration::from_secs(45);

pub(crate) fn killed_on_containers(row: &mut Row, scale: Scale) {
    let Some(sandbox) = row.sandbox() else { return };
    let subject = Subject::build("hundred");
    for moment in moments(scale.of(2, 30), Duration::from_millis(4_000)) {
        row.trials += 1;
        let started = row.start(&mut sandbox.command(&subject));
        // The moment is what the trial is about.
        std::thread::sleep(moment);
        started.kill();
    }
    row.passes(&mut sandbox.command(&subject));
    row.nothing_stays(&sandbox, true);
}

pub(crate) fn killed_on_a_service(row: &mut Row, scale: Scale) {
    let (service, sandbox) = (Service::embedded(), Sandbox::without_engine());
    service.make_precious();
    for moment in moments(scale.of(4, 60), Duration::from_millis(1_200)) {
        row.trials += 1;
        let started = row.start(&mut service.command(&sandbox, "hundred"));
        std::thread::sleep(moment);
        started.kill();
    }
    clean_but_for_the_precious(row, &service, &sandbox);
}

/// Runs tests until nothing is left to look for: a bucket may appear for a while after its creator was killed.
pub(crate) fn clean_but_for_the_precious(row: &mut Row, service: &Service, sandbox: &Sandbox) {
    let start = Instant::now();
    while row
        .passes(&mut service.command(sandbox, "twenty_a"))
        .is_some()
        && has_notes(sandbox)
        && start.elapsed() < APPEARS
    {
        std::thread::sleep(Duration::from_secs(1));
    }
    only_the_precious_is_left(row, service);
    row.nothing_stays(sandbox, false);
}

fn has_notes(sandbox: &Sandbox) -> bool {
    let names = crate::service::state(sandbox);
    names.iter().any(|name| name.starts_with("bucket-"))
}

pub(crate) fn only_the_precious_is_left(row: &mut Row, service: &Service) {
    let mut left = service.buckets();
    left.retain(|bucket| bucket != "precious");
    for bucket in left {
        row.fault(Fault::Leftover, bucket);
    }
    let path = "precious/years/of/work.txt";
    let whole = service.client.try_send("GET", path, "");
    let whole = service.runtime.block_on(whole);
    if !whole.is_ok_and(|answer| answer.body == "irreplaceable") {
        row.fault(Fault::ForeignBucket, "precious");
    }
}

pub(crate) fn interrupted(row: &mut Row, scale: Scale) {
    let (service, sandbox) = (Service::embedded(), Sandbox::without_engine());
    service.make_precious();
    for moment in moments(scale.of(2, 20), Duration::from_millis(800)) {
        for times in [1, 2] {
            row.trials += 1;
            let started = row.start(&mut service.command(&sandbox, "hundred"));
            std::thread::sleep(moment);
            for _ in 0..times {
                let pid = started.child.id().to_string();
                let _ = Command::new("kill")
                    .args(["-INT", &pid])
                    .stderr(Stdio::null())
                    .status();
            }
            row.finish(started);
        }
    }
    clean_but_for_the_precious(row, &service, &sandbox);
}

/// The terminal is closed in which tests run: the system ends them, or, if they are to outlive it, fails whatever they write.
pub(crate) fn terminal_closed(row: &mut Row, scale: Scale) {
    let (service, sandbox) = (Service::embedded(), Sandbox::without_engine());
    service.make_precious();
    let id = sandbox.path().join("id");
    for moment in moments(scale.of(2, 20), Duration::from_millis(800)) {
        for before in ["", "trap '' HUP;"] {
            row.trials += 1;
            let _ = std::fs::remove_file(&id);
            let command = service.command(&sandbox, "hundred");
            let script = format!(
                "{before} echo $$ > {}; exec {}",
                id.display(),
                command.get_program().display()
            );
            let mut terminal = Command::new("script");
            terminal.args(["-qc", &script, "/dev/null"]);
            enter_environment(&command, &mut terminal);
            let started = row.start(&mut terminal);
            std::thread::sleep(moment);
            // The terminal's other end is this process'.
            started.kill();
            let Some(id) = process_in(&id) else { continue };
            let start = Instant::now();
            while Path::new(&format!("/proc/{id}/exe")).exists() {
                if start.elapsed() > APPEARS {
                    let _ = Command::new("kill").args(["-KILL", &id]).status();
                    row.fault(
                        Fault::Hang,
                        "the tests outlived their terminal for too long",
                    );
                    break;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }
    clean_but_for_the_precious(row, &service, &sandbox);
}

/// Returns the number of the process that wrote it into a file, if one has.
fn process_in(file: &Path) -> Option<String> {
    let id = std::fs::read_to_string(file).ok()?.trim().to_owned();
    (!id.is_empty()).then_some(id)
}

pub(crate) fn many_at_once(row: &mut Row, scale: Scale) {
    let subject = Subject::build("twenty_a");
    for _ in 0..scale.of(1, 10) {
        let Some(sandbox) = row.sandbox() else { return };
        row.trials += 64;
        let start = |_| row.start(sandbox.command(&subject).args(["--exact", "a00"]));
        let started: Vec<_> = (0..64).map(start).collect();
        for started in started {
            let finished = row.finish(started);
            row.must_pass(&finished);
        }
        if sandbox.created() != 1 {
            row.fault(Fault::Other, format!("{} containers", sandbox.created()));
        }
        row.nothing_stays(&sandbox, true);
    }
}

pub(crate) fn two_configurations(row: &mut Row, scale: Scale) {
    let Some(sandbox) = row.sandbox() else { return };
    let subject = Subject::build("twenty_b");
    for _ in 0..scale.of(1, 10) {
        row.trials += 1;
        let start = |number: usize| {
            let mut command = sandbox.command(&subject);
            let key = ["one-configuration", "another-configuration"][number % 2];
            row.start(command.env("S3_TEST_SECRET_KEY", key))
        };
        let started: Vec<_> = (0..4).map(start).collect();
        for started in started {
            let finished = row.finish(started);
            row.must_pass(&finished);
        }
        let running = sandbox.engine().containers(&sandbox.label()).len();
        if running != 2 {
            row.fault(Fault::Other, format!("{running} containers"));
        }
    }
    row.nothing_stays(&sandbox, true);
}
