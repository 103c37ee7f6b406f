//! `s3-test down`: removes this user's containers.

use std::process::ExitCode;

use clap::Args;

use super::{
    kept,
    output::{Outcome, print},
};
use crate::{process::stderr, server::survey::Survey};

/// Remove this user's containers, with the buckets that were kept in them.
///
/// Containers of other users, and those that s3-test did not start, are left alone. So is one that somebody uses, unless
/// `--force` is given.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// Remove containers that are in use as well. Tests that use them fail.
    #[arg(long)]
    force: bool,
}

pub(super) async fn down(Arguments { force }: Arguments) -> Outcome {
    let survey = Survey::begin().await?;
    let containers = survey.containers().await?;
    let mut in_use = false;
    for container in &containers {
        let name = &container.name;
        match container.connections {
            Some(count) if count > 0 && !force => {
                in_use = true;
                stderr::warn(&format!(
                    "{name} is in use ({count} open connections) and stays. Wait for the tests that use it, or remove it \
                     all the same with `s3-test down --force`."
                ));
                continue;
            }
            _ => {}
        }
        let kept = kept::names(container);
        survey.remove(container).await?;
        let with = match kept.len() {
            0 => String::new(),
            _ => format!(", with the kept buckets {}", kept.join(", ")),
        };
        print(&format!("removed {name}{with}\n"))?;
    }
    if containers.is_empty() {
        print("No server runs.\n")?;
    }
    Ok(if in_use {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
