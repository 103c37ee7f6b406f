//! What a test asks for: what the attribute says, then the environment, then `s3-test.toml`, then the default.

mod attribute;
mod file;
mod layer;
mod mistyped;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use s3_test_options as rules;

pub(crate) use self::{layer::Fixture, mistyped::warn_of_mistyped_variables};
pub use attribute::Options;
use layer::{Given, Layer};

use crate::error::Error;

/// Which kind of server a test asks for.
pub(crate) use s3_test_options::Backend as RequestedBackend;
pub(crate) use s3_test_options::Keep;

/// The variable that permits endpoints with public addresses. It is no option, since nobody's code should set it.
pub(crate) const ALLOW_REMOTE: &str = "S3_TEST_ALLOW_REMOTE";
/// The variable that names a file of certificate authorities. It is no option, since it belongs to the machine.
pub(crate) const CA_BUNDLE: &str = "S3_TEST_CA_BUNDLE";

/// The image that a container is started from when nothing else is asked for.
const DEFAULT_IMAGE: &str = "rustfs/rustfs:latest";
/// Where RustFS listens by itself.
pub(crate) const DEFAULT_PORT: u16 = 9000;
/// Where its console does.
pub(crate) const DEFAULT_CONSOLE_PORT: u16 = 9001;
/// Both keys of a server when nothing else is asked for.
const DEFAULT_KEY: &str = "rustfsadmin";
/// The region that the client signs with when nothing else is asked for.
pub(crate) const DEFAULT_REGION: &str = "us-east-1";
const DEFAULT_PREFIX: &str = "test-bucket";
const DEFAULT_STARTUP_TIMEOUT: Duration = Duration::from_secs(60);
const DEFAULT_IDLE_TIMEOUT: Duration = Duration::from_secs(10);
/// The idle timeout under `TESTCONTAINERS_COMMAND=keep`: a century, which every shell can count.
const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Which kind of server answered a test.
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
}

/// The part of the options that a server is made of.
#[derive(Debug, Clone)]
pub(crate) struct ServerSettings {
    pub(crate) image: String,
    /// The ports in the container.
    pub(crate) port: u16,
    pub(crate) console_port: u16,
    /// What the image's entry point is called with; the image's own arguments where it is empty.
    pub(crate) command: Vec<String>,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    pub(crate) region: String,
    /// More variables for the container, by name.
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
}

/// What a bucket is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BucketName {
    /// Exactly this.
    Exactly(String),
    /// A fresh unique name that begins with this.
    Fresh(String),
}

/// The tokio runtime that a test's body runs on, as in `#[tokio::test]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RuntimeSettings {
    /// Everything on the test's own thread.
    CurrentThread {
        /// Whether its clock stands still.
        start_paused: bool,
    },
    /// A pool of worker threads.
    MultiThread {
        /// How many; tokio's default where nothing is said.
        worker_threads: Option<usize>,
    },
}

/// The options of a test as they stand in its attribute.
pub(crate) struct TestOptions {
    /// The folder of the package that the test belongs to.
    pub(crate) package: PathBuf,
    pub(crate) options: Options,
    /// Whether the test needs the bucket that these options describe.
    pub(crate) main_bucket: bool,
    /// The options of every other bucket.
    pub(crate) buckets: Vec<Options>,
}

