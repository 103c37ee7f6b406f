//! The standard output, and the end of a command.

use std::{
    io::{self, Write},
    process::ExitCode,
    time::{Duration, SystemTime},
};

use humantime::format_duration;

use crate::parameters::BoxError;

/// The end of a command: the exit code of the process, or a message for the person.
pub(super) type Outcome = Result<ExitCode, BoxError>;

/// Prints to the standard output, and says at once if nobody can read it.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Returns the time since a point in time, in whole seconds: `3m 12s`.
pub(super) fn age(since: SystemTime) -> String {
    let age = since.elapsed().unwrap_or_default();
    format_duration(Duration::from_secs(age.as_secs())).to_string()
}
