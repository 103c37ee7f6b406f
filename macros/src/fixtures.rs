//! The files inside `fixtures(…)`.
use std::{
    env, fs,
    path::{Component, Path, PathBuf},
};

use proc_macro2::{TokenStream, TokenTree};
use s3_test_options as rules;
use syn::{Error, LitStr, Result, Token, parse::ParseStream, parse::Parser as _};

use crate::{
    list,
    problems::Problems,
    value::{Text, Value},
};

/// A file or folder, and what stands before its keys.
#[derive(Clone)]
pub(crate) struct Fixture {
    pub(crate) path: LitStr,
    pub(crate) prefix: Option<Text>,
}

impl Fixture {
    fn is_like(&self, other: &Self) -> bool {
        let same_prefix = match (&self.prefix, &other.prefix) {
            (None, None) => true,
            (Some(Text::Literal(one)), Some(Text::Literal(two))) => one.value() == two.value(),
            _ => false,
        };
        same_prefix && self.names() == other.names()
    }

    /// The path without what makes no difference.
    fn names(&self) -> PathBuf {
        let path = self.path.value();
        Path::new(&path)
            .components()
            .filter(|part| *part != Component::CurDir)
            .collect()
    }
}

/// Reads paths and prefixes, and tells everything that is wrong with them.
pub(crate) fn parse(tokens: TokenStream, problems: &mut Problems) -> Vec<Fixture> {
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let mut fixtures: Vec<Fixture> = Vec::new();
    for piece in list::split(tokens, problems) {
        let Some(fixture) = problems.keep(fixture.parse2(piece)) else {
            continue;
        };
        let path = fixture.path.value();
        let problem = if fixtures.iter().any(|other| fixture.is_like(other)) {
            Some(format!("\"{path}\" is there twice: keep one of the two"))
        } else {
            problem(&path, package.as_deref())
        };
        if let Some(problem) = problem {
            problems.push(Error::new_spanned(&fixture.path, problem));
        }
        fixtures.push(fixture);
    }
    fixtures
}

/// `"path"` or `"path" => "prefix/"`.
fn fixture(input: ParseStream) -> Result<Fixture> {
    let mut path = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![=]) {
        path.extend([input.parse::<TokenTree>()?]);
    }
    let text = Value {
        name: "fixtures",
        before: "",
        example: "fixtures(\"tests/data\")",
        tokens: path.clone(),
    }
    .text(|_| Vec::new())?;
    let Text::Literal(path) = text else {
        return Err(Error::new_spanned(
            path,
            "the path of a fixture is written out here, as in `fixtures(\"tests/data\")`: only its prefix may be a \
             constant",
        ));
    };
    if input.is_empty() {
        return Ok(Fixture { path, prefix: None });
    }
    let example = "as in `\"extra\" => \"prefix/\"`";
    let Ok(arrow) = input.parse::<Token![=>]>() else {
        return Err(input.error(format!(
            "the prefix of a fixture stands behind `=>`, {example}"
        )));
    };
    let tokens: TokenStream = input.parse()?;
    if tokens.is_empty() {
        return Err(Error::new_spanned(
            arrow,
            format!("a prefix stands behind `=>`, {example}"),
        ));
    }
    let prefix = Some(prefix(&path, tokens)?);
    Ok(Fixture { path, prefix })
}

fn prefix(path: &LitStr, tokens: TokenStream) -> Result<Text> {
    let path = path.value();
    let example = format!("\"{path}\" => \"prefix/\"");
    let value = Value {
        name: "fixtures",
        before: &format!("\"{path}\" => "),
        example: &example,
        tokens,
    };
    value.text(|prefix| match prefix {
        "" => vec![format!(
            "the prefix of a fixture is not empty: write one, as in `{example}`, or only `\"{path}\"`"
        )],
        prefix => rules::fixture_prefix(prefix).err().into_iter().collect(),
    })
}

/// The fault of a path.
fn problem(path: &str, package: Option<&Path>) -> Option<String> {
    if path.trim().is_empty() {
        return Some(
            "the path of a fixture is not empty: write a file or a folder, as in `fixtures(\"tests/data\")`"
                .to_owned(),
        );
    }
    if Path::new(path).has_root() || Path::new(path).is_absolute() {
        return Some(format!(
            "\"{path}\" is an absolute path: paths are relative to the package's folder, the one with Cargo.toml"
        ));
    }
    let package = package?;
    if package.join(path).try_exists().unwrap_or(true) {
        return None;
    }
    let remedy = match nearest(package, Path::new(path)) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => "create it, or write the path of another".to_owned(),
    };
    Some(format!(
        "there is no file or folder \"{path}\", relative to the package's folder, the one with Cargo.toml: {remedy}"
    ))
}

/// The path with its first wrong name replaced by a near one, up to there.
fn nearest(package: &Path, path: &Path) -> Option<String> {
    let mut good = PathBuf::new();
    for name in path {
        if package.join(&good).join(name).exists() {
            good.push(name);
            continue;
        }
        let mut names: Vec<String> = fs::read_dir(package.join(&good))
            .ok()?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        names.sort();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let near = s3_test_options::suggestion(name.to_str()?, &names)?;
        // With the slashes of a literal, also where folders are separated otherwise.
        let good = good.join(near);
        let parts: Vec<_> = good.iter().map(|part| part.to_string_lossy()).collect();
        return Some(parts.join("/"));
    }
    None
}