impl Settings {
    /// Settles every option.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidOption`] and [`Error::ConfigurationFile`] name the place of what is wrong.
    pub(crate) fn resolve(
        asked: TestOptions,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Arc<Error>> {
        let file = file::of_package(&asked.package)?.with_its_backend();
        let attribute = asked.options.into_layer();
        let attributes = asked.buckets.into_iter().map(Options::into_layer);
        let keep = variable("TESTCONTAINERS_COMMAND").is_some_and(|command| command == "keep");
        let environment = Layer::from_variables(variable)?.with_its_backend();
        misplaced(&attribute)?;
        let attribute = attribute.with_its_backend();

        let (mut buckets, mut names) = (Vec::new(), Vec::new());
        let mut settle = |all: Layer| {
            names.extend(all.bucket.clone());
            buckets.push(BucketSettings::resolve(all)?);
            Ok::<_, Error>(())
        };
        let around = environment.clone().over(file.clone());
        if asked.main_bucket {
            settle(attribute.clone().over(around.clone()))?;
        }
        let around = Layer {
            // These describe the test's own bucket.
            bucket: None,
            fixtures: None,
            bucket_prefix: attribute.bucket_prefix.clone().or(around.bucket_prefix),
            keep: attribute.keep.clone().or(around.keep),
            ..around
        };
        for own in attributes {
            settle(own.over(around.clone()))?;
        }
        unlike_each_other(&names)?;

        let all = attribute.over(environment.over(file));
        let mut server = ServerSettings::resolve(&all)?;
        if keep {
            server.idle_timeout = FOR_EVER;
        }
        Ok(Self {
            backend: read(&all.backend, |name| rules::backend(name))?.unwrap_or_default(),
            server,
            buckets,
            runtime: RuntimeSettings::resolve(&all)?,
            timeout: read(&all.timeout, |text| rules::duration("timeout", text))?,
        })
    }
}

impl Layer {
    /// With the backend that an endpoint alone asks for.
    fn with_its_backend(mut self) -> Self {
        if self.backend.is_none() {
            self.backend = self.endpoint.as_ref().map(|endpoint| Given {
                value: "external".to_owned(),
                place: endpoint.place.clone(),
            });
        }
        self
    }

