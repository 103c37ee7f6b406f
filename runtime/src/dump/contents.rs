//! Downloads a bucket into a folder.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Write,
    path::Path,
};

use futures_util::{StreamExt, stream};
use http::{HeaderMap, header};
use tokio::time::{Instant, timeout_at};

use super::{
    manifest::{Bucket, Object, Upload, Version},
    names::Names,
};
use crate::{
    bucket::TestBucket,
    s3::{Admin, Entry, Failure, List, Pages, object_path, tags_in},
    words::size,
};

const REQUESTS_AT_ONCE: usize = 16;
const NO_TIME: &str = "there was no time for it";
/// Headers that are stored with an object, besides its type.
const STORED: [header::HeaderName; 5] = [
    header::CACHE_CONTROL,
    header::CONTENT_DISPOSITION,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::EXPIRES,
];

/// What is to be downloaded, and how much of it.
pub(super) struct Download<'a> {
    pub(super) bucket: &'a TestBucket,
    pub(super) parameter: &'a str,
    /// The folder of the dump.
    pub(super) root: &'a Path,
    /// The folder of the bucket, relative to that of the dump.
    pub(super) folder: String,
    /// The bytes that are written.
    pub(super) limit: u64,
    pub(super) deadline: Instant,
}

impl Download<'_> {
    /// Downloads what the server gives in time, and says what is missing.
    pub(super) async fn run(self) -> Bucket {
        let mut told = Bucket {
            name: self.bucket.name().to_owned(),
            parameter: self.parameter.to_owned(),
            folder: self.folder.clone(),
            ..Bucket::default()
        };
        let objects = self.list(List::Objects, "objects", &mut told).await;
        let path = format!("{}?versioning", told.name);
        if let Ok(Ok(configuration)) = timeout_at(self.deadline, self.admin().get(&path)).await
            && configuration.contains("<Status>")
        {
            let versions = self.list(List::Versions, "versions", &mut told).await;
            told.versions = versions.into_iter().map(version).collect();
        }
        let uploads = self
            .list(List::Uploads, "unfinished uploads", &mut told)
            .await;
        told.unfinished_uploads = uploads.into_iter().map(upload).collect();

        let mut names = Names::default();
        let mut left = self.limit;
        let planned = objects.into_iter().map(|entry| {
            let bytes = entry.size.unwrap_or_default();
            let fits = bytes <= left;
            if fits {
                left -= bytes;
            }
            let file = format!("{}/{}", self.folder, names.of(&entry.key));
            (entry, fits.then_some(file))
        });
        let planned: Vec<_> = planned.collect();
        let downloads = planned
            .into_iter()
            .map(|(entry, file)| self.object(entry, file));
        let objects = stream::iter(downloads).buffered(REQUESTS_AT_ONCE);
        told.objects = objects.collect().await;
        told.missing.extend(missing(&told.objects));
        told
    }

    fn admin(&self) -> &Admin {
        &self.bucket.server().admin
    }

    /// Lists as far as there is time.
    async fn list(&self, list: List, noun: &str, told: &mut Bucket) -> Vec<Entry> {
        let mut all = Vec::new();
        let mut pages = Pages::new(self.admin(), self.bucket.name(), list);
        let problem = loop {
            match timeout_at(self.deadline, pages.next()).await {
                Ok(Ok(Some(page))) => all.extend(page),
                Ok(Ok(None)) => return all,
                Ok(Err(failure)) => break failure.to_string(),
                Err(_elapsed) => break NO_TIME.to_owned(),
            }
        };
        let some = if all.is_empty() { "" } else { "more " };
        told.missing
            .push(format!("no {some}{noun} were listed: {problem}"));
        all
    }

    /// Downloads one object into `file`, or only what is said of it where there is none.
    async fn object(&self, entry: Entry, file: Option<String>) -> Object {
        let mut object = Object {
            size: entry.size.unwrap_or_default(),
            etag: entry.etag.map(|etag| etag.trim_matches('"').to_owned()),
            last_modified: entry.last_modified,
            storage_class: entry.storage_class,
            key: entry.key,
            ..Object::default()
        };
        let path = object_path(self.bucket.name(), &object.key);
        let headers = match &file {
            Some(file) => timeout_at(self.deadline, self.write(&path, file)).await,
            None => {
                object.not_written = Some(format!(
                    "it is beyond the limit of {} for a bucket (option `dump_limit`)",
                    size(self.limit)
                ));
                let head = self.admin().head(&path);
                let head = timeout_at(self.deadline, head).await;
                head.map(|head| head.map_err(|failure| failure.to_string()))
            }
        };
        match headers {
            Ok(Ok(headers)) => {
                stored(&headers, &mut object);
                object.file = file;
            }
            Ok(Err(problem)) => object.not_written = Some(problem),
            Err(_elapsed) => object.not_written = Some(NO_TIME.to_owned()),
        }
        if object.not_written.as_deref() != Some(NO_TIME) {
            let path = format!("{path}?tagging");
            if let Ok(Ok(document)) = timeout_at(self.deadline, self.admin().get(&path)).await {
                object.tags = tags_in(&document).unwrap_or_default().into_iter().collect();
            }
        }
        object
    }

    async fn write(&self, path: &str, file: &str) -> Result<HeaderMap, String> {
        let response = self.admin().open(path).await;
        let response = response.map_err(|failure: Failure| failure.to_string())?;
        let (parts, body) = response.into_parts();
        let target = self.root.join(file);
        let mut target = create(&target).map_err(|error| error.to_string())?;
        let mut chunks = body.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| crate::s3::innermost(&error))?;
            target
                .write_all(&chunk)
                .map_err(|error| error.to_string())?;
        }
        Ok(parts.headers)
    }
}

