//! The types of options: the type of a value in each source, and in a [`Layer`](super::layer::Layer).

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;

/// A file or folder for the option `fixtures`, with the prefix of its keys.
///
/// It is made from a path, or from a path and a prefix:
///
/// ```
/// use s3_test::Fixture;
///
/// let fixtures: [Fixture; 2] = ["tests/data".into(), ("extra/users.csv", "import/").into()];
/// let bucket = s3_test::bucket().fixtures(fixtures);
/// # let _ = bucket;
/// ```
///
/// A relative path begins at the package's folder. A path that is not UTF-8 names no file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "TomlFixture")]
pub struct Fixture {
    /// The path, relative to the package's folder.
    pub(crate) path: String,
    /// The prefix of the keys. For a single file it may be the whole key.
    pub(crate) prefix: Option<String>,
}

/// A fixture in TOML: `"tests/data"`, or `{ path = "tests/data", prefix = "data/" }`.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a fixture is a path, or a table such as { path = \"tests/data\", prefix = \"data/\" }"
)]
enum TomlFixture {
    Path(String),
    Table(TomlTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TomlTable {
    path: String,
    prefix: Option<String>,
}

impl Fixture {
    /// A file or folder with the prefix of its keys.
    pub(crate) fn new(path: &str, prefix: Option<&str>) -> Self {
        Self {
            path: path.to_owned(),
            prefix: prefix.map(str::to_owned),
        }
    }
}

impl From<&str> for Fixture {
    fn from(path: &str) -> Self {
        Self::new(path, None)
    }
}

impl From<String> for Fixture {
    fn from(path: String) -> Self {
        Self::new(&path, None)
    }
}

impl From<&Path> for Fixture {
    fn from(path: &Path) -> Self {
        Self::new(&path.to_string_lossy(), None)
    }
}

impl From<PathBuf> for Fixture {
    fn from(path: PathBuf) -> Self {
        path.as_path().into()
    }
}

/// A path and the prefix of its keys.
impl<P: Into<Self>, S: Into<String>> From<(P, S)> for Fixture {
    fn from((path, prefix): (P, S)) -> Self {
        Self {
            prefix: Some(prefix.into()),
            ..path.into()
        }
    }
}

impl From<TomlFixture> for Fixture {
    fn from(written: TomlFixture) -> Self {
        match written {
            TomlFixture::Path(path) => Self { path, prefix: None },
            TomlFixture::Table(TomlTable { path, prefix }) => Self { path, prefix },
        }
    }
}

/// The type of an option's values, named after the kind in its row.
pub trait Kind {
    /// A value in the expansion of the attribute.
    type Inline;
    /// A value before its rule is applied.
    type Stored: for<'de> Deserialize<'de>;

    /// A valid value in TOML.
    const EXAMPLE: &str;

    /// Converts a value of the attribute.
    fn from_inline(value: Self::Inline) -> Self::Stored;

    /// Parses the text of a variable. Lists and tables are TOML.
    ///
    /// # Errors
    ///
    /// Describes a valid text.
    fn from_text(text: &str) -> Result<Self::Stored, String> {
        toml::de::ValueDeserializer::parse(text)
            .and_then(Self::Stored::deserialize)
            .map_err(|error| format!("{}: write it as in {}", error.message(), Self::EXAMPLE))
    }
}

/// Any text.
pub enum Text {}

impl Kind for Text {
    type Inline = &'static str;
    type Stored = String;

    const EXAMPLE: &str = "\"…\"";

    fn from_inline(value: Self::Inline) -> String {
        value.to_owned()
    }

    fn from_text(text: &str) -> Result<String, String> {
        Ok(text.to_owned())
    }
}

/// A duration, which is a text until its rule is applied.
pub enum Duration {}

/// A duration inside the attribute: a text, or a constant of the standard library's type.
#[derive(Debug)]
pub struct InlineDuration(String);

impl From<&'static str> for InlineDuration {
    fn from(text: &'static str) -> Self {
        Self(text.to_owned())
    }
}

impl From<std::time::Duration> for InlineDuration {
    fn from(duration: std::time::Duration) -> Self {
        Self(humantime::format_duration(duration).to_string())
    }
}

impl Kind for Duration {
    type Inline = InlineDuration;
    type Stored = String;

    const EXAMPLE: &str = Text::EXAMPLE;

    fn from_inline(value: Self::Inline) -> String {
        value.0
    }

    fn from_text(text: &str) -> Result<String, String> {
        Text::from_text(text)
    }
}

/// A whole number.
fn number(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| "it is a whole number, without quotes".to_owned())
}

/// A port.
pub enum Port {}

impl Kind for Port {
    type Inline = u16;
    type Stored = u64;

    const EXAMPLE: &str = "9000";

    fn from_inline(value: u16) -> u64 {
        value.into()
    }

    fn from_text(text: &str) -> Result<u64, String> {
        number(text)
    }
}

/// A number of at least 1.
pub enum Count {}

impl Kind for Count {
    type Inline = usize;
    type Stored = u64;

    const EXAMPLE: &str = "4";

    fn from_inline(value: usize) -> u64 {
        value as u64
    }

    fn from_text(text: &str) -> Result<u64, String> {
        number(text)
    }
}

/// `true` or `false`.
pub enum Switch {}

impl Kind for Switch {
    type Inline = bool;
    type Stored = bool;

    const EXAMPLE: &str = "true";

    fn from_inline(value: bool) -> bool {
        value
    }

    fn from_text(text: &str) -> Result<bool, String> {
        match text {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err("it is either `true` or `false`".to_owned()),
        }
    }
}

/// A list of words.
pub enum Command {}

impl Kind for Command {
    type Inline = &'static [&'static str];
    type Stored = Vec<String>;

    const EXAMPLE: &str = "[\"server\", \"/data\"]";

    fn from_inline(value: Self::Inline) -> Vec<String> {
        value.iter().map(|word| (*word).to_owned()).collect()
    }
}

/// Texts by name.
pub enum Environment {}

impl Kind for Environment {
    type Inline = &'static [(&'static str, &'static str)];
    type Stored = BTreeMap<String, String>;

    const EXAMPLE: &str = "{ NAME = \"value\" }";

    fn from_inline(value: Self::Inline) -> Self::Stored {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        value.iter().map(owned).collect()
    }
}

/// A list of files and folders.
pub enum Fixtures {}

impl Kind for Fixtures {
    type Inline = &'static [(&'static str, Option<&'static str>)];
    type Stored = Vec<Fixture>;

    const EXAMPLE: &str = "[\"tests/data\", { path = \"extra\", prefix = \"prefix/\" }]";

    fn from_inline(value: Self::Inline) -> Vec<Fixture> {
        let owned = |(path, prefix): &(&str, Option<&str>)| Fixture::new(path, *prefix);
        value.iter().map(owned).collect()
    }
}