    /// What `self` says, and what `other` says where `self` says nothing; where two options are two answers to one
    /// question, the more specific source has answered it.
    fn over(mut self, mut other: Self) -> Self {
        if self.bucket_prefix.is_some() {
            other.bucket = None;
        }
        if let Some(environment) = &mut self.environment {
            for (name, value) in other.environment.iter().flat_map(|given| &given.value) {
                let value = value.clone();
                environment.value.entry(name.clone()).or_insert(value);
            }
        }
        self.or(other)
    }
}

/// What an option is set to, if `rule` finds nothing wrong with it.
fn read<T: std::fmt::Display, R>(
    given: &Option<Given<T>>,
    rule: impl FnOnce(&T) -> Result<R, String>,
) -> Result<Option<R>, Error> {
    given.as_ref().map(|given| given.read(rule)).transpose()
}

/// Where a server answers, without a slash at the end.
fn endpoint(given: &Option<Given<String>>) -> Result<Option<String>, Error> {
    read(given, |text| {
        rules::endpoint(text).map(|()| text.trim_end_matches('/').to_owned())
    })
    .map_err(|error| match error {
        // Whatever stands before an `@` may be a password, which does not belong into a log.
        Error::InvalidOption {
            place,
            value,
            problem,
        } => Error::InvalidOption {
            place,
            value: value
                .rsplit_once('@')
                .map_or_else(|| value.clone(), |(_, host)| format!("…@{host}")),
            problem,
        },
        other => other,
    })
}

/// Files and folders whose prefixes can begin a key.
fn fixtures(given: Option<Given<Vec<Fixture>>>) -> Result<Vec<Fixture>, Error> {
    let Some(Given { value, place }) = given else {
        return Ok(Vec::new());
    };
    for prefix in value.iter().filter_map(|fixture| fixture.prefix.clone()) {
        let prefix = Given {
            value: prefix,
            place: place.clone(),
        };
        prefix.read(|prefix| rules::fixture_prefix(prefix))?;
    }
    Ok(value)
}

/// A text that may not be blank.
fn text(option: &str, given: &Option<Given<String>>, default: &str) -> Result<String, Error> {
    let text = read(given, |text| {
        rules::text(option, text).map(|()| text.clone())
    })?;
    Ok(text.unwrap_or_else(|| default.to_owned()))
}

/// Refuses an option that stands in the attribute beside a backend for which it means nothing.
fn misplaced(attribute: &Layer) -> Result<(), Error> {
    // An endpoint alone asks for its backend.
    let (given, backend) = match (&attribute.backend, &attribute.endpoint) {
        (Some(given), _) => (given, given.read(|name| rules::backend(name))?),
        (None, Some(given)) => (given, RequestedBackend::External),
        (None, None) => return Ok(()),
    };
    let never = |option: &str| {
        option == "keep"
            && attribute
                .keep
                .as_ref()
                .is_some_and(|keep| keep.value == "never")
    };
    let mut options = attribute.set_options().filter(|option| !never(option));
    match options.find_map(|option| rules::misplaced(option, backend)) {
        Some(problem) => given.read(|_| Err(problem)),
        None => Ok(()),
    }
}

/// Refuses two buckets of the same name, which would wait for each other for ever.
fn unlike_each_other(names: &[Given<String>]) -> Result<(), Error> {
    for (index, name) in names.iter().enumerate() {
        if let Some(earlier) = names[..index]
            .iter()
            .find(|other| other.value == name.value)
        {
            return name.read(|_| {
                Err(format!(
                    "another bucket of the test has this name, by {}: give one of the two another",
                    earlier.place
                ))
            });
        }
    }
    Ok(())
}

impl ServerSettings {
    fn resolve(all: &Layer) -> Result<Self, Error> {
        let environment = all.environment.as_ref();
        for name in environment.iter().flat_map(|given| given.value.keys()) {
            if let (Some(given), Err(problem)) = (environment, rules::variable_name(name)) {
                let (place, value) = (given.place.to_string(), name.clone());
                return Err(Error::InvalidOption {
                    place,
                    value,
                    problem,
                });
            }
        }
        let port = |option, given: &Option<Given<u64>>, default| {
            let port = read(given, |port| rules::port(option, *port))?;
            Ok::<_, Error>(port.unwrap_or(default))
        };
        let duration = |option, given, default| {
            let duration = read(given, |text: &String| rules::duration(option, text))?;
            Ok::<_, Error>(duration.unwrap_or(default))
        };
        Ok(Self {
            image: text("image", &all.image, DEFAULT_IMAGE)?,
            port: port("port", &all.port, DEFAULT_PORT)?,
            console_port: port("console_port", &all.console_port, DEFAULT_CONSOLE_PORT)?,
            command: all
                .command
                .as_ref()
                .map_or_else(Vec::new, |given| given.value.clone()),
            access_key: text("access_key", &all.access_key, DEFAULT_KEY)?,
            secret_key: text("secret_key", &all.secret_key, DEFAULT_KEY)?,
            region: text("region", &all.region, DEFAULT_REGION)?,
            environment: environment.map_or_else(BTreeMap::new, |given| given.value.clone()),
            endpoint: endpoint(&all.endpoint)?,
            startup_timeout: duration(
                "startup_timeout",
                &all.startup_timeout,
                DEFAULT_STARTUP_TIMEOUT,
            )?,
            idle_timeout: duration("idle_timeout", &all.idle_timeout, DEFAULT_IDLE_TIMEOUT)?,
        })
    }
}

impl BucketSettings {
    fn resolve(all: Layer) -> Result<Self, Error> {
        let name = |problems: fn(&str) -> Vec<String>| {
            move |name: &String| match problems(name) {
                problems if problems.is_empty() => Ok(name.clone()),
                problems => Err(problems.join("; ")),
            }
        };
        let exactly = read(&all.bucket, name(rules::bucket))?;
        let prefix = read(&all.bucket_prefix, name(rules::bucket_prefix))?;
        Ok(Self {
            name: match (exactly, prefix) {
                (Some(name), _) => BucketName::Exactly(name),
                (None, Some(prefix)) => BucketName::Fresh(prefix),
                (None, None) => BucketName::Fresh(DEFAULT_PREFIX.to_owned()),
            },
            fixtures: fixtures(all.fixtures)?,
            versioning: all.versioning.is_some_and(|given| given.value),
            keep: read(&all.keep, |when| rules::keep(when))?.unwrap_or_default(),
        })
    }
}

impl RuntimeSettings {
    fn resolve(all: &Layer) -> Result<Self, Error> {
        let flavor = read(&all.flavor, |name| rules::flavor(name))?.unwrap_or_default();
        let worker_threads = read(&all.worker_threads, |count| {
            rules::count("worker_threads", *count)
        })?;
        let start_paused = read(&all.start_paused, |paused| {
            match (paused, flavor) {
            (true, rules::Flavor::MultiThread) => Err(
                "only the clock of the flavor \"current_thread\" can stand still: remove `flavor` or `start_paused`"
                    .to_owned(),
            ),
            (paused, _) => Ok(*paused),
        }
        })?;
        Ok(match flavor {
            rules::Flavor::CurrentThread => Self::CurrentThread {
                start_paused: start_paused.unwrap_or_default(),
            },
            rules::Flavor::MultiThread => Self::MultiThread { worker_threads },
        })
    }
}

#[cfg(test)]
impl Settings {
    /// Those of a test that asks for nothing.
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
