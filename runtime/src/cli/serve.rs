//! `s3-test serve`: runs the embedded server by itself.

use std::process::ExitCode;

use clap::Args;
use s3_test_embedded::Server;

use super::{
    output::{Outcome, print},
    settings::settings,
    signals::Signals,
};
use crate::process::background;

/// Run the embedded server by itself, for any S3 client, until Ctrl-C. Everything is in memory, and gone with it.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The port on 127.0.0.1. [default: any free one]
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    port: u16,

    /// The region of buckets that are created without one. [default: the option `region`]
    #[arg(long)]
    region: Option<String>,

    /// A user, who owns the buckets that it creates. It may be given several times. [default: the options `access_key` and
    /// `secret_key`]
    #[arg(long, value_name = "KEY:SECRET", value_parser = user)]
    user: Vec<(String, String)>,

    /// A bucket of the first user that is there from the start. It may be given several times.
    #[arg(long, value_name = "NAME", value_parser = bucket)]
    bucket: Vec<String>,
}

const EXAMPLES: &str = "\
Examples:
  s3-test serve --port 9000 --bucket uploads
  s3-test serve --user writer:writersecret --user reader:readersecret";

fn user(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((key, secret)) if !key.is_empty() && !secret.is_empty() => {
            Ok((key.to_owned(), secret.to_owned()))
        }
        _ => Err(
            "write an access key, a colon and a secret key, as in `--user KEY:SECRET`".to_owned(),
        ),
    }
}

fn bucket(name: &str) -> Result<String, String> {
    match s3_test_options::bucket(name) {
        problems if problems.is_empty() => Ok(name.to_owned()),
        problems => Err(problems.join("; ")),
    }
}

pub(super) async fn serve(arguments: Arguments) -> Outcome {
    let options = settings()?.server;
    let mut users = arguments.user;
    if users.is_empty() {
        users.push((options.access_key, options.secret_key));
    }
    let region = arguments.region.unwrap_or(options.region);
    let mut builder = Server::builder().port(arguments.port).region(region);
    for (key, secret) in &users {
        builder = builder.user(key, secret);
    }
    let server = builder.start(background::handle()).map_err(|error| {
        format!(
            "nothing can listen on port {} of 127.0.0.1: {error}. Name another one (`--port`), or leave it out for any \
             free one.",
            arguments.port
        )
    })?;
    for bucket in &arguments.bucket {
        server.create_bucket(&users[0].0, bucket)?;
    }
    print(&format!(
        "listening on {}; Ctrl-C stops it, and everything in it is gone\n",
        server.endpoint()
    ))?;
    Signals::end().await?;
    Ok(ExitCode::SUCCESS)
}
