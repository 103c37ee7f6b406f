//! The two servers, and which of them tests can run on here.

use std::{io::Write, panic::Location};

use crate::Engine;

/// The server of a sandbox's subjects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    /// RustFS, in a container that they share.
    Container,
    /// A server inside each process for each test.
    Embedded,
}

impl Server {
    /// As `S3_TEST_BACKEND` and `Backend::name` call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Embedded => "embedded",
        }
    }

    /// The one on which tests run that do not say which they want.
    ///
    /// # Panics
    ///
    /// If containers are required and cannot be had.
    #[must_use]
    pub fn of_the_environment() -> Self {
        // On a thread, since the engine has a runtime of its own and the caller may run on another.
        let container = std::thread::spawn(|| engine().is_ok());
        match container
            .join()
            .expect("containers, where they are required")
        {
            true => Self::Container,
            false => Self::Embedded,
        }
    }
}

/// The engine for a test that needs one. Where there is none the test is to return, and a line on the real standard error
/// stream says so: a test that was skipped looks like one that passed.
#[track_caller]
pub(crate) fn engine_or_skip() -> Option<Engine> {
    match engine() {
        Ok(engine) => Some(engine),
        Err(reason) => {
            skip(&reason, "a container", "S3_TEST_BACKEND=container");
            None
        }
    }
}

/// Says that the running test is skipped: why, what it needs, and the variable that requires it.
#[track_caller]
pub(crate) fn skip(reason: &str, need: &str, requirement: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or_default();
    let place = Location::caller();
    let line = format!(
        "s3-test-suite: skipped {test} ({place}), which needs {need}: {reason}. {requirement} makes this an error.\n"
    );
    // Not by `eprintln`, which the harness captures.
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// # Panics
///
/// If containers are required (`S3_TEST_BACKEND=container`) and cannot be had.
fn engine() -> Result<Engine, String> {
    let wanted = std::env::var("S3_TEST_BACKEND").unwrap_or_default();
    if wanted == Server::Embedded.name() {
        return Err("S3_TEST_BACKEND=embedded wants none".to_owned());
    }
    let engine = Engine::connect();
    if let (Err(reason), true) = (&engine, wanted == Server::Container.name()) {
        panic!("S3_TEST_BACKEND=container requires the container tests, but {reason}");
    }
    engine
}

/// Makes two tests of each function `fn name(sandbox: Sandbox)`: `name::on_the_container`, which is skipped where there is
/// no engine, and `name::on_the_embedded_server`.
#[macro_export]
macro_rules! on_both_servers {
    ($($name:ident)*) => {$(
        mod $name {
            #[test]
            fn on_the_container() {
                if let Some(sandbox) = $crate::Sandbox::new() {
                    super::$name(sandbox);
                }
            }

            #[test]
            fn on_the_embedded_server() {
                super::$name($crate::Sandbox::embedded());
            }
        }
    )*};
}
