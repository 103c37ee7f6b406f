//! The check of a succeeding test for multipart uploads that it has left unfinished.

use super::buckets::Prepared;
use crate::{
    bucket::UnfinishedUpload,
    options::{Settings, UnfinishedUploads},
    words::{count, shortened},
};

/// The number of keys that the message names.
const SHOWN: usize = 20;

/// Looks for uploads in the buckets whose option `unfinished_uploads` asks for it. The error is the test's message.
pub(crate) async fn check(prepared: &Prepared, settings: &Settings) -> Result<(), String> {
    let mut left = Vec::new();
    for (held, settings) in prepared.buckets.iter().zip(&settings.buckets) {
        if settings.unfinished_uploads != UnfinishedUploads::Fail {
            continue;
        }
        for bucket in held.bucket.with_siblings() {
            let uploads = bucket.unfinished_uploads().await;
            let uploads = uploads.map_err(|error| {
                format!("{error} The option `unfinished_uploads = \"fail\"` asks for them.")
            })?;
            if !uploads.is_empty() {
                left.push(message(bucket.name(), &uploads));
            }
        }
    }
    match left.is_empty() {
        true => Ok(()),
        false => Err(left.join("\n")),
    }
}

fn message(bucket: &str, uploads: &[UnfinishedUpload]) -> String {
    let keys = uploads.iter().take(SHOWN).map(|it| shortened(it.key()));
    let mut keys: Vec<String> = keys.collect();
    if uploads.len() > SHOWN {
        keys.push(format!("and {} more", uploads.len() - SHOWN));
    }
    format!(
        "the test has left {} unfinished in the bucket `{bucket}`: {}. Complete or abort each, also after an error or when \
         a future is dropped: S3 bills the parts for ever (option `unfinished_uploads`).",
        count(uploads.len(), "multipart upload"),
        keys.join(", ")
    )
}
