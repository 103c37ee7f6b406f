//! What a failing test prints after its own message: which server answered, and where to look.

use std::time::Duration;

use humantime::format_duration;

use crate::{
    Backend,
    options::Settings,
    prepare::{Held, Prepared},
    server::Server,
};

/// Prints the block when it is dropped, which is after the panic's message where a panic drops it.
///
/// It uses the printing macros, so that the test harness shows the block with the failing test only.
pub(crate) struct Report(String);

impl Report {
    /// Says nothing of a test that has passed and whose buckets are deleted.
    pub(crate) fn new(
        test_path: &str,
        failed: bool,
        prepared: &Prepared,
        settings: &Settings,
    ) -> Option<Self> {
        let is_kept = |held: &Held| held.is_kept(failed);
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
            let kept = if is_kept(held) {
                kept(server, settings.server.idle_timeout)
            } else {
                String::new()
            };
            rows.push(("bucket", format!("{}{kept}", held.bucket.name())));
        }
        let rows = rows
            .iter()
            .map(|(name, value)| format!("  {name:<9} {value}\n"));
        let rows = rows.collect::<String>();
        let how = if failed { "failed" } else { "passed" };
        Some(Self(format!("s3-test: {test_path} {how}\n{rows}")))
    }
}

/// For how long a kept bucket is there.
fn kept(server: &Server, idle_timeout: Duration) -> String {
    match server.backend {
        Backend::External => ", kept until somebody deletes it".to_owned(),
        _ => format!(
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
