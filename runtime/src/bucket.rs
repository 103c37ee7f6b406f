//! What a test was given.

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use object_store::{
    aws::{AmazonS3, AmazonS3Builder},
    client::HttpClient,
};

use crate::{Backend, client, parameters::object_store as parameters, server::Server};

/// The longest name that S3 allows. (S3 user guide: General purpose bucket naming rules.)
const LONGEST_NAME: usize = 63;
const UNIQUE_PREFIX: &str = "test-bucket-";
const UNIQUE_DIGITS: usize = 10;

/// The bucket that a test was given, and the server it is on.
///
/// Take it as a parameter when the test needs more than a store: the address for another client, say, or several
/// stores. Clones are the same bucket.
///
/// ```
/// use s3_test::{TestBucket, s3_test};
///
/// #[s3_test]
/// async fn two_clients_see_the_same_objects(bucket: TestBucket) -> object_store::Result<()> {
///     use object_store::{ObjectStoreExt, path::Path};
///
///     let (writer, reader) = (bucket.store()?, bucket.store()?);
///     writer.put(&Path::from("greeting"), "hello".into()).await?;
///     assert_eq!(reader.get(&Path::from("greeting")).await?.bytes().await?, "hello");
///     assert!(bucket.endpoint().starts_with("http://"));
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct TestBucket {
    name: Arc<str>,
    server: Arc<Server>,
}

impl TestBucket {
    pub(crate) fn new(name: &str, server: Arc<Server>) -> Self {
        let name = name.into();
        Self { name, server }
    }

    /// The bucket's name: the option `bucket`, else a unique one that begins with `test-bucket-`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the server takes S3 requests, path style: `http://127.0.0.1:32768`, without a slash at the end.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.server.endpoint
    }

    /// The access key of the server's administrator: the option `access_key`.
    #[must_use]
    pub fn access_key(&self) -> &str {
        &self.server.access_key
    }

    /// The secret key of the server's administrator: the option `secret_key`.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        &self.server.secret_key
    }

    /// The region that requests are signed for: the option `region`.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.server.region
    }

    /// The server's web console, where a person can look at the buckets while the server runs; [`Self::access_key`]
    /// and [`Self::secret_key`] open it.
    #[must_use]
    pub fn console_url(&self) -> Option<&str> {
        self.server.console_url.as_deref()
    }

    /// Which kind of server answers.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.server.backend
    }

    /// A new store for this bucket, able to do all that the server can.
    ///
    /// # Errors
    ///
    /// Those of [`AmazonS3Builder::build`].
    pub fn store(&self) -> object_store::Result<AmazonS3> {
        self.builder().build()
    }

    /// The configuration that [`Self::store`] builds, for a test that wants to change something about it, such as
    /// the retries. It holds nothing of the developer's `AWS_*` variables.
    ///
    /// Every store built from it shares one HTTP client with all others in the process: its `ClientOptions` have no
    /// effect unless the test gives it a connector of its own.
    #[must_use]
    pub fn builder(&self) -> AmazonS3Builder {
        parameters::builder(self)
    }

    /// What every client that this crate makes for the bucket sends its requests with: no proxy, and a pool that outlives
    /// the test's runtime.
    pub(crate) fn http_client(&self) -> &HttpClient {
        client::shared()
    }

    pub(crate) fn server(&self) -> &Arc<Server> {
        &self.server
    }
}

/// Without the secret key, which a failing test would print.
impl fmt::Debug for TestBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestBucket")
            .field("name", &self.name)
            .field("endpoint", &self.endpoint())
            .field("backend", &self.backend())
            .finish_non_exhaustive()
    }
}

/// A name that no other test has, now or later, and that tells as much of the test's path as fits.
pub(crate) fn unique_name(test_path: &str) -> String {
    let room = LONGEST_NAME - UNIQUE_PREFIX.len() - UNIQUE_DIGITS - 1;
    // Without the crate's name, which is the least telling part.
    let path = test_path
        .split_once("::")
        .map_or(test_path, |(_, path)| path);
    let mut readable = String::new();
    for character in path.chars() {
        match character.to_ascii_lowercase() {
            character @ ('a'..='z' | '0'..='9') => readable.push(character),
            _ if readable.ends_with('-') => {}
            _ => readable.push('-'),
        }
    }
    // The end of the path is the test's own name.
    let start = readable.len().saturating_sub(room);
    let readable = readable[start..].trim_matches('-');
    // Random keys of the operating system's, and another hash each time.
    let mut random = RandomState::new().hash_one(());
    let mut unique = String::new();
    for _ in 0..UNIQUE_DIGITS {
        unique.extend(char::from_digit((random % 36) as u32, 36));
        random /= 36;
    }
    if readable.is_empty() {
        return format!("{UNIQUE_PREFIX}{unique}");
    }
    format!("{UNIQUE_PREFIX}{readable}-{unique}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_unique_name_tells_its_test() {
        let name = unique_name("uploads::storage::Übertragung::saves_and_finds");
        assert!(
            name.starts_with("test-bucket-storage-bertragung-saves-and-finds-"),
            "{name}"
        );
    }

    #[test]
    fn a_unique_name_keeps_the_rules_of_s3() {
        let long = format!("a_crate::{}::the_test", "module".repeat(20));
        for path in [
            long.as_str(),
            "a_crate::t",
            "a_crate::ÄÖÜ",
            "a_crate::__x__",
            "t",
        ] {
            let name = unique_name(path);
            assert!(name.len() <= LONGEST_NAME, "{name}");
            assert!(!name.ends_with('-') && !name.contains("--"), "{name}");
            assert!(
                name.chars()
                    .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-')),
                "{name}"
            );
        }
        assert!(unique_name(&long).contains("-the-test-"));
    }

    #[test]
    fn unique_names_are_unique() {
        let names: HashSet<String> = (0..1000).map(|_| unique_name("a::b")).collect();
        assert_eq!(names.len(), 1000);
    }
}
