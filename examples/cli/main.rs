//! A command-line program that keeps files in a bucket. It finds the bucket by the usual variables (`AWS_BUCKET`,
//! `AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID` and so on).
//!
//! ```text
//! store put FILE...     uploads files
//! store ls              lists what is there
//! store cat KEY         prints an object
//! ```
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line program prints its output"
)]

use std::{error::Error, io::Write, process::ExitCode};

use futures_util::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, aws::AmazonS3Builder, path::Path};

const USAGE: &str = "usage: store put FILE... | store ls | store cat KEY";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("store: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let store = AmazonS3Builder::from_env().build()?;
    match arguments {
        [command, files @ ..] if command == "put" && !files.is_empty() => {
            for file in files {
                let name = std::path::Path::new(file)
                    .file_name()
                    .ok_or_else(|| format!("{file} is no file"))?;
                let key = Path::from(name.to_string_lossy().as_ref());
                let content = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
                store.put(&key, content.into()).await?;
                println!("{key}");
            }
        }
        [command] if command == "ls" => {
            let mut objects: Vec<_> = store.list(None).try_collect().await?;
            objects.sort_by(|one, other| one.location.cmp(&other.location));
            for object in objects {
                println!("{} {}", object.size, object.location);
            }
        }
        [command, key] if command == "cat" => {
            let content = store.get(&Path::from(key.as_str())).await?.bytes().await?;
            std::io::stdout().write_all(&content)?;
        }
        _ => return Err(USAGE.into()),
    }
    Ok(())
}
