//! `s3-test run`: runs a program with a server that is there from its start to its end.

use std::{
    io,
    process::{Command, ExitCode},
};

use clap::Args;

use super::{
    format::FOREIGN,
    output::Outcome,
    settings::settings,
    signals::{Signals, exit_code},
    up::variables,
};
use crate::{process::stderr, server};

/// Run a program with a server that is there from its start to its end.
///
/// The program finds the server by the usual variables (`AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID` and so on). It gets the signals
/// that this program gets, and its exit code is passed on. Without a container the server is the embedded one.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The program and its arguments.
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        required = true,
        value_name = "COMMAND"
    )]
    command: Vec<String>,
}

const EXAMPLES: &str = "\
Examples:
  s3-test run -- ./integration-tests.sh
  s3-test run -- cargo nextest run                    one server, warm for all tests
  S3_TEST_BACKEND=embedded s3-test run -- my-program  without an engine, in memory";

/// The exit codes by which shells tell that a program was not found, and that it could not be started.
const NOT_FOUND: u8 = 127;
const NOT_STARTED: u8 = 126;

pub(super) async fn run(Arguments { command }: Arguments) -> Outcome {
    let settings = settings()?;
    // The value holds the lease, or the embedded server itself.
    let server = server::acquire(settings.backend, &settings.server).await?;
    let mut signals = Signals::catch()?;
    let (program, arguments) = command.split_first().ok_or("no program is named")?;
    let mut child = Command::new(program);
    child.args(arguments).envs(variables(&server));
    for foreign in FOREIGN {
        child.env_remove(foreign);
    }
    let mut child = match child.spawn() {
        Ok(child) => child,
        Err(error) => {
            stderr::error(&format!("`{program}` cannot be started: {error}"));
            let not_found = error.kind() == io::ErrorKind::NotFound;
            return Ok(ExitCode::from(if not_found {
                NOT_FOUND
            } else {
                NOT_STARTED
            }));
        }
    };
    let id = child.id();
    let ended = tokio::task::spawn_blocking(move || child.wait());
    let lost = async {
        server.lost().await;
        stderr::warn(&format!(
            "the server is gone: {} was stopped, killed or has crashed while `{program}` runs.",
            server.description
        ));
        std::future::pending::<()>().await;
    };
    let attend = async {
        tokio::join!(signals.pass_on(id), lost);
    };
    let status = tokio::select! {
        status = ended => status??,
        () = attend => unreachable!("signals are passed on until the child has ended"),
    };
    Ok(ExitCode::from(exit_code(status)))
}
