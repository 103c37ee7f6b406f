//! What a test was given.

mod connection_settings;
pub(crate) mod lock;
pub(crate) mod ownership;

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    sync::{Arc, OnceLock},
};

use object_store::{
    aws::{AmazonS3, AmazonS3Builder},
    client::HttpClient,
};

use crate::{Backend, gateway::Gateway, parameters::object_store as parameters, server::Server};

/// The longest name that S3 allows. (S3 user guide: General purpose bucket naming rules.)
const LONGEST_NAME: usize = 63;
/// The part of a name that all buckets of one run have in common.
const RUN_DIGITS: usize = 8;
/// The part of a name that no two buckets of one run have in common.
const RANDOM_DIGITS: usize = 6;

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
    gateway: Option<Arc<Gateway>>,
}

impl TestBucket {
    pub(crate) fn new(name: &str, server: Arc<Server>) -> Self {
        let name = name.into();
        Self {
            name,
            server,
            gateway: None,
        }
    }

    /// Returns the same bucket, reached through the gateway.
    pub(crate) fn through(mut self, gateway: Option<Arc<Gateway>>) -> Self {
        self.gateway = gateway;
        self
    }

    pub(crate) fn gateway(&self) -> Option<&Gateway> {
        self.gateway.as_deref()
    }

    /// The bucket's name: the option `bucket`, else a unique one that begins with the option `bucket_prefix`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the server takes S3 requests, path style: `http://127.0.0.1:32768`, without a slash at the end.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        match &self.gateway {
            Some(gateway) => gateway.endpoint(),
            None => &self.server.endpoint,
        }
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
        self.server.admin.http()
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

/// A name that no other test has, now or later, on this machine or another, and that tells as much of the test's path
/// as fits: `<prefix>-<path>-<run>-<random>`.
pub(crate) fn unique_name(prefix: &str, test_path: &str) -> String {
    let room = LONGEST_NAME - prefix.len() - RUN_DIGITS - RANDOM_DIGITS - 3;
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
    let mut parts = vec![prefix, readable, run_id()];
    parts.retain(|part| !part.is_empty());
    let random = random_digits(RANDOM_DIGITS);
    parts.push(&random);
    parts.join("-")
}

/// The same for all processes of one run of nextest's, on as many machines as share it; else one for each process.
fn run_id() -> &'static str {
    static ID: OnceLock<String> = OnceLock::new();
    ID.get_or_init(|| {
        let id: String = std::env::var("NEXTEST_RUN_ID")
            .unwrap_or_default()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(RUN_DIGITS)
            .collect();
        if id.is_empty() {
            return random_digits(RUN_DIGITS);
        }
        id.to_ascii_lowercase()
    })
}

fn random_digits(count: usize) -> String {
    // Random keys of the operating system's, and another hash each time.
    let mut random = RandomState::new().hash_one(());
    let mut digits = String::new();
    for _ in 0..count {
        digits.extend(char::from_digit((random % 36) as u32, 36));
        random /= 36;
    }
    digits
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const DEFAULT_PREFIX: &str = "test-bucket";

    #[test]
    fn a_unique_name_tells_its_test() {
        let name = unique_name(
            DEFAULT_PREFIX,
            "uploads::storage::Übertragung::saves_and_finds",
        );
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
            for prefix in [DEFAULT_PREFIX, &"p".repeat(40)] {
                let name = unique_name(prefix, path);
                assert!(name.starts_with(&format!("{prefix}-")), "{name}");
                assert!(name.len() <= LONGEST_NAME, "{name}");
                assert!(!name.ends_with('-') && !name.contains("--"), "{name}");
                assert!(
                    name.chars()
                        .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-')),
                    "{name}"
                );
            }
        }
        assert!(unique_name(DEFAULT_PREFIX, &long).contains("-the-test-"));
    }

    #[test]
    fn unique_names_are_unique() {
        let names: HashSet<String> = (0..1000)
            .map(|_| unique_name(DEFAULT_PREFIX, "a::b"))
            .collect();
        assert_eq!(names.len(), 1000);
        let start = format!("{DEFAULT_PREFIX}-b-{}-", run_id());
        assert!(names.iter().all(|name| name.starts_with(&start)));
    }
}
