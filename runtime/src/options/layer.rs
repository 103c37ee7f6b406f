//! What one source says about the options, and where each of its answers stands.

use std::{fmt, path::Path, sync::Arc};

use serde::Deserialize;

use crate::error::Error;

/// Where a value was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// Inside the attribute.
    Attribute(&'static str),
    /// In the environment.
    Variable(String),
    /// In `s3-test.toml`.
    File {
        path: Arc<Path>,
        line: usize,
        key: &'static str,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(option) => write!(f, "the option `{option}`"),
            Self::Variable(name) => write!(f, "the variable {name}"),
            Self::File { path, line, key } => {
                write!(f, "{}:{line}: the key `{key}`", path.display())
            }
        }
    }
}

/// A value and its place.
#[derive(Debug, Clone)]
pub(crate) struct Given<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

impl<T: fmt::Display> Given<T> {
    /// What the value means, if `rule` finds nothing wrong with it.
    pub(crate) fn read<R>(&self, rule: impl FnOnce(&T) -> Result<R, String>) -> Result<R, Error> {
        rule(&self.value).map_err(|problem| Error::InvalidOption {
            place: self.place.to_string(),
            value: self.value.to_string(),
            problem,
        })
    }
}

/// A file or a folder that is uploaded before the test, and what its keys begin with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "WrittenFixture")]
pub(crate) struct Fixture {
    /// Where it is, from the package's folder.
    pub(crate) path: String,
    /// What the keys begin with; for a file alone also its whole key.
    pub(crate) prefix: Option<String>,
}

impl Fixture {
    pub(crate) fn new(path: &str, prefix: Option<&str>) -> Self {
        Self {
            path: path.to_owned(),
            prefix: prefix.map(str::to_owned),
        }
    }
}

/// How a fixture is written in TOML: `"tests/data"`, or `{ path = "tests/data", prefix = "data/" }`.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a fixture is a path, or a table such as { path = \"tests/data\", prefix = \"data/\" }"
)]
enum WrittenFixture {
    Path(String),
    Table(FixtureTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FixtureTable {
    path: String,
    prefix: Option<String>,
}

impl From<WrittenFixture> for Fixture {
    fn from(written: WrittenFixture) -> Self {
        match written {
            WrittenFixture::Path(path) => Self { path, prefix: None },
            WrittenFixture::Table(FixtureTable { path, prefix }) => Self { path, prefix },
        }
    }
}

/// A type that a value of TOML, or the text of a variable, can be turned into.
pub(crate) trait FromText: for<'de> Deserialize<'de> {
    /// How a value looks in TOML.
    const SHAPE: &str;

    /// From the text of a variable: TOML, so that a list or a table can be written there.
    fn from_text(text: &str) -> Result<Self, String> {
        toml::de::ValueDeserializer::parse(text)
            .and_then(Self::deserialize)
            .map_err(|error| format!("{}: write it as in {}", error.message(), Self::SHAPE))
    }
}

impl FromText for String {
    const SHAPE: &str = "\"…\"";

    fn from_text(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }
}

impl FromText for bool {
    const SHAPE: &str = "true";

    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err("it is either `true` or `false`".to_owned()),
        }
    }
}

impl FromText for u64 {
    const SHAPE: &str = "9000";

    fn from_text(text: &str) -> Result<Self, String> {
        text.parse()
            .map_err(|_| "it is a whole number, without quotes".to_owned())
    }
}

impl FromText for Vec<String> {
    const SHAPE: &str = "[\"server\", \"/data\"]";
}

impl FromText for Vec<Fixture> {
    const SHAPE: &str = "[\"tests/data\", { path = \"extra\", prefix = \"prefix/\" }]";
}

/// Variables for the server, by name.
pub(crate) type Environment = std::collections::BTreeMap<String, String>;
impl FromText for Environment {
    const SHAPE: &str = "{ NAME = \"value\" }";
}

/// A value in `s3-test.toml`, and the line it stands in.
pub(super) struct InFile<'i> {
    pub(super) value: toml::de::ValueDeserializer<'i>,
    pub(super) line: usize,
}

/// Writes each option down once: what it is called, and what its values are made of.
macro_rules! layer {
    ($($name:ident: $type:ty),* $(,)?) => {
        /// What one source says: the attribute, the environment, or `s3-test.toml`.
        #[derive(Debug, Clone, Default)]
        pub(crate) struct Layer {
            $(pub(crate) $name: Option<Given<$type>>,)*
        }

        impl Layer {
            /// The names of all options.
            pub(super) const NAMES: &[&str] = &[$(stringify!($name)),*];

            /// What `self` says, and where it says nothing what `other` says.
            pub(super) fn or(self, other: Self) -> Self {
                Self { $($name: self.$name.or(other.$name),)* }
            }

            /// What the environment says. An empty variable counts as unset.
            pub(super) fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
                let mut layer = Self::default();
                $(
                    let name = concat!("S3_TEST_", stringify!($name)).to_ascii_uppercase();
                    if let Some(text) = variable(&name).filter(|text| !text.is_empty()) {
                        let value = <$type as FromText>::from_text(&text);
                        let text = Given { value: text, place: Place::Variable(name) };
                        let value = text.read(|_| value)?;
                        layer.$name = Some(Given { value, place: text.place });
                    }
                )*
                Ok(layer)
            }

            /// Takes over the value of one key of `s3-test.toml`; fails with what is wrong with it, and with how it looks
            /// where it is right.
            pub(super) fn set_from_file(&mut self, key: &str, path: &Arc<Path>, given: InFile<'_>) -> Result<(), (toml::de::Error, &'static str)> {
                match key {
                    $(stringify!($name) => {
                        let place = Place::File { path: path.clone(), line: given.line, key: stringify!($name) };
                        let value = <$type>::deserialize(given.value);
                        let value = value.map_err(|error| (error, <$type as FromText>::SHAPE))?;
                        self.$name = Some(Given { value, place });
                    })*
                    _ => {}
                }
                Ok(())
            }

            /// The options that are set, with the names by which people know them.
            pub(super) fn set_options(&self) -> impl Iterator<Item = &'static str> {
                [$(self.$name.as_ref().map(|_| stringify!($name))),*].into_iter().flatten()
            }
        }
    };
}

layer! {
    bucket: String,
    bucket_prefix: String,
    backend: String,
    image: String,
    port: u64,
    console_port: u64,
    command: Vec<String>,
    access_key: String,
    secret_key: String,
    region: String,
    environment: Environment,
    endpoint: String,
    fixtures: Vec<Fixture>,
    versioning: bool,
    keep: String,
    startup_timeout: String,
    idle_timeout: String,
    timeout: String,
    flavor: String,
    worker_threads: u64,
    start_paused: bool,
}
