//! The fate of a bucket after its test, and the way to another one.

use std::time::Duration;

use humantime::format_duration;

use super::Ended;
use crate::{
    Backend,
    options::{Keep, Settings},
    server::Server,
    test::buckets::BucketGuard,
};

/// An idle timeout beyond it means for ever (`TESTCONTAINERS_COMMAND=keep`).
const A_YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
/// An idle timeout that leaves a person the time to look into a bucket.
const TIME_TO_LOOK: Duration = Duration::from_secs(10 * 60);

/// Returns the end of the sentence that begins with the bucket's name.
pub(super) fn of(held: &BucketGuard, ended: &Ended<'_>) -> String {
    let server = &ended.prepared.server;
    if held.is_to_be_kept(ended.failed) {
        return kept_for(server, ended.settings.server.idle_timeout);
    }
    match server.backend {
        _ if server.is_lost() => ", gone with its server".to_owned(),
        Backend::Embedded => ", gone with its server when the test ends".to_owned(),
        Backend::Container | Backend::External => ", deleted when the test ends".to_owned(),
    }
}

/// Says for how long a kept bucket is there.
pub(crate) fn kept_for(server: &Server, idle_timeout: Duration) -> String {
    match server.backend {
        _ if server.is_lost() => ", not kept: it is gone with its server".to_owned(),
        Backend::External => ", kept until somebody deletes it".to_owned(),
        Backend::Embedded => ", not kept: the embedded server ends with its test".to_owned(),
        Backend::Container if idle_timeout > A_YEAR => ", kept as long as its container".to_owned(),
        Backend::Container => format!(
            ", kept until {} after the last test (S3_TEST_IDLE_TIMEOUT)",
            format_duration(idle_timeout)
        ),
    }
}

/// Returns the command that runs the test again and keeps its buckets if it fails.
pub(super) fn advice(ended: &Ended<'_>) -> Option<String> {
    let server = &ended.prepared.server;
    let is_kept = |held: &BucketGuard| held.is_kept(ended.failed);
    if server.is_lost() || ended.prepared.buckets.iter().all(is_kept) {
        return None;
    }
    let variables = match server.backend {
        Backend::Embedded if ended.settings.dump.is_some() => return None,
        // It keeps nothing, but a dump does.
        Backend::Embedded => "S3_TEST_DUMP=target/s3-test".to_owned(),
        Backend::External => keep(ended.settings)?.to_owned(),
        Backend::Container if ended.settings.server.idle_timeout >= TIME_TO_LOOK => {
            keep(ended.settings)?.to_owned()
        }
        Backend::Container => {
            let long = format_duration(TIME_TO_LOOK).to_string();
            format!("{} S3_TEST_IDLE_TIMEOUT={long}", keep(ended.settings)?)
        }
    };
    Some(format!("{variables} {}", again(ended.path)))
}

/// Returns the variable that keeps buckets, unless the attribute says otherwise, which is stronger.
fn keep(settings: &Settings) -> Option<&'static str> {
    let says_never = settings
        .buckets
        .iter()
        .any(|bucket| bucket.keep == Keep::Never && bucket.keep_is_inline);
    (!says_never).then_some("S3_TEST_KEEP=on-failure")
}

/// Returns the command that runs the test again, in the words of the runner that runs it now.
fn again(path: &str) -> String {
    let name = path.split_once("::").map_or(path, |(_crate, name)| name);
    match std::env::var_os("NEXTEST") {
        Some(_) => format!("cargo nextest run {name}"),
        None => format!("cargo test -- --exact {name}"),
    }
}
