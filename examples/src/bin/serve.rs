//! Runs the embedded server by itself until Ctrl-C, for use with any S3 client.
//!
//! ```text
//! cargo run -p s3-test-examples --bin serve -- --port 9000 --user KEY:SECRET --user KEY2:SECRET2
//! ```

#![allow(
    clippy::print_stdout,
    reason = "a command-line program prints its output"
)]

use s3_test::embedded::{Server, ServerBuilder};
use std::{error::Error, process::ExitCode};
use tokio::runtime::Handle;

const USAGE: &str =
    "usage: serve [--port PORT] [--region REGION] --user KEY:SECRET [--user KEY:SECRET ...]";

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}\n{USAGE}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let server = from_arguments(std::env::args().skip(1))?.start(&Handle::current())?;
    println!(
        "listening on {}; Ctrl-C stops it, and everything in it is gone",
        server.endpoint()
    );
    tokio::signal::ctrl_c().await?;
    Ok(())
}

fn from_arguments(
    mut arguments: impl Iterator<Item = String>,
) -> Result<ServerBuilder, Box<dyn Error>> {
    let (mut builder, mut users) = (Server::builder(), 0);
    while let Some(option) = arguments.next() {
        let value = arguments
            .next()
            .ok_or_else(|| format!("{option} needs a value"))?;
        builder = match option.as_str() {
            "--port" => builder.port(
                value
                    .parse()
                    .map_err(|_| format!("{value} is not a port"))?,
            ),
            "--region" => builder.region(value),
            "--user" => {
                let (key, secret) = value
                    .split_once(':')
                    .ok_or_else(|| format!("{value} is not KEY:SECRET"))?;
                users += 1;
                builder.user(key, secret)
            }
            _ => return Err(format!("unknown option {option}").into()),
        };
    }
    if users == 0 {
        return Err("without a user nobody could create a bucket".into());
    }
    Ok(builder)
}
