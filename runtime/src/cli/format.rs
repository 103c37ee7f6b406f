//! The forms in which variables are written for shells and other tools.

use std::{env, fs::OpenOptions, io::Write};

use clap::ValueEnum;

use super::output::print;
use crate::{parameters::BoxError, server::Server};

/// A form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Lines for a shell: `eval "$(s3-test up)"`.
    Export,
    /// The server and its variables as one object.
    Json,
    /// Lines for an `.env` file.
    Dotenv,
    /// Lines appended to the file that `NEXTEST_ENV` names, in a set-up script of cargo-nextest.
    Nextest,
    /// Lines appended to the file that `GITHUB_ENV` names, in a step of GitHub Actions.
    Github,
}

/// A variable of a foreign account that would lead programs away from the server.
pub(super) const FOREIGN: [&str; 3] = ["AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"];

impl Format {
    /// Returns the variable that names the file to append to, or `None` if the text goes to the standard output.
    pub(super) fn file_variable(self) -> Option<&'static str> {
        match self {
            Self::Nextest => Some("NEXTEST_ENV"),
            Self::Github => Some("GITHUB_ENV"),
            Self::Export | Self::Json | Self::Dotenv => None,
        }
    }

    /// Prints the variables, or appends them to the tool's file.
    pub(super) fn write(
        self,
        server: &Server,
        variables: &[(&str, String)],
    ) -> Result<(), BoxError> {
        if let Some((name, _)) = variables.iter().find(|(_, value)| value.contains('\n'))
            && self != Self::Json
        {
            return Err(format!(
                "the value of {name} has more than one line, which this format cannot hold: use `--format json`."
            )
            .into());
        }
        match self.file_variable() {
            Some(variable) => append(variable, &lines(variables, str::to_owned)),
            None => Ok(print(&self.text(server, variables)?)?),
        }
    }

    fn text(self, server: &Server, variables: &[(&str, String)]) -> Result<String, BoxError> {
        Ok(match self {
            Self::Json => format!("{:#}\n", json(server, variables)),
            Self::Export => {
                let foreign = FOREIGN.iter().filter(|name| env::var_os(name).is_some());
                let unset = foreign.map(|name| format!("unset {name}\n"));
                let export = |(name, value): &(&str, String)| {
                    format!("export {name}={}\n", quoted_for_shells(value))
                };
                unset.chain(variables.iter().map(export)).collect()
            }
            Self::Dotenv => lines(variables, quoted_for_dotenv),
            Self::Nextest | Self::Github => lines(variables, str::to_owned),
        })
    }
}

fn lines(variables: &[(&str, String)], quoted: impl Fn(&str) -> String) -> String {
    let line = |(name, value): &(&str, String)| format!("{name}={}\n", quoted(value));
    variables.iter().map(line).collect()
}

fn append(variable: &str, text: &str) -> Result<(), BoxError> {
    let Some(path) = env::var_os(variable).filter(|path| !path.is_empty()) else {
        return Err(format!(
            "the variable {variable} names no file to append to. It is set where this format is for: in {}.",
            match variable {
                "NEXTEST_ENV" => "a set-up script of cargo-nextest",
                _ => "a step of GitHub Actions",
            }
        )
        .into());
    };
    let mut file = OpenOptions::new().append(true).create(true).open(&path)?;
    Ok(file.write_all(text.as_bytes())?)
}

fn json(server: &Server, variables: &[(&str, String)]) -> serde_json::Value {
    serde_json::json!({
        "backend": server.backend.name(),
        "server": server.description,
        "endpoint": server.endpoint,
        "console_url": server.console_url,
        "access_key": server.access_key,
        "secret_key": server.secret_key,
        "region": server.region,
        "variables": variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), serde_json::Value::from(value.as_str())))
            .collect::<serde_json::Map<_, _>>(),
    })
}

fn is_plain(value: &str) -> bool {
    let plain =
        |character: char| character.is_ascii_alphanumeric() || "_-.,:/@%+=".contains(character);
    !value.is_empty() && value.chars().all(plain)
}

fn quoted_for_shells(value: &str) -> String {
    if is_plain(value) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// Readers of such files differ in what they make of other quotes.
fn quoted_for_dotenv(value: &str) -> String {
    if is_plain(value) {
        return value.to_owned();
    }
    if !value.contains('\'') {
        return format!("'{value}'");
    }
    let mut quoted = String::from("\"");
    for character in value.chars() {
        if matches!(character, '"' | '\\' | '$' | '`') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_value_as_it_is() {
        for value in [
            "plain",
            "http://127.0.0.1:9000",
            "",
            "it's $HOME",
            "a b",
            "`x`\\n\"!",
        ] {
            let command = format!("printf %s {}", quoted_for_shells(value));
            let output = std::process::Command::new("sh")
                .arg("-c")
                .arg(command)
                .output();
            let output = output.expect("sh runs").stdout;
            assert_eq!(String::from_utf8_lossy(&output), value);
        }
    }

    #[test]
    fn a_value_in_a_dotenv_file_is_quoted_where_it_must_be() {
        assert_eq!(quoted_for_dotenv("us-east-1"), "us-east-1");
        assert_eq!(quoted_for_dotenv("a $b"), "'a $b'");
        assert_eq!(quoted_for_dotenv("it's \"$b\""), r#""it's \"\$b\"""#);
    }
}
