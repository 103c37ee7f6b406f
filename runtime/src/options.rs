//! What a test asked for, and where each answer came from: the attribute, the environment, the default.

use std::time::Duration;

use crate::Error;

/// The image that a container is started from when nothing else is asked for.
pub(crate) const DEFAULT_IMAGE: &str = "rustfs/rustfs:latest";
/// Both keys of a server when nothing else is asked for.
pub(crate) const DEFAULT_KEY: &str = "rustfsadmin";
/// The region that the client signs with when nothing else is asked for.
pub(crate) const DEFAULT_REGION: &str = "us-east-1";
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
    /// An S3 service that somebody else runs.
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

/// Which kind of server a test asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[doc(hidden)]
pub enum Choice {
    /// A container where there is one, else the embedded server.
    #[default]
    Auto,
    Container,
    Embedded,
    External,
}

/// What stood inside `#[s3_test(…)]`. Written by the attribute; not part of the stable interface.
#[derive(Debug, Clone, Default)]
#[doc(hidden)]
pub struct Options {
    bucket: Option<String>,
    backend: Option<Choice>,
    image: Option<String>,
    access_key: Option<String>,
    secret_key: Option<String>,
    region: Option<String>,
    environment: Vec<(String, String)>,
    startup_timeout: Option<Duration>,
    idle_timeout: Option<Duration>,
    timeout: Option<Duration>,
}

macro_rules! setters {
    ($($name:ident: $argument:ty => $stored:expr),* $(,)?) => {
        $(
            #[must_use]
            pub fn $name(mut self, value: $argument) -> Self {
                let convert: fn($argument) -> _ = $stored;
                self.$name = Some(convert(value));
                self
            }
        )*
    };
}

#[allow(missing_docs)]
impl Options {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        bucket: &str => str::to_owned,
        backend: Choice => |choice| choice,
        image: &str => str::to_owned,
        access_key: &str => str::to_owned,
        secret_key: &str => str::to_owned,
        region: &str => str::to_owned,
        startup_timeout: Duration => |duration| duration,
        idle_timeout: Duration => |duration| duration,
        timeout: Duration => |duration| duration,
    }

    #[must_use]
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// Every option with its final value.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The bucket of exactly this name; a fresh unique one where nothing is said.
    pub(crate) bucket: Option<String>,
    pub(crate) backend: Choice,
    pub(crate) server: ServerSettings,
    pub(crate) timeout: Option<Duration>,
}

/// The part of the options that a server is made of.
#[derive(Debug, Clone)]
pub(crate) struct ServerSettings {
    /// Where the external service answers.
    pub(crate) endpoint: Option<String>,
    pub(crate) image: String,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    pub(crate) region: String,
    /// More variables for the container, sorted by name.
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) startup_timeout: Duration,
    pub(crate) idle_timeout: Duration,
}

impl Settings {
    /// Settles every option: what the attribute says, then the environment, then the default.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidVariable`] names the variable whose value cannot be read.
    pub(crate) fn resolve(
        options: Options,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let text = |inline: Option<String>, name: &str, default: &str| {
            inline
                .or_else(|| variable(name))
                .unwrap_or_else(|| default.to_owned())
        };
        let duration = |inline: Option<Duration>, name: &'static str| match inline {
            Some(duration) => Ok(Some(duration)),
            None => variable(name)
                .map(|value| parse_duration(name, &value))
                .transpose(),
        };
        let backend = match options.backend {
            Some(choice) => choice,
            None => variable("S3_TEST_BACKEND")
                .map(|value| parse_choice("S3_TEST_BACKEND", &value))
                .transpose()?
                .unwrap_or_default(),
        };
        let mut idle_timeout = duration(options.idle_timeout, "S3_TEST_IDLE_TIMEOUT")?;
        if variable("TESTCONTAINERS_COMMAND").is_some_and(|command| command == "keep") {
            idle_timeout = Some(FOR_EVER);
        }
        let mut environment = options.environment;
        environment.sort();
        Ok(Self {
            bucket: options.bucket,
            backend,
            server: ServerSettings {
                endpoint: variable("S3_TEST_ENDPOINT"),
                image: text(options.image, "S3_TEST_IMAGE", DEFAULT_IMAGE),
                access_key: text(options.access_key, "S3_TEST_ACCESS_KEY", DEFAULT_KEY),
                secret_key: text(options.secret_key, "S3_TEST_SECRET_KEY", DEFAULT_KEY),
                region: text(options.region, "S3_TEST_REGION", DEFAULT_REGION),
                environment,
                startup_timeout: duration(options.startup_timeout, "S3_TEST_STARTUP_TIMEOUT")?
                    .unwrap_or(DEFAULT_STARTUP_TIMEOUT),
                idle_timeout: idle_timeout.unwrap_or(DEFAULT_IDLE_TIMEOUT),
            },
            timeout: duration(options.timeout, "S3_TEST_TIMEOUT")?,
        })
    }
}