fn create(file: &Path) -> std::io::Result<File> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    File::create_new(file)
}

/// Takes what was stored with an object from the headers of an answer.
fn stored(headers: &HeaderMap, object: &mut Object) {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    object.content_type = headers.get(header::CONTENT_TYPE).map(text);
    let others = STORED.iter().filter_map(|name| {
        let value = headers.get(name)?;
        Some((name.to_string(), text(value)))
    });
    object.headers = others.collect();
    let metadata = headers.iter().filter_map(|(name, value)| {
        let name = name.as_str().strip_prefix("x-amz-meta-")?;
        Some((name.to_owned(), text(value)))
    });
    object.metadata = metadata.collect();
}

fn version(entry: Entry) -> Version {
    Version {
        is_latest: entry.is_latest == Some(true),
        is_delete_marker: entry.is_delete_marker,
        etag: entry.etag.map(|etag| etag.trim_matches('"').to_owned()),
        size: entry.size.filter(|_| !entry.is_delete_marker),
        key: entry.key,
        version_id: entry.version_id,
        last_modified: entry.last_modified,
    }
}

fn upload(entry: Entry) -> Upload {
    Upload {
        key: entry.key,
        upload_id: entry.upload_id.unwrap_or_default(),
        initiated: entry.initiated,
    }
}

/// Returns a sentence for each reason why objects have no file.
fn missing(objects: &[Object]) -> Vec<String> {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for reason in objects.iter().filter_map(|it| it.not_written.as_deref()) {
        *reasons.entry(reason).or_default() += 1;
    }
    let sentences = reasons.into_iter().map(|(reason, number)| match number {
        1 => format!("the content of 1 object was not written: {reason}"),
        _ => format!("the contents of {number} objects were not written: {reason}"),
    });
    sentences.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_counted_by_reason() {
        let object = |reason: Option<&str>| Object {
            not_written: reason.map(str::to_owned),
            ..Object::default()
        };
        let objects = [
            object(None),
            object(Some("x")),
            object(Some("y")),
            object(Some("x")),
        ];
        assert_eq!(
            missing(&objects),
            [
                "the contents of 2 objects were not written: x",
                "the content of 1 object was not written: y"
            ]
        );
    }
}
