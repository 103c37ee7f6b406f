//! A row of the table, and processes with a limit.

use std::{
    fmt,
    fs::File,
    io::{Read, Seek},
    process::{Child, Command},
    time::{Duration, Instant},
};

use s3_test_suite::{Finished, Sandbox};

/// The time after which a process counts as one that hangs. Its own limits are below.
const HANGS: Duration = Duration::from_secs(90);

/// The head of the table.
pub(crate) const HEAD: &str = "| what happens | trials | lost objects | foreign buckets touched | leftovers | hangs | other | seconds |\n\
                               | --- | --- | --- | --- | --- | --- | --- | --- |";

/// The number of trials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// All rows within a minute.
    Short,
    Long,
}

impl Scale {
    pub(crate) fn of(self, short: usize, long: usize) -> usize {
        match self {
            Self::Short => short,
            Self::Long => long,
        }
    }
}

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    LostObject,
    ForeignBucket,
    Leftover,
    Hang,
    /// A test that failed without need, or with another message than it should.
    Other,
}

/// What came of one kind of chaos.
pub(crate) struct Row {
    name: &'static str,
    pub(crate) trials: usize,
    pub(crate) faults: Vec<(Fault, String)>,
    skipped: Option<String>,
    pub(crate) took: Duration,
}

impl Row {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            trials: 0,
            faults: Vec::new(),
            skipped: None,
            took: Duration::ZERO,
        }
    }

    /// Says that the row cannot be tried here.
    pub(crate) fn skip(&mut self, reason: &str) {
        self.skipped = Some(reason.to_owned());
    }

    /// Returns true, and says so, if the row is too slow for the short form.
    pub(crate) fn is_for_long(&mut self, scale: Scale) -> bool {
        if scale == Scale::Short {
            self.skip("only in the long form");
        }
        scale == Scale::Short
    }

    pub(crate) fn fault(&mut self, fault: Fault, text: impl Into<String>) {
        self.faults
            .push((fault, format!("{}: {}", self.name, text.into())));
    }

    /// A sandbox with containers, or none where there is no engine.
    pub(crate) fn sandbox(&mut self) -> Option<Sandbox> {
        let sandbox = Sandbox::new();
        if sandbox.is_none() {
            self.skip("no engine");
        }
        sandbox
    }

    /// Starts a process whose output is kept.
    pub(crate) fn start(&mut self, command: &mut Command) -> Started {
        Started::new(command)
    }

    /// Waits for a process. One that hangs is killed and counted.
    pub(crate) fn finish(&mut self, mut started: Started) -> Option<Finished> {
        let limit = Instant::now() + HANGS;
        let success = loop {
            match started.child.try_wait().expect("the child") {
                Some(status) => break status.success(),
                None if Instant::now() > limit => {
                    let _ = started.child.kill();
                    let _ = started.child.wait();
                    let finished = started.output(false);
                    self.fault(
                        Fault::Hang,
                        format!("{}{}", finished.stdout, finished.stderr),
                    );
                    return None;
                }
                None => std::thread::sleep(Duration::from_millis(10)),
            }
        };
        let finished = started.output(success);
        if finished.stdout.contains("LOST OBJECT") {
            self.fault(Fault::LostObject, finished.stdout.clone());
        }
        Some(finished)
    }

    pub(crate) fn run(&mut self, command: &mut Command) -> Option<Finished> {
        let started = self.start(command);
        self.finish(started)
    }

    /// Runs a process whose tests must pass.
    pub(crate) fn passes(&mut self, command: &mut Command) -> Option<Finished> {
        let finished = self.run(command);
        self.must_pass(&finished);
        finished
    }

    pub(crate) fn must_pass(&mut self, finished: &Option<Finished>) {
        if let Some(finished) = finished.as_ref().filter(|finished| !finished.success) {
            let text = format!("{}{}", finished.stdout, finished.stderr);
            self.fault(Fault::Other, text);
        }
    }

    /// Runs a process whose tests must fail with this text.
    pub(crate) fn fails_with(&mut self, command: &mut Command, text: &str) {
        let Some(finished) = self.run(command) else {
            return;
        };
        let output = format!("{}{}", finished.stdout, finished.stderr);
        if finished.success || !output.contains(text) {
            self.fault(Fault::Other, format!("not {text:?}, but {output}"));
        }
    }

    /// Sees that the sandbox's containers go, and that no file stays but those that are to.
    pub(crate) fn nothing_stays(&mut self, sandbox: &Sandbox, containers: bool) {
        let state = sandbox.state_directory();
        if containers
            && state.join("identity").exists()
            && let Err(left) = sandbox
                .engine()
                .gone_within(&sandbox.label(), Duration::from_secs(15))
        {
            self.fault(Fault::Leftover, left);
        }
        for entry in std::fs::read_dir(state).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            // A lock file of a container goes with the next start, one of a bucket with the next process.
            if name.starts_with("bucket-") {
                self.fault(Fault::Leftover, name);
            }
        }
    }

    fn count(&self, fault: Fault) -> usize {
        self.faults
            .iter()
            .filter(|(kind, _)| *kind == fault)
            .count()
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(reason) = &self.skipped {
            return write!(f, "| {} | skipped: {reason} | | | | | | |", self.name);
        }
        write!(f, "| {} | {} |", self.name, self.trials)?;
        for fault in [
            Fault::LostObject,
            Fault::ForeignBucket,
            Fault::Leftover,
            Fault::Hang,
            Fault::Other,
        ] {
            write!(f, " {} |", self.count(fault))?;
        }
        write!(f, " {} |", self.took.as_secs())
    }
}

/// A process that does not outlive its trial.
pub(crate) struct Started {
    pub(crate) child: Child,
    stdout: File,
    stderr: File,
}

impl Started {
    fn new(command: &mut Command) -> Self {
        let file = || tempfile::tempfile().expect("a temporary file");
        let (stdout, stderr) = (file(), file());
        let child = command
            .stdout(stdout.try_clone().expect("the file"))
            .stderr(stderr.try_clone().expect("the file"))
            .spawn()
            .expect("the subject runs");
        Self {
            child,
            stdout,
            stderr,
        }
    }

    /// Kills it, as `kill -9` does.
    pub(crate) fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn output(&mut self, success: bool) -> Finished {
        let read = |file: &mut File| {
            let mut text = Vec::new();
            file.rewind().expect("the output");
            file.read_to_end(&mut text).expect("the output");
            String::from_utf8_lossy(&text).into_owned()
        };
        Finished {
            success,
            stdout: read(&mut self.stdout),
            stderr: read(&mut self.stderr),
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the same command, run by a program that is given these arguments first.
pub(crate) fn run_by(program: &str, arguments: &[&str], command: &Command) -> Command {
    let mut run = Command::new(program);
    run.args(arguments).arg(command.get_program());
    run.args(command.get_args());
    enter_environment(command, &mut run);
    run
}

/// Gives a command the environment of another.
pub(crate) fn enter_environment(of: &Command, command: &mut Command) {
    for (name, value) in of.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
}

/// Moments between two, in a random order that is the same in each run of one process.
pub(crate) fn moments(count: usize, longest: Duration) -> Vec<Duration> {
    use std::hash::{BuildHasher, RandomState};
    let random = RandomState::new();
    let moment = |number: usize| {
        let share = random.hash_one(number) % 1_000;
        longest * u32::try_from(share).expect("a small number") / 1_000
    };
    (0..count).map(moment).collect()
}