fn parse_duration(variable: &'static str, value: &str) -> Result<Duration, Error> {
    let invalid = || Error::InvalidVariable {
        variable,
        value: value.to_owned(),
        expected: "a duration above zero, such as `30s`, `10m` or `500ms`",
    };
    match humantime::parse_duration(value) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err(invalid()),
    }
}

fn parse_choice(variable: &'static str, value: &str) -> Result<Choice, Error> {
    match value {
        "auto" => Ok(Choice::Auto),
        "container" => Ok(Choice::Container),
        "embedded" => Ok(Choice::Embedded),
        "external" => Ok(Choice::External),
        _ => Err(Error::InvalidVariable {
            variable,
            value: value.to_owned(),
            expected: "`auto`, `container`, `embedded` or `external`",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(options: Options, variables: &[(&str, &str)]) -> Result<Settings, Error> {
        Settings::resolve(options, |name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_most_specific_source_wins() {
        let variables = [
            ("S3_TEST_IMAGE", "from/variable"),
            ("S3_TEST_IDLE_TIMEOUT", "10m"),
            ("S3_TEST_BACKEND", "embedded"),
        ];
        let inline = Options::new()
            .image("inline")
            .backend(Choice::Auto)
            .idle_timeout(Duration::from_secs(3));
        let settings = resolve(inline, &variables).expect("valid");
        assert_eq!(settings.server.image, "inline");
        assert_eq!(settings.backend, Choice::Auto);
        assert_eq!(settings.server.idle_timeout, Duration::from_secs(3));

        let settings = resolve(Options::new(), &variables).expect("valid");
        assert_eq!(settings.server.image, "from/variable");
        assert_eq!(settings.backend, Choice::Embedded);
        assert_eq!(settings.server.idle_timeout, Duration::from_secs(600));

        let settings = resolve(Options::new(), &[]).expect("valid");
        assert_eq!(settings.server.image, DEFAULT_IMAGE);
        assert_eq!(settings.backend, Choice::Auto);
        assert_eq!(settings.server.access_key, DEFAULT_KEY);
        assert_eq!(settings.server.secret_key, DEFAULT_KEY);
        assert_eq!(settings.server.region, DEFAULT_REGION);
        assert_eq!(settings.server.idle_timeout, DEFAULT_IDLE_TIMEOUT);
        assert_eq!(settings.server.startup_timeout, DEFAULT_STARTUP_TIMEOUT);
        assert_eq!(settings.timeout, None);
    }

    #[test]
    fn testcontainers_keep_is_longer_than_any_idle_timeout() {
        let inline = Options::new().idle_timeout(Duration::from_secs(3));
        let settings = resolve(inline, &[("TESTCONTAINERS_COMMAND", "keep")]).expect("valid");
        assert_eq!(settings.server.idle_timeout, FOR_EVER);
    }

    #[test]
    fn a_bad_variable_is_named_with_its_value() {
        for (name, value) in [
            ("S3_TEST_IDLE_TIMEOUT", "soon"),
            ("S3_TEST_STARTUP_TIMEOUT", "-1s"),
            ("S3_TEST_TIMEOUT", "0s"),
            ("S3_TEST_BACKEND", "minio"),
        ] {
            let message = resolve(Options::new(), &[(name, value)])
                .expect_err("invalid")
                .to_string();
            assert!(
                message.contains(name) && message.contains(value),
                "{message}"
            );
        }
    }
}
