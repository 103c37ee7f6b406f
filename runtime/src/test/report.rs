//! The report of a failing test: the server, the bucket, and where to look.

use std::time::Duration;

use humantime::format_duration;
use object_store::list::{PaginatedListOptions, PaginatedListStore};
use tokio::time::timeout;

use super::buckets::{BucketGuard, Prepared};
use crate::{Backend, TestBucket, options::Settings, server::Server};

/// The number of objects of a bucket that the report shows.
const SHOWN: usize = 5;
/// An idle timeout beyond it means for ever (`TESTCONTAINERS_COMMAND=keep`).
const A_YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
/// The limit for listing them.
const LIST_LIMIT: Duration = Duration::from_secs(2);

/// Prints the block when it is dropped, which is after the panic's message where a panic drops it.
///
/// It uses the printing macros, so that the test harness shows the block with the failing test only.
pub(crate) struct Report(String);

impl Report {
    /// Says nothing of a test that has passed and whose buckets are deleted.
    pub(crate) async fn new(
        test_path: &str,
        failed: bool,
        prepared: &Prepared,
        settings: &Settings,
    ) -> Option<Self> {
        let is_kept = |held: &BucketGuard| held.is_kept(failed);
        if !failed && !prepared.buckets.iter().any(is_kept) {
            return None;
        }
        let server = &prepared.server;
        let gone = if server.is_lost() {
            ", which is gone"
        } else {
            ""
        };
        let mut rows = vec![
            ("server", format!("{}{gone}", server.description)),
            ("endpoint", server.endpoint.clone()),
        ];
        rows.extend(server.console_url.clone().map(|url| ("console", url)));
        for held in &prepared.buckets {
            let kept = if held.is_to_be_kept(failed) {
                kept_for(server, settings.server.idle_timeout)
            } else {
                String::new()
            };
            rows.push(("bucket", format!("{}{kept}", held.bucket.name())));
            if !server.is_lost()
                && let Some(objects) = objects(&held.bucket).await
            {
                rows.push(("objects", objects));
            }
            for sibling in held.bucket.siblings().names() {
                rows.push(("sibling", format!("{sibling}{kept}")));
            }
        }
        let rows = rows
            .iter()
            .map(|(name, value)| format!("  {name:<9} {value}\n"));
        let rows = rows.collect::<String>();
        let how = if failed { "failed" } else { "passed" };
        Some(Self(format!("s3-test: {test_path} {how}\n{rows}")))
    }
}

/// The first objects of a bucket; nothing where the server does not tell.
async fn objects(bucket: &TestBucket) -> Option<String> {
    let store = bucket.store().ok()?;
    let first = PaginatedListOptions {
        max_keys: Some(SHOWN + 1),
        ..PaginatedListOptions::default()
    };
    let listed = timeout(LIST_LIMIT, store.list_paginated(None, first)).await;
    let objects = listed.ok()?.ok()?.result.objects;
    let shown = objects
        .iter()
        .take(SHOWN)
        .map(|object| format!("{} ({} B)", object.location, object.size));
    let mut shown: Vec<String> = shown.collect();
    if objects.len() > SHOWN {
        shown.push("and more".to_owned());
    }
    Some(if shown.is_empty() {
        "none".to_owned()
    } else {
        shown.join(", ")
    })
}

/// Says for how long a kept bucket is there.
pub(crate) fn kept_for(server: &Server, idle_timeout: Duration) -> String {
    match server.backend {
        Backend::External => ", kept until somebody deletes it".to_owned(),
        Backend::Embedded => ", not kept: the embedded server ends with its test".to_owned(),
        Backend::Container if idle_timeout > A_YEAR => ", kept as long as its container".to_owned(),
        Backend::Container => format!(
            ", kept until {} after the last test (S3_TEST_IDLE_TIMEOUT)",
            format_duration(idle_timeout)
        ),
    }
}

impl Drop for Report {
    #[allow(clippy::print_stderr)]
    fn drop(&mut self) {
        eprint!("{}", self.0);
    }
}
