//! `s3-test status`: shows this user's containers.

use std::{fmt::Write, process::ExitCode, time::Duration};

use clap::Args;
use humantime::format_duration;

use super::{
    kept,
    output::{Outcome, age, print},
};
use crate::server::survey::{Found, Survey};

/// Show this user's containers: where they answer, who uses them, and the buckets that were kept in them.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {}

pub(super) async fn status(_: Arguments) -> Outcome {
    let survey = Survey::begin().await?;
    let containers = survey.containers().await?;
    let mut text = String::new();
    for container in &containers {
        describe(container, &mut text)?;
    }
    if containers.is_empty() {
        text.push_str("No server runs. A test, `s3-test up` or `s3-test run` starts one.\n");
    }
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn describe(container: &Found, text: &mut String) -> std::fmt::Result {
    writeln!(text, "{}  {}", container.name, container.image)?;
    match &container.server {
        Some(server) => {
            writeln!(text, "  endpoint  {}", server.endpoint)?;
            if let Some(url) = &server.console_url {
                let (user, password) = (&server.access_key, &server.secret_key);
                writeln!(text, "  console   {url} (user {user}, password {password})")?;
            }
        }
        None => writeln!(text, "  endpoint  none: the container does not run")?,
    }
    writeln!(text, "  age       {}", age(container.created))?;
    writeln!(text, "  leases    {}", leases(container))?;
    let kept = kept::names(container);
    if !kept.is_empty() {
        writeln!(text, "  kept      {}", kept.join(", "))?;
    }
    Ok(())
}

fn leases(container: &Found) -> String {
    let Some(idle_timeout) = container.idle_timeout else {
        return "unknown: the image has no shell, and the last process removes the container"
            .to_owned();
    };
    // Longer ones mean for ever.
    let goes = if idle_timeout > Duration::from_secs(365 * 24 * 3600) {
        "stays for ever".to_owned()
    } else {
        format!(
            "goes {} after the last one (or later, if a process asked for more)",
            format_duration(idle_timeout)
        )
    };
    match container.connections {
        Some(1) => format!("1 open connection; {goes}"),
        Some(count) => format!("{count} open connections; {goes}"),
        None => format!("unknown; {goes}"),
    }
}
