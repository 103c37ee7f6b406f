//! `s3-test ls`: lists kept buckets, and the objects in one of them.

use std::{process::ExitCode, sync::Arc};

use clap::Args;
use futures_util::TryStreamExt;
use object_store::{ObjectMeta, ObjectStore};

use super::{
    kept,
    output::{Outcome, print},
};
use crate::{
    bucket::{Siblings, TestBucket},
    process::stderr,
    server::{Server, survey::Survey},
};

/// List the buckets that tests kept, or the objects in one of them.
///
/// A container has kept buckets for as long as it runs. Buckets that were kept on an external service are listed by that
/// service's own tools.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A kept bucket, whose objects are listed.
    bucket: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  S3_TEST_KEEP=on-failure S3_TEST_IDLE_TIMEOUT=1h cargo test
  s3-test ls
  s3-test ls test-bucket-upload-round-trip-0a1b2c3d";

pub(super) async fn ls(Arguments { bucket }: Arguments) -> Outcome {
    let containers = Survey::begin().await?.containers().await?;
    let mut found = Vec::new();
    for container in &containers {
        if let Some(server) = &container.server {
            let names = kept::names(container).into_iter();
            found.extend(names.map(|name| look_at(&name, server)));
        }
    }
    let Some(name) = bucket else {
        return list(&found).await;
    };
    let Some(bucket) = found.iter().find(|bucket| bucket.name() == name) else {
        return Err(format!("no kept bucket is called `{name}`: `s3-test ls` lists them.").into());
    };
    let mut text = String::new();
    for object in objects(bucket).await? {
        let (size, date) = (
            object.size,
            object.last_modified.format("%Y-%m-%d %H:%M:%S"),
        );
        text.push_str(&format!("{size:>12}  {date}  {}\n", object.location));
    }
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Returns a handle on a bucket that no test uses.
fn look_at(name: &str, server: &Arc<Server>) -> TestBucket {
    TestBucket::new(name, server.clone(), Siblings::new(name, "s3-test ls"))
}

async fn list(found: &[TestBucket]) -> Outcome {
    let mut text = String::new();
    for bucket in found {
        let objects = objects(bucket).await?;
        let size: u64 = objects.iter().map(|object| object.size).sum();
        text.push_str(&format!(
            "{}  {} objects, {size} B, at {}\n",
            bucket.name(),
            objects.len(),
            bucket.endpoint()
        ));
    }
    if found.is_empty() {
        // Scripts read names from the standard output.
        stderr::note(
            "no bucket is kept. S3_TEST_KEEP=on-failure keeps those of tests that fail, and S3_TEST_IDLE_TIMEOUT=1h their \
             server.",
        );
    }
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

async fn objects(bucket: &TestBucket) -> object_store::Result<Vec<ObjectMeta>> {
    bucket.store()?.list(None).try_collect().await
}
