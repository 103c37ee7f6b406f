//! Support for end-to-end tests: subjects (test binaries run as child processes), sandboxes (an environment in
//! which a subject shares its server with nobody else), and a look at Docker from outside.

mod client;
mod docker;
mod engine;
pub mod fault_kinds;
mod foreign;
mod image;
mod imports;
mod podman;
mod program;
pub mod registry;
mod report;
mod running;
mod sandbox;
mod server;
mod subject;

pub use client::{Answer, Client};
pub use docker::docker;
pub use engine::Engine;
pub use foreign::set_foreign_variables;
pub use image::Image;
pub use imports::Imports;
pub use podman::Podman;
pub use program::program;
pub use report::{report, stable, without_numbers};
pub use running::Running;
pub use sandbox::Sandbox;
pub use server::Server;
pub use subject::{Finished, Subject, cargo, target_directory, workspace};

use std::{fs::OpenOptions, io::Write};

use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use s3_test::TestBucket;

/// Does the work of most subjects: writes an object, reads it, lists it, and sees no other.
///
/// # Errors
///
/// Those of the store.
///
/// # Panics
///
/// When the bucket does not hold just what was written.
pub async fn round_trip(store: &dyn ObjectStore, content: &str) -> object_store::Result<()> {
    let path = Path::from(format!("folder/{content}"));
    store.put(&path, content.to_owned().into()).await?;
    assert_eq!(store.get(&path).await?.bytes().await?, content);
    let folder = store
        .list_with_delimiter(Some(&Path::from("folder")))
        .await?;
    let keys: Vec<_> = folder
        .objects
        .iter()
        .map(|object| &object.location)
        .collect();
    assert_eq!(keys, [&path]);
    Ok(())
}

/// The variable that names the file into which subjects write which buckets they were given.
pub const RECORD: &str = "SUITE_RECORD";

/// Writes the endpoint and the name of a bucket into the sandbox's record.
///
/// # Panics
///
/// When the record cannot be written.
pub fn record(bucket: &TestBucket) {
    let path = std::env::var(RECORD).expect("a sandbox sets the variable");
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .expect("the record opens");
    let line = format!("{} {}\n", bucket.endpoint(), bucket.name());
    file.write_all(line.as_bytes())
        .expect("the record is written");
}

/// Compiles the code of the repository's README and of the package's.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[doc = include_str!("../../runtime/README.md")]
mod readme {}
