//! A dump: a folder with everything about a failing test, for a person who looks later and elsewhere.
//!
//! It has the objects of the test's buckets, `manifest.json` about them, the requests as `requests.jsonl` and
//! `requests.har`, and `index.html`, which shows all of it.

mod contents;
mod folder;
mod manifest;
mod markup;
mod names;
mod page;
mod requests;

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use humantime::format_rfc3339_seconds;
use tokio::time::Instant;

use self::{
    contents::Download,
    manifest::{Bucket, Manifest},
};
use crate::{bucket::TestBucket, gateway::RequestList, server::Server};

/// The limit for all downloads.
const LIMIT: Duration = Duration::from_secs(30);
/// The version of the manifest.
const FORMAT: u32 = 1;

/// A test that is to be dumped.
pub(crate) struct Dump<'a> {
    /// The option `dump`.
    pub(crate) folder: &'a str,
    /// The folder of the test's package.
    pub(crate) package: &'a Path,
    /// The path of the function.
    pub(crate) path: &'a str,
    /// The words with which it failed, if they are known.
    pub(crate) message: Option<String>,
    pub(crate) server: &'a Server,
    /// The buckets, each with the parameters that it belongs to.
    pub(crate) buckets: Vec<(&'a TestBucket, &'a str)>,
    /// All requests, if the test has a gateway.
    pub(crate) requests: Option<&'a RequestList>,
    /// The bytes of objects that are written for each bucket.
    pub(crate) limit: u64,
}

/// A dump that was written.
pub(crate) struct Written {
    /// The page to look at.
    pub(crate) page: PathBuf,
    /// What is missing, one sentence for each reason.
    pub(crate) missing: Vec<String>,
}

impl Dump<'_> {
    /// Writes the dump.
    ///
    /// # Errors
    ///
    /// Those of the file system. What the server does not give is only missing.
    pub(crate) async fn write(self) -> io::Result<Written> {
        let all = folder::of_all(self.folder, self.package);
        let attempt = folder::attempt();
        let root = folder::make(&all, self.path, attempt)?;
        let manifest = Manifest {
            format: FORMAT,
            test: self.path.to_owned(),
            attempt,
            date: format_rfc3339_seconds(SystemTime::now()).to_string(),
            server: self.server.description.clone(),
            endpoint: self.server.endpoint.clone(),
            buckets: self.buckets(&root).await,
            message: self.message,
        };
        let text = serde_json::to_string_pretty(&manifest).map_err(io::Error::other)?;
        fs::write(root.join("manifest.json"), text + "\n")?;
        if let Some(requests) = self.requests {
            let endpoint = &self.server.endpoint;
            let lines = requests::json_lines(requests, endpoint);
            fs::write(root.join("requests.jsonl"), lines)?;
            fs::write(root.join("requests.har"), requests::har(requests, endpoint))?;
        }
        let page = root.join("index.html");
        fs::write(&page, page::html(&manifest, self.requests, &root))?;
        let missing = manifest.buckets.iter().flat_map(|bucket| {
            let of_bucket = |reason| format!("{}: {reason}", bucket.name);
            bucket.missing.iter().map(of_bucket)
        });
        Ok(Written {
            missing: missing.collect(),
            page,
        })
    }

    /// Downloads the buckets, one after the other.
    async fn buckets(&self, root: &Path) -> Vec<Bucket> {
        let deadline = Instant::now() + LIMIT;
        let mut buckets = Vec::new();
        for (bucket, parameter) in &self.buckets {
            let name = bucket.name();
            if self.server.is_lost() {
                buckets.push(Bucket {
                    name: name.to_owned(),
                    parameter: (*parameter).to_owned(),
                    missing: vec!["the server was gone with everything in it".to_owned()],
                    ..Bucket::default()
                });
                continue;
            }
            let download = Download {
                bucket,
                parameter,
                root,
                // Names of buckets are names of files: lowercase letters, digits, hyphens and dots inside.
                folder: format!("buckets/{name}"),
                limit: self.limit,
                deadline,
            };
            buckets.push(download.run().await);
        }
        buckets
    }
}
