//! The settings of a test: from the attribute, else the environment, else `s3-test.toml`, else the default.

mod attribute;
mod file;
mod kind;
mod layer;
mod mistyped;
mod resolve;

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use s3_test_options::{Row, TABLE};

pub use self::kind::Fixture;
pub(crate) use self::{
    layer::{Fields, Layer, Source, Sourced},
    mistyped::warn_of_mistyped_variables,
};
pub use attribute::Options;
pub(crate) use attribute::RequestRules;

/// The kind of server that a test asks for.
pub(crate) use s3_test_options::Backend as RequestedBackend;
pub(crate) use s3_test_options::{Keep, UnfinishedUploads};

/// The variable that permits endpoints with public addresses. It is no option, since nobody's code should set it.
pub(crate) const ALLOW_REMOTE: &str = "S3_TEST_ALLOW_REMOTE";
/// The variable that names a file of certificate authorities. It is no option, since it belongs to the machine.
pub(crate) const CA_BUNDLE: &str = "S3_TEST_CA_BUNDLE";

/// The variable that names registries to pull from if an image's own fails. It is no option, since it belongs to the
/// machine.
pub(crate) const IMAGE_MIRRORS: &str = "S3_TEST_IMAGE_MIRRORS";

/// The default image of a container.
#[cfg(feature = "container")]
pub(crate) const DEFAULT_IMAGE: &str = match TABLE.image.default.value {
    Some(image) => image,
    None => panic!("the option has no default in the table of options"),
};
/// The default port of the server in a container.
pub(crate) const DEFAULT_PORT: u16 = default_port(&TABLE.port);
/// The default port of its console.
pub(crate) const DEFAULT_CONSOLE_PORT: u16 = default_port(&TABLE.console_port);

/// Reads a default at compile time.
const fn default_port(row: &Row) -> u16 {
    match row.default.value {
        Some(port) => match u16::from_str_radix(port, 10) {
            Ok(port) => port,
            Err(_) => panic!("the default in the table of options is no port"),
        },
        None => panic!("the option has no default in the table of options"),
    }
}

/// The kind of server that a test got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Backend {
    /// RustFS, or another image that speaks S3, in a container that all tests share.
    Container,
    /// An S3 server inside the test process, which the test has to itself.
    Embedded,
    /// An S3 service that somebody runs, at the option `endpoint`.
    External,
}

impl Backend {
    /// The name that the option `backend` and the variable `S3_TEST_BACKEND` use.
    ///
    /// ```
    /// assert_eq!(s3_test::Backend::Container.name(), "container");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Embedded => "embedded",
            Self::External => "external",
        }
    }
}

impl std::fmt::Display for Backend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Every option with its final value.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) backend: RequestedBackend,
    pub(crate) server: ServerSettings,
    /// The buckets that the test needs, in the order in which its parameters know them.
    pub(crate) buckets: Vec<BucketSettings>,
    pub(crate) runtime: RuntimeSettings,
    pub(crate) timeout: Option<Duration>,
    /// True if requests are noted for the report.
    pub(crate) requests: bool,
    /// The folder that a failing test writes into.
    pub(crate) dump: Option<String>,
    /// The bytes of objects that it writes for each bucket.
    pub(crate) dump_limit: u64,
}

/// The options of the server.
#[derive(Debug, Clone)]
pub(crate) struct ServerSettings {
    pub(crate) image: String,
    /// The ports in the container.
    pub(crate) port: u16,
    pub(crate) console_port: u16,
    /// The arguments of the image's entry point. Empty for the image's own.
    pub(crate) command: Vec<String>,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    pub(crate) region: String,
    /// More environment variables for the container, by name.
    pub(crate) environment: BTreeMap<String, String>,
    /// The server that is already running.
    pub(crate) endpoint: Option<String>,
    pub(crate) startup_timeout: Duration,
    pub(crate) idle_timeout: Duration,
}

/// One bucket of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BucketSettings {
    pub(crate) name: BucketName,
    pub(crate) fixtures: Vec<Fixture>,
    pub(crate) versioning: bool,
    pub(crate) keep: Keep,
    /// True if an attribute says so, which no variable changes.
    pub(crate) keep_is_inline: bool,
    pub(crate) unfinished_uploads: UnfinishedUploads,
    /// True for a data set that all tests share.
    pub(crate) shared: bool,
}

/// The name of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BucketName {
    /// This name.
    Exactly(String),
    /// A fresh unique name with this prefix.
    Fresh(String),
}

/// The tokio runtime that a test's body runs on, as in `#[tokio::test]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RuntimeSettings {
    /// Everything on the test's own thread.
    CurrentThread {
        /// True if its clock is paused.
        start_paused: bool,
    },
    /// A pool of worker threads.
    MultiThread {
        /// The number of threads. `None` for tokio's default.
        worker_threads: Option<usize>,
    },
}

/// The options in the attributes of a test.
pub(crate) struct TestOptions {
    /// The folder of the package that the test belongs to.
    pub(crate) package: PathBuf,
    pub(crate) options: Options,
    /// True if the test needs the bucket that these options describe.
    pub(crate) main_bucket: bool,
    /// The options of every other bucket.
    pub(crate) buckets: Vec<Options>,
}

#[cfg(test)]
impl Settings {
    /// The settings of a test without options.
    pub(crate) fn by_default() -> Self {
        let asked = TestOptions {
            package: PathBuf::new(),
            options: Options::new(),
            main_bucket: true,
            buckets: Vec::new(),
        };
        Self::resolve(asked, |_| None).expect("valid")
    }
}

#[cfg(test)]
mod tests;
