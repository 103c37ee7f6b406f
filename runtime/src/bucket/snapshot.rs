//! The contents of a bucket as text.

use std::{fmt::Write as _, pin::Pin};

use futures_util::{StreamExt, TryStreamExt, stream};
use http::{HeaderMap, header::CONTENT_TYPE};

use super::{TestBucket, inspect::unread};
use crate::{
    error::opaque,
    process::background,
    s3::{Entry, List, Pages, object_path},
    words::escaped,
};

const REQUESTS_AT_ONCE: usize = 16;
/// The beginning of the headers that hold a user's metadata.
const METADATA: &str = "x-amz-meta-";

/// A snapshot that is to be taken: see [`TestBucket::snapshot`].
#[derive(Debug, Clone)]
#[must_use = "a snapshot is taken when it is awaited"]
pub struct Snapshot {
    bucket: TestBucket,
    etags: bool,
}

impl Snapshot {
    /// Shows the objects' ETags too. They are the same in every run for objects that are put in one request without encryption.
    ///
    /// ```
    /// use s3_test::{TestBucket, s3_test};
    ///
    /// #[s3_test(backend = "embedded")]
    /// async fn with_etags(bucket: TestBucket) -> Result<(), Box<dyn std::error::Error>> {
    ///     use object_store::{ObjectStoreExt, path::Path};
    ///
    ///     bucket.store()?.put(&Path::from("greeting"), "hello".into()).await?;
    ///     let snapshot = bucket.snapshot().etags().await?;
    ///     assert!(snapshot.contains("etag=5d41402abc4b2a76b9719d911017c592"));
    ///     Ok(())
    /// }
    /// ```
    pub fn etags(mut self) -> Self {
        self.etags = true;
        self
    }

    async fn take(self) -> Result<String, opaque::Error> {
        let (admin, name, etags) = (&self.bucket.server().admin, self.bucket.name(), self.etags);
        let objects = Pages::new(admin, name, List::Objects).all().await;
        let mut objects = objects.map_err(|failure| unread(name, "its objects", &failure))?;
        // Servers list in this order, but not all of them say so.
        objects.sort_by(|one, other| one.key.cmp(&other.key));
        let lines = stream::iter(objects.into_iter().map(|object| async move {
            let path = object_path(name, &object.key);
            let headers = admin.head(&path).await.map_err(|failure| {
                let asked_for = format!("the object `{}`", escaped(&object.key));
                unread(name, &asked_for, &failure)
            })?;
            Ok(line(&object, &headers, etags))
        }));
        lines.buffered(REQUESTS_AT_ONCE).try_collect().await
    }
}

impl IntoFuture for Snapshot {
    type Output = Result<String, opaque::Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        // On the background runtime, whose clock nobody pauses.
        let taken = background::handle().spawn(self.take());
        Box::pin(async {
            taken
                .await
                .unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
        })
    }
}

fn line(object: &Entry, headers: &HeaderMap, etags: bool) -> String {
    let text = |value: &http::HeaderValue| escaped(&String::from_utf8_lossy(value.as_bytes()));
    let size = object.size.unwrap_or_default();
    let mut line = format!("{} ({size} B", escaped(&object.key));
    if let Some(content_type) = headers.get(CONTENT_TYPE) {
        let _ = write!(line, ", {}", text(content_type));
    }
    let metadata = headers.iter().filter_map(|(name, value)| {
        let name = name.as_str().strip_prefix(METADATA)?;
        Some(format!(", {name}=\"{}\"", text(value)))
    });
    let mut metadata: Vec<String> = metadata.collect();
    metadata.sort_unstable();
    line.push_str(&metadata.concat());
    if let (true, Some(etag)) = (etags, &object.etag) {
        let _ = write!(line, ", etag={}", escaped(etag.trim_matches('"')));
    }
    line + ")\n"
}

impl TestBucket {
    /// Takes a snapshot: one line for each object, in the order of the keys, with its size, content type and user metadata.
    /// An empty bucket gives an empty text.
    ///
    /// The text is the same in every run, so it can be compared, or handed to `insta::assert_snapshot!`. What is not
    /// visible in a key or a value is escaped as in Rust.
    ///
    /// ```
    /// use s3_test::{TestBucket, s3_test};
    ///
    /// #[s3_test(backend = "embedded")]
    /// async fn two_objects(bucket: TestBucket) -> Result<(), Box<dyn std::error::Error>> {
    ///     use object_store::{Attribute, ObjectStore, PutOptions, path::Path};
    ///
    ///     let store = bucket.store()?;
    ///     let attributes = [
    ///         (Attribute::ContentType, "text/plain"),
    ///         (Attribute::Metadata("author".into()), "Ada"),
    ///     ];
    ///     let options = PutOptions { attributes: attributes.into_iter().collect(), ..PutOptions::default() };
    ///     store.put_opts(&Path::from("notes/1"), "hello".into(), options).await?;
    ///
    ///     assert_eq!(bucket.snapshot().await?, "notes/1 (5 B, text/plain, author=\"Ada\")\n");
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// If the server does not list the objects or does not tell about one: [`Error`](opaque::Error) says why.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            bucket: self.clone(),
            etags: false,
        }
    }
}
