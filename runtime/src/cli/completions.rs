//! `s3-test completions`: the completions of a shell.

use std::process::ExitCode;

use clap::Args;
use clap_complete::Shell;

use super::output::{Outcome, print};

/// Print the completions for a shell.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  s3-test completions bash > ~/.local/share/bash-completion/completions/s3-test
  s3-test completions zsh > \"${fpath[1]}/_s3-test\"
  s3-test completions fish > ~/.config/fish/completions/s3-test.fish";

pub(super) fn completions(Arguments { shell }: Arguments, mut command: clap::Command) -> Outcome {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command, "s3-test", &mut text);
    // clap_complete (4.6.11) names a part of bash's functions differently where they are called, if the program's name has a
    // hyphen. In other shells' completions there is no such word.
    let text = String::from_utf8_lossy(&text).replace("s3__subcmd__test", "s3__test");
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}
