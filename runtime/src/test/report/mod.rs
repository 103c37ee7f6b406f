//! The report of a failing test: the server, the buckets with their contents, the last requests, and where to look next.

mod contents;
mod fate;
mod layout;
mod rows;

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use futures_util::future::join_all;
use tokio::time::Instant;

pub(crate) use self::fate::kept_for;
use self::{
    contents::Contents,
    layout::{Block, lay_out},
};
use super::buckets::{BucketGuard, Prepared};
use crate::{
    bucket::TestBucket,
    dump::Dump,
    gateway::RequestList,
    options::Settings,
    server::Server,
    words::{escaped, shortened, without_colours},
};

/// The number of lines, with that of the test's name.
const LINES: usize = 60;
/// The limit for everything that the server and the engine are asked for.
const LIMIT: Duration = Duration::from_secs(5);

/// One test that has ended.
pub(crate) struct Ended<'a> {
    /// The path of the function.
    pub(crate) path: &'static str,
    /// The folder of its package.
    pub(crate) package: &'a Path,
    pub(crate) failed: bool,
    /// The words with which it failed, if they are known.
    pub(crate) message: Option<String>,
    pub(crate) prepared: &'a Prepared,
    pub(crate) settings: &'a Settings,
    /// The parameters that each bucket belongs to.
    pub(crate) names: &'static [&'static str],
    /// All requests, if the test has a gateway.
    pub(crate) requests: Option<RequestList>,
}

/// Prints the block when it is dropped, which is after the panic's message where a panic drops it.
///
/// It uses the printing macros, so that the test harness shows the block with the failing test only.
pub(crate) struct Report(String);

impl Report {
    /// Says nothing of a test that has passed and whose buckets are deleted.
    pub(crate) async fn new(ended: &Ended<'_>) -> Option<Self> {
        let failed = ended.failed;
        let is_kept = |held: &BucketGuard| held.is_kept(failed);
        if !failed && !ended.prepared.buckets.iter().any(is_kept) {
            return None;
        }
        let deadline = Instant::now() + LIMIT;
        let server = &ended.prepared.server;
        if failed {
            server.check_alive().await;
        }
        let mut blocks = server_blocks(server);
        if failed && server.is_lost() {
            blocks.extend(end_of(server, deadline).await);
        }
        let buckets = buckets(ended);
        let contents = contents(ended, &buckets, deadline).await;
        let now = SystemTime::now();
        for (index, shown) in buckets.iter().enumerate() {
            let contents = contents.get(index);
            let fate = match contents.is_some_and(|contents| contents.is_missing) {
                true => ", which is not there any more: the test or the code that it calls has deleted it".to_owned(),
                false => fate::of(shown.held, ended),
            };
            blocks.push(Block::line(
                shown.label,
                format!(
                    "{}{}{fate}",
                    shown.bucket.name(),
                    of_parameter(shown.parameter)
                ),
            ));
            if let Some(contents) = contents.filter(|it| !it.is_missing) {
                blocks.extend(rows::of_contents(contents, now));
            }
        }
        if failed {
            blocks.extend(ended.requests.as_ref().map(rows::of_requests));
            blocks.extend(fate::advice(ended).map(|advice| Block::line("keep it", advice)));
            blocks.extend(dump(ended).await);
        }
        let how = if failed { "failed" } else { "passed" };
        let title = format!("s3-test: {} {how}", ended.path);
        Some(Self(lay_out(&title, &blocks, LINES)))
    }
}

fn server_blocks(server: &Server) -> Vec<Block> {
    let gone = if server.is_lost() {
        ", which is gone"
    } else {
        ""
    };
    let mut blocks = vec![
        Block::line("server", format!("{}{gone}", escaped(&server.description))),
        Block::line("endpoint", server.endpoint.clone()),
    ];
    // Only a server of s3-test's own has one, so these keys open nothing else.
    if let Some(url) = &server.console_url {
        let (access, secret) = (escaped(&server.access_key), escaped(&server.secret_key));
        let keys = format!("(access key {access}, secret key {secret})");
        blocks.push(Block::line("console", format!("{url} {keys}")));
    }
    blocks
}

/// Returns the last words of a server that is gone.
async fn end_of(server: &Server, deadline: Instant) -> Option<Block> {
    let end = tokio::time::timeout_at(deadline, server.end()).await;
    let end = end.ok().flatten()?;
    let code = match end.exit_code {
        Some(code) => format!("with exit code {code}"),
        None => "with an exit code that the engine did not tell".to_owned(),
    };
    let log: Vec<String> = end
        .log
        .iter()
        .map(|line| shortened(&without_colours(line)))
        .collect();
    let and = if log.is_empty() {
        ", and printed nothing"
    } else {
        "; the last lines of its log:"
    };
    Some(Block {
        total: log.len(),
        rows: log,
        ends_with_the_last: true,
        ..Block::line("ended", format!("{code}{and}"))
    })
}

/// A bucket in the report.
struct Shown<'a> {
    label: &'static str,
    bucket: TestBucket,
    /// The parameters that it belongs to.
    parameter: &'static str,
    held: &'a BucketGuard,
}

/// Returns the buckets of the test, each before its siblings.
fn buckets<'a>(ended: &Ended<'a>) -> Vec<Shown<'a>> {
    let mut buckets = Vec::new();
    for (index, held) in ended.prepared.buckets.iter().enumerate() {
        for (place, bucket) in held.bucket.with_siblings().into_iter().enumerate() {
            let (label, parameter) = match place {
                0 => (
                    "bucket",
                    ended.names.get(index).copied().unwrap_or_default(),
                ),
                _ => ("sibling", ""),
            };
            buckets.push(Shown {
                label,
                bucket,
                parameter,
                held,
            });
        }
    }
    buckets
}

/// Returns the contents of each bucket; nothing of a server that is gone, or where nobody asks for them.
async fn contents(ended: &Ended<'_>, buckets: &[Shown<'_>], deadline: Instant) -> Vec<Contents> {
    if !ended.failed || ended.prepared.server.is_lost() {
        return Vec::new();
    }
    let all = buckets.iter().map(|it| Contents::of(&it.bucket, deadline));
    join_all(all).await
}

/// Writes the dump that the option asks for, and returns the block that says where.
async fn dump(ended: &Ended<'_>) -> Option<Block> {
    let folder = ended.settings.dump.as_deref()?;
    let buckets = buckets(ended);
    let dump = Dump {
        folder,
        package: ended.package,
        path: ended.path,
        message: ended.message.clone(),
        server: &ended.prepared.server,
        buckets: buckets
            .iter()
            .map(|shown| (&shown.bucket, shown.parameter))
            .collect(),
        requests: ended.requests.as_ref(),
        limit: ended.settings.dump_limit,
    };
    Some(match dump.write().await {
        Ok(written) => Block {
            rows: written.missing.iter().map(|it| shortened(it)).collect(),
            total: written.missing.len(),
            ..Block::line("dump", written.page.display().to_string())
        },
        Err(error) => Block::line(
            "dump",
            format!("not written: {error}. Choose another folder (option `dump`)."),
        ),
    })
}

fn of_parameter(names: &str) -> String {
    match names {
        "" => String::new(),
        names if names.contains(", ") => format!(" (parameters {names})"),
        name => format!(" (parameter {name})"),
    }
}

impl Drop for Report {
    #[allow(clippy::print_stderr)]
    fn drop(&mut self) {
        eprint!("{}", self.0);
    }
}
