//! The options that one source sets, each with its place for error messages.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    path::Path,
    sync::{Arc, LazyLock, OnceLock},
};

use s3_test_options::{TABLE, for_each_option};
use serde::Deserialize as _;

use super::kind::{self, Kind};
use crate::error::Error;

/// The place where an option is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// The attribute.
    Attribute(&'static str),
    /// An environment variable.
    Variable(String),
    /// The table of options.
    Default(&'static str),
    /// A key of `s3-test.toml`.
    File {
        path: Arc<Path>,
        line: usize,
        key: &'static str,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(option) => write!(f, "the option `{option}`"),
            Self::Default(option) => write!(f, "the default of `{option}`"),
            Self::Variable(name) => write!(f, "the variable {name}"),
            Self::File { path, line, key } => {
                write!(f, "{}:{line}: the key `{key}`", path.display())
            }
        }
    }
}

/// A value with its place.
#[derive(Debug, Clone)]
pub(crate) struct Sourced<T> {
    pub(crate) value: T,
    pub(crate) source: Source,
}

impl<T: fmt::Display> Sourced<T> {
    /// Applies a rule to the value, and adds its place to the message of a mistake.
    pub(crate) fn read<R>(&self, rule: impl FnOnce(&T) -> Result<R, String>) -> Result<R, Error> {
        rule(&self.value).map_err(|problem| Error::InvalidOption {
            place: self.source.to_string(),
            value: self.value.to_string(),
            problem,
        })
    }
}

/// A value in `s3-test.toml` with its line.
pub(super) struct InFile<'i> {
    pub(super) value: toml::de::ValueDeserializer<'i>,
    pub(super) line: usize,
}

/// The type of an option before its rule is applied.
type Stored<K> = <K as Kind>::Stored;

macro_rules! layer {
    ($($name:ident: $kind:ident $(($rule:expr))? { $($columns:tt)* })*) => {
        /// The options that one source sets: the attribute, the environment, `s3-test.toml`, or the table of defaults.
        ///
        /// They take three kilobytes, of which debug builds would have a copy for each mention on the stack of each test.
        #[derive(Debug, Clone, Default)]
        pub(crate) struct Layer(Box<Fields>);

        /// The options of a layer.
        #[derive(Debug, Clone, Default)]
        pub(crate) struct Fields {
            $(pub(crate) $name: Option<Sourced<Stored<kind::$kind>>>,)*
        }

        impl Deref for Layer {
            type Target = Fields;

            fn deref(&self) -> &Fields {
                &self.0
            }
        }

        impl DerefMut for Layer {
            fn deref_mut(&mut self) -> &mut Fields {
                &mut self.0
            }
        }

        impl Layer {
            /// The names of all options.
            pub(super) const NAMES: &[&str] = &[$(stringify!($name)),*];

            /// The options as `s3-test.toml` would set them.
            #[cfg(test)]
            pub(super) const EXAMPLES: &[(&str, &str)] =
                &[$((stringify!($name), <kind::$kind as Kind>::EXAMPLE)),*];

            /// Returns the options of `self`, and those of `other` that `self` leaves out.
            pub(super) fn or(mut self, other: Self) -> Self {
                let other = other.0;
                $(
                    if self.$name.is_none() {
                        self.$name = other.$name;
                    }
                )*
                self
            }

            /// Reads the environment. An empty variable counts as unset.
            #[allow(non_upper_case_globals)]
            pub(super) fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
                let mut layer = Self::default();
                $(
                    static $name: LazyLock<Option<String>> =
                        LazyLock::new(|| TABLE.$name.variable());
                    if let Some(name) = &*$name {
                        set_from_variable::<kind::$kind>(&mut layer.$name, name, &variable)?;
                    }
                )*
                Ok(layer)
            }

            /// Reads the defaults of the table, once for all tests of a process.
            pub(super) fn of_defaults() -> Result<Self, Error> {
                static READ: OnceLock<Layer> = OnceLock::new();
                if let Some(layer) = READ.get() {
                    return Ok(layer.clone());
                }
                let mut layer = Self::default();
                $(
                    if let Some(text) = TABLE.$name.default.value {
                        let source = Source::Default(stringify!($name));
                        layer.$name = Some(from_text::<kind::$kind>(text.to_owned(), source)?);
                    }
                )*
                Ok(READ.get_or_init(|| layer).clone())
            }

            /// Sets the option of one key of `s3-test.toml`. Fails with the mistake and a valid value.
            pub(super) fn set_from_file(
                &mut self,
                key: &str,
                path: &Arc<Path>,
                in_file: InFile<'_>,
            ) -> Result<(), (toml::de::Error, &'static str)> {
                match key {
                    $(stringify!($name) => {
                        let source =
                            Source::File { path: path.clone(), line: in_file.line, key: stringify!($name) };
                        let value = Stored::<kind::$kind>::deserialize(in_file.value)
                            .map_err(|error| (error, <kind::$kind as Kind>::EXAMPLE))?;
                        self.$name = Some(Sourced { value, source });
                    })*
                    _ => {}
                }
                Ok(())
            }

            /// Returns the names of the options that are set.
            pub(crate) fn set_options(&self) -> impl Iterator<Item = &'static str> {
                [$(self.$name.as_ref().map(|_| stringify!($name))),*].into_iter().flatten()
            }
        }
    };
}

for_each_option!(layer);

/// Sets an option if its variable is set. A function of its own, since debug builds would have the values of all options on
/// the stack of each test at once.
fn set_from_variable<K: Kind>(
    option: &mut Option<Sourced<K::Stored>>,
    name: &str,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<(), Error> {
    if let Some(text) = variable(name).filter(|text| !text.is_empty()) {
        *option = Some(from_text::<K>(text, Source::Variable(name.to_owned()))?);
    }
    Ok(())
}

/// Parses the text of a variable.
fn from_text<K: Kind>(text: String, source: Source) -> Result<Sourced<K::Stored>, Error> {
    let value = K::from_text(&text);
    let text = Sourced {
        value: text,
        source,
    };
    Ok(Sourced {
        value: text.read(|_| value)?,
        source: text.source,
    })
}
