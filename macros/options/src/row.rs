//! The columns of the table of options.

use crate::choice::Backend;

/// One option.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The name inside the attribute, which is also the key in `s3-test.toml`.
    pub name: &'static str,
    /// The type of its values.
    pub kind: Kind,
    /// The attributes that accept it.
    pub scope: Scope,
    /// The backends that it affects.
    pub backends: Backends,
    /// The value that applies when it is left out.
    pub default: DefaultValue,
    /// A use inside the attribute.
    pub example: &'static str,
    /// The documentation: one or two sentences of Markdown.
    pub meaning: &'static str,
    /// The type for people to read, in Markdown.
    pub type_words: &'static str,
}

/// A rule for texts: returns one sentence for each mistake.
pub type Rule = fn(&Row, &str) -> Vec<String>;

/// The type of an option's values. It determines how each source writes them.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A text that follows a rule.
    Text(Rule),
    /// A text with a duration above zero.
    Duration,
    /// A port, from 1 to 65535.
    Port,
    /// A number of at least 1.
    Count,
    /// `true` or `false`.
    Switch,
    /// A list of words.
    Command,
    /// Texts by name.
    Environment,
    /// A list of files and folders, each with an optional prefix.
    Fixtures,
    /// A list of texts that follow a rule. Only the attribute can set it.
    Texts(Rule),
    /// A list of names, each with options of its own. Only the attribute can set it.
    Matrix,
    /// A path in Rust. Only the attribute can set it.
    Path,
    /// The path of a function. Only the attribute can set it.
    Function,
}

/// The attributes that accept an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// `#[s3_test(…)]`: the option affects the whole test.
    Test,
    /// Also `#[bucket(…)]` on a parameter: each bucket of a test may have its own value.
    Bucket,
    /// `#[s3_test(…)]`: the option affects the test's body, so a bucket without a test has no use for it.
    Body,
}

/// The backends that an option affects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backends {
    /// All.
    Every,
    /// Containers only.
    Container,
    /// Servers that take time to start: containers and external ones.
    Startup,
    /// External servers only.
    External,
    /// Servers that outlive a test: containers and external ones.
    Lasting,
}

impl Backends {
    /// Returns the sentence for an option that has no effect on the requested backend.
    #[must_use]
    pub fn problem(self, option: &str, backend: Backend) -> Option<String> {
        let server = match (self, backend) {
            (Self::Container | Self::Startup, Backend::Embedded) => "the embedded server",
            (Self::Container, Backend::External) => "a server that is already running",
            (Self::External, Backend::Auto | Backend::Container | Backend::Embedded) => {
                return Some(format!(
                    "`{option}` is a server that is already running: write `backend = \"external\"` with it, or nothing"
                ));
            }
            (Self::Lasting, Backend::Embedded) => {
                return Some(format!(
                    "`{option}` has no bucket to keep on the embedded server, which ends with its test: remove one of \
                     the two"
                ));
            }
            (Self::Every, _)
            | (Self::Container, Backend::Auto | Backend::Container)
            | (
                Self::Startup | Self::Lasting,
                Backend::Auto | Backend::Container | Backend::External,
            )
            | (Self::External, Backend::External) => return None,
        };
        Some(format!(
            "`{option}` is for a container, and this test asks for {server}: remove one of the two"
        ))
    }
}

/// The value that applies when an option is left out.
#[derive(Debug, Clone, Copy)]
pub struct DefaultValue {
    /// The value as a variable would contain it.
    pub value: Option<&'static str>,
    /// The value in words, for messages.
    pub words: &'static str,
}

impl DefaultValue {
    /// A value that needs no explanation.
    #[must_use]
    pub const fn value(value: &'static str) -> Self {
        Self::described(value, value)
    }

    /// A value that messages describe in other words.
    #[must_use]
    pub const fn described(value: &'static str, words: &'static str) -> Self {
        Self {
            value: Some(value),
            words,
        }
    }

    /// No value: the words say what happens instead.
    #[must_use]
    pub const fn none(words: &'static str) -> Self {
        Self { value: None, words }
    }
}

impl Row {
    /// Returns the name of the environment variable that sets the option, if one can.
    #[must_use]
    pub fn variable(&self) -> Option<String> {
        match self.kind {
            Kind::Texts(_) | Kind::Matrix | Kind::Path | Kind::Function => None,
            _ => Some(format!("S3_TEST_{}", self.name.to_ascii_uppercase())),
        }
    }

    /// Returns its line in the tables of the documentation.
    pub(crate) fn markdown(&self) -> String {
        let code = |text: &str| format!("`{text}`");
        let variable = self.variable();
        let cells = [
            code(self.name),
            self.meaning.to_owned(),
            self.type_words.to_owned(),
            code(self.example),
            variable.as_deref().map_or_else(String::new, code),
            variable.map_or_else(String::new, |_| code(self.name)),
            self.default
                .value
                .map_or_else(|| self.default.words.to_owned(), code),
        ];
        let line = cells.iter().fold(String::from("|"), |line, cell| {
            if cell.is_empty() {
                line + " |"
            } else {
                format!("{line} {cell} |")
            }
        });
        line + "\n"
    }
}
