//! The program `s3-test`: one file for each command, and what they share.

mod completions;
mod doctor;
mod down;
mod format;
mod kept;
mod ls;
mod output;
mod rm;
mod run;
mod serve;
mod settings;
mod signals;
mod status;
mod up;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::process::{background, stderr};

/// S3 for tests, and for whatever you run beside them.
///
/// Tests with `#[s3_test]` need none of this: the first one starts the server, and the server removes itself. These commands
/// start the same server before the tests or for other programs, and show what runs and what was kept.
///
/// They read the same options as the tests: the variables `S3_TEST_…`, then the `s3-test.toml` of the package in this folder.
#[derive(Debug, Parser)]
#[command(name = "s3-test", bin_name = "s3-test", version, verbatim_doc_comment, arg_required_else_help = true, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  s3-test doctor                             what tests here would run on, and what is in their way
  s3-test run -- aws s3 mb s3://my-bucket    a program with a server, from its start to its end
  eval \"$(s3-test up --idle-timeout 1h)\"     a server for this shell
  S3_TEST_KEEP=on-failure cargo test; s3-test ls
                                             the buckets of failed tests

`s3-test help COMMAND` tells more about one of them.";

#[derive(Debug, Subcommand)]
enum Command {
    Up(up::Arguments),
    Run(run::Arguments),
    Status(status::Arguments),
    Down(down::Arguments),
    Doctor(doctor::Arguments),
    Serve(serve::Arguments),
    Ls(ls::Arguments),
    Rm(rm::Arguments),
    Completions(completions::Arguments),
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = background::handle().block_on(async {
        match arguments.command {
            Command::Up(arguments) => up::up(arguments).await,
            Command::Run(arguments) => run::run(arguments).await,
            Command::Status(arguments) => status::status(arguments).await,
            Command::Down(arguments) => down::down(arguments).await,
            Command::Doctor(arguments) => doctor::doctor(arguments).await,
            Command::Serve(arguments) => serve::serve(arguments).await,
            Command::Ls(arguments) => ls::ls(arguments).await,
            Command::Rm(arguments) => rm::rm(arguments).await,
            Command::Completions(arguments) => {
                completions::completions(arguments, Arguments::command())
            }
        }
    });
    done.unwrap_or_else(|error| {
        stderr::error(&error.to_string());
        ExitCode::FAILURE
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
