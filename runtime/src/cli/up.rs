//! `s3-test up`: starts the server that tests share, or finds it running, and tells programs where it is.

use std::{process::ExitCode, time::Duration};

use clap::Args;
use humantime::format_duration;
use s3_test_options::TABLE;

use super::{format::Format, output::Outcome, settings::settings};
use crate::{
    bucket::server_variables,
    options::Backend,
    process::stderr,
    server::{self, Server},
};

/// Start the server that tests share, or find it running, and print the variables that lead programs to it.
///
/// Tests find the server by their options, so they need none of these variables. The server stays until nobody has used it
/// for its idle timeout.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The form of the output.
    #[arg(long, value_enum, default_value = "export")]
    format: Format,

    /// The time that the server stays without a user, such as `10m`. [default: the option `idle_timeout`]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    idle_timeout: Option<Duration>,
}

const EXAMPLES: &str = "\
Examples:
  eval \"$(s3-test up --idle-timeout 1h)\"       for this shell: aws, s3cmd, your program
  s3-test up --format json                     for a script
  s3-test up --format dotenv > .env            for docker compose and others
  s3-test up --format github                   a step of GitHub Actions, for the steps after it

A set-up script of cargo-nextest pays for the pull and the start outside of the tests' time limits. In `.config/nextest.toml`:

  experimental = [\"setup-scripts\"]
  [scripts.setup.s3]
  command = \"s3-test up --format nextest\"
  [[profile.default.scripts]]
  filter = \"all()\"
  setup = \"s3\"";

/// Reads a duration by the rule of the option.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    s3_test_options::duration(&TABLE.idle_timeout, text)
}

pub(super) async fn up(arguments: Arguments) -> Outcome {
    let mut settings = settings()?;
    if let Some(idle_timeout) = arguments.idle_timeout {
        settings.server.idle_timeout = idle_timeout;
    }
    let server = server::acquire(settings.backend, &settings.server).await?;
    if server.backend == Backend::Embedded {
        return embedded(arguments.format);
    }
    arguments.format.write(&server, &variables(&server))?;
    if server.backend == Backend::Container {
        stderr::note(&format!(
            "{} answers at {}, and stays until nobody has used it for {}",
            server.description,
            server.endpoint,
            format_duration(settings.server.idle_timeout)
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the variables that lead programs to the server. No variable makes it an external service for tests.
pub(super) fn variables(server: &Server) -> Vec<(&'static str, String)> {
    let mut variables = server_variables(server, &server.endpoint);
    if server.backend == Backend::Container {
        // Tests are to use this server, and not the embedded one if the engine goes meanwhile.
        variables.push(("S3_TEST_BACKEND", Backend::Container.name().to_owned()));
    }
    variables
}

/// Ends the command where tests run on the embedded server, which cannot outlive this process.
fn embedded(format: Format) -> Outcome {
    // Before tests there is nothing to do: each starts its own in less than a millisecond.
    if format.file_variable().is_some() {
        stderr::note("tests run on the embedded server, which needs no start: nothing to set up");
        return Ok(ExitCode::SUCCESS);
    }
    Err("the embedded server ends with its process, so `up` cannot leave one behind. Use `s3-test run -- COMMAND` or \
         `s3-test serve` instead, or make a container possible (`s3-test doctor` says what is in the way)."
        .into())
}
