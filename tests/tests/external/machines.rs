//! Several machines that name the same bucket at the same moment. Each sandbox stands for a machine.

use std::{
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use s3_test_suite::{Finished, Sandbox};

use crate::service::{Service, state};

/// The time after which each machine must have its bucket or have given up.
const DECIDED: Duration = Duration::from_secs(60);

/// A machine that asks for the bucket `contested`.
struct Contender {
    sandbox: Sandbox,
    child: Child,
}

impl Contender {
    fn start(service: &Service, sandbox: Sandbox) -> Self {
        let mut command = service.command(&sandbox, "external");
        command
            .args(["--exact", "contends_for_it"])
            .env("SUITE_GO", sandbox.path().join("go"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = command.spawn().expect("the subject runs");
        Self { sandbox, child }
    }

    /// Returns true if its test has the bucket, and false if it failed.
    fn is_in(&mut self) -> bool {
        let start = Instant::now();
        while start.elapsed() < DECIDED {
            if !self.sandbox.recorded_buckets().is_empty() {
                return true;
            }
            let ended = self.child.try_wait().expect("the child");
            if ended.is_some() {
                return !self.sandbox.recorded_buckets().is_empty();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("a test neither began nor failed within {DECIDED:?}");
    }

    fn finish(self) -> Finished {
        std::fs::write(self.sandbox.path().join("go"), "").expect("a file");
        let output = self.child.wait_with_output();
        let finished = Finished::from(output.expect("the subject ends"));
        assert_eq!(state(&self.sandbox), ["identity"]);
        finished
    }
}

/// Starts the machines together and returns how many were in the bucket at the same time.
fn contend(service: &Service, machines: usize) -> usize {
    let sandboxes: Vec<_> = (0..machines).map(|_| Sandbox::without_engine()).collect();
    let start = |sandbox| Contender::start(service, sandbox);
    let mut contenders: Vec<_> = sandboxes.into_iter().map(start).collect();
    let is_in: Vec<bool> = contenders.iter_mut().map(Contender::is_in).collect();
    for (contender, is_in) in contenders.into_iter().zip(&is_in) {
        let finished = contender.finish();
        if *is_in {
            finished.passed();
        } else {
            finished.failed_with("the bucket `contested` exists already on ");
        }
    }
    assert_eq!(service.buckets(), Vec::<String>::new());
    is_in.into_iter().filter(|is_in| *is_in).count()
}

// One service after the other: a claim is given up when it takes too long, so these processes must not wait for processors.
#[test]
fn one_of_two_that_start_together_gets_the_bucket() {
    for service in Service::each().into_iter().chain(Service::moto()) {
        let rounds: Vec<_> = (0..8).map(|_| contend(&service, 2)).collect();
        assert_eq!(rounds, [1; 8]);
    }
}

#[test]
fn one_of_five_that_start_together_gets_the_bucket() {
    for service in Service::each().into_iter().chain(Service::moto()) {
        let rounds: Vec<_> = (0..2).map(|_| contend(&service, 5)).collect();
        assert_eq!(rounds, [1; 2]);
    }
}
