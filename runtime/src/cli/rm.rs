//! `s3-test rm`: deletes kept buckets.

use std::process::ExitCode;

use clap::Args;

use super::{
    kept,
    output::{Outcome, print},
};
use crate::{
    bucket::ownership,
    process::stderr,
    server::survey::Survey,
    state::{StateDirectory, bucket_lock},
};

/// Delete buckets that tests kept. No other bucket is touched.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// The kept buckets to delete.
    #[arg(required_unless_present = "all")]
    buckets: Vec<String>,

    /// Delete all kept buckets.
    #[arg(long, conflicts_with = "buckets")]
    all: bool,
}

pub(super) async fn rm(Arguments { buckets, all }: Arguments) -> Outcome {
    let containers = Survey::begin().await?.containers().await?;
    let state = StateDirectory::open()?;
    let mut missing = buckets;
    let mut failed = false;
    for container in &containers {
        let Some(server) = &container.server else {
            continue;
        };
        for name in kept::names(container) {
            if !all && !missing.contains(&name) {
                continue;
            }
            missing.retain(|asked| *asked != name);
            let Some(lock) = bucket_lock::try_take(&container.identity, &name, state) else {
                stderr::warn(&format!(
                    "a test uses the bucket `{name}` now, so it stays."
                ));
                failed = true;
                continue;
            };
            match ownership::remove(server, &name, lock).await {
                Ok(()) => print(&format!("deleted {name}\n"))?,
                Err(problem) => {
                    stderr::warn(&problem);
                    failed = true;
                }
            }
        }
    }
    for name in &missing {
        stderr::warn(&format!(
            "no kept bucket is called `{name}`: `s3-test ls` lists them."
        ));
    }
    let failed = failed || !missing.is_empty();
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
