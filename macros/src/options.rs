//! The options of one attribute: `#[s3_test(…)]`, or `#[bucket(…)]` on a parameter.
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use s3_test_options::{self as rules, Kind, OPTIONS, Row, Rule, Scope};
use syn::{Error, ExprPath, Lit, LitStr, Path, Result, ext::IdentExt as _, parse::ParseStream};

use crate::{
    environment,
    fixtures::{self, Fixture},
    list::{self, Argument},
    problems::Problems,
    value::{Text, Value},
};

/// The options of one attribute, in source order.
#[derive(Clone, Default)]
pub(crate) struct ParsedOptions(Vec<WrittenOption>);

/// One option.
#[derive(Clone)]
pub(crate) struct WrittenOption {
    pub(crate) name: Ident,
    /// `None` if the value was invalid, which is already reported.
    pub(crate) setting: Option<Setting>,
}

/// The value of an option.
#[derive(Clone)]
pub(crate) enum Setting {
    Text(Text),
    Duration(Text),
    Port(u16),
    Count(usize),
    Switch(bool),
    Command(Vec<Text>),
    Environment(Vec<(LitStr, Text)>),
    Fixtures(Vec<Fixture>),
    Texts(Vec<LitStr>),
    /// The entries, which are read by `matrix.rs`.
    Matrix(TokenStream),
    Crate(Path),
    Function(ExprPath),
}

impl ParsedOptions {
    /// Parses all options and reports every mistake.
    pub(crate) fn parse(tokens: TokenStream, scope: Scope, problems: &mut Problems) -> Self {
        let mut options = Self::default();
        let mut pieces = list::split(tokens, problems).into_iter().peekable();
        if scope == Scope::Bucket
            && let Some(name) = pieces.next_if(|piece| !is_option(piece))
        {
            let span = syn::spanned::Spanned::span(&name);
            options.write(Ident::new("bucket", span), Argument::Value(name), problems);
        }
        for (name, argument) in list::entries(pieces, option_name, problems) {
            match refusal(scope, &name.to_string()) {
                Some(refusal) => problems.push(Error::new(name.span(), refusal)),
                None => options.write(name, argument, problems),
            }
        }
        options.check_shared(scope, problems);
        options
    }

    /// Removes an option.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|written| written.name != name);
    }

    fn write(&mut self, name: Ident, argument: Argument, problems: &mut Problems) {
        if self.get(&name.to_string()).is_some() {
            problems.push(Error::new(
                name.span(),
                format!("`{name}` is there twice: keep one of the two"),
            ));
        }
        let setting =
            rules::row(&name.to_string()).and_then(|row| setting(row, &name, argument, problems));
        self.0.push(WrittenOption { name, setting });
    }

    /// Returns these options, and those outside that they do not override.
    pub(crate) fn over(&self, outside: &Self) -> Self {
        const NAMES: [&str; 2] = ["bucket", "bucket_prefix"];
        let is_named = NAMES.iter().any(|name| self.get(name).is_some());
        let others = outside.iter().filter(|it| {
            let name = it.name.to_string();
            self.get(&name).is_none() && !(is_named && NAMES.contains(&name.as_str()))
        });
        Self(self.iter().chain(others).cloned().collect())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &WrittenOption> {
        self.0.iter()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&WrittenOption> {
        self.iter().find(|written| written.name == name)
    }

    /// Returns the value of an option that is a string literal.
    pub(crate) fn literal(&self, name: &str) -> Option<&LitStr> {
        match self.get(name)?.setting.as_ref()? {
            Setting::Text(text) | Setting::Duration(text) => text.literal(),
            _ => None,
        }
    }

    /// Reports what a shared data set cannot have. `scope` is that of the attribute.
    fn check_shared(&self, scope: Scope, problems: &mut Problems) {
        let Some(WrittenOption {
            name,
            setting: Some(Setting::Switch(true)),
        }) = self.get("shared")
        else {
            return;
        };
        for written in self.iter() {
            let option = written.name.to_string();
            if rules::NOT_SHARED.contains(&option.as_str()) {
                let problem = rules::beside_shared(&option);
                problems.push(Error::new(written.name.span(), problem));
            }
        }
        // Those of the test's own bucket may be set elsewhere.
        if scope == Scope::Bucket && self.get("fixtures").is_none() {
            problems.push(Error::new(name.span(), rules::NOTHING_SHARED));
        }
    }

    /// Reports a bucket that has both a name and a prefix.
    pub(crate) fn check_name(&self, problems: &mut Problems) {
        let mut names = self
            .iter()
            .filter(|written| written.name == "bucket" || written.name == "bucket_prefix");
        if let (Some(first), Some(second)) = (names.next(), names.next())
            && first.name != second.name
        {
            problems.push(Error::new(second.name.span(), rules::NAMED_TWICE));
        }
    }
}

/// Returns the message for a name that is no option in this scope.
fn refusal(scope: Scope, name: &str) -> Option<String> {
    let names = rules::names(scope);
    if names.contains(&name) {
        return None;
    }
    if rules::row(name).is_some() {
        return Some(format!(
            "`{name}` is an option of the whole test: write it inside `#[s3_test(…)]`"
        ));
    }
    if scope == Scope::Test && rules::flavor(name).is_ok() {
        return Some(format!(
            "the flavor is an option: write `flavor = \"{name}\"`"
        ));
    }
    let suggestion = rules::suggestion(name, &names)
        .map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    let list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let of = match scope {
        Scope::Test | Scope::Body => "",
        Scope::Bucket => " of a bucket",
    };
    Some(format!(
        "there is no option `{name}`{of}: {suggestion}the options are {}",
        list.join(", ")
    ))
}

/// Returns true if the first entry of `#[bucket(…)]` is an option and not the bucket's name.
fn is_option(piece: &TokenStream) -> bool {
    let mut tokens = piece.clone().into_iter();
    let Some(TokenTree::Ident(name)) = tokens.next() else {
        return false;
    };
    match tokens.next() {
        None => rules::row(&name.to_string()).is_some(),
        Some(TokenTree::Punct(punct)) => {
            let next = tokens.next();
            let is_one = !matches!(&next, Some(TokenTree::Punct(next)) if matches!(next.as_char(), ':' | '=' | '>'));
            matches!(punct.as_char(), '=' | ':') && is_one
        }
        // `name()` is a call that returns the bucket's name.
        Some(TokenTree::Group(list)) => !list.stream().is_empty() && tokens.next().is_none(),
        Some(_) => false,
    }
}

/// Parses the name of an option, and suggests one if it is missing.
fn option_name(input: ParseStream) -> Result<Ident> {
    let example = OPTIONS[0].example;
    if input.peek(Lit) {
        let lit: Lit = input.parse()?;
        let message = match &lit {
            Lit::Str(_) => format!(
                "an option has a name: did you mean `bucket = {}`?",
                lit.to_token_stream()
            ),
            _ => format!("an option has a name, as in `{example}`"),
        };
        return Err(Error::new_spanned(lit, message));
    }
    input.call(Ident::parse_any).map_err(|error| {
        Error::new(
            error.span(),
            format!("expected an option, such as `{example}`"),
        )
    })
}

/// Reads the value of one option.
fn setting(
    row: &Row,
    ident: &Ident,
    argument: Argument,
    problems: &mut Problems,
) -> Option<Setting> {
    let Row { name, example, .. } = *row;
    if let Kind::Command | Kind::Environment | Kind::Fixtures | Kind::Texts(_) | Kind::Matrix =
        row.kind
    {
        let list = problems.keep(list_tokens(ident, example, argument))?;
        return Some(match row.kind {
            Kind::Texts(rule) => Setting::Texts(texts(row, rule, list, problems)),
            Kind::Matrix => Setting::Matrix(list),
            Kind::Environment => Setting::Environment(environment::parse(list, problems)),
            Kind::Fixtures => Setting::Fixtures(fixtures::parse(list, problems)),
            _ => Setting::Command(command(row, list, problems)),
        });
    }
    if let (Kind::Switch, Argument::Nothing, true) = (row.kind, &argument, example == name) {
        return Some(Setting::Switch(true));
    }
    let value = Value {
        name,
        before: &format!("{name} = "),
        example,
        tokens: problems.keep(value_tokens(ident, example, argument))?,
    };
    problems.keep(match row.kind {
        Kind::Text(rule) => value.text(|text| rule(row, text)).map(Setting::Text),
        Kind::Duration => value.duration(row).map(Setting::Duration),
        Kind::Port => value.number(rules::port).map(Setting::Port),
        Kind::Count => value.number(rules::count).map(Setting::Count),
        Kind::Switch => value.switch().map(Setting::Switch),
        Kind::Path => value.path().map(Setting::Crate),
        Kind::Function => value.function().map(Setting::Function),
        Kind::Command | Kind::Environment | Kind::Fixtures | Kind::Texts(_) | Kind::Matrix => {
            return None;
        }
    })
}

/// Returns the tokens after `=`. All options but the lists have one.
fn value_tokens(name: &Ident, example: &str, argument: Argument) -> Result<TokenStream> {
    match argument {
        Argument::Value(tokens) => Ok(tokens),
        Argument::List(list) if !list.is_empty() => Err(Error::new_spanned(
            &list,
            match syn::parse2::<Lit>(list.clone()) {
                Ok(lit) => format!(
                    "`{name}` takes its value behind `=`: write `{name} = {}`",
                    lit.to_token_stream()
                ),
                Err(_) => format!("`{name}` takes its value behind `=`, as in `{example}`"),
            },
        )),
        Argument::Nothing | Argument::List(_) => Err(Error::new(
            name.span(),
            format!("`{name}` needs a value, as in `{example}`"),
        )),
    }
}

/// Returns the tokens between the parentheses of a list.
fn list_tokens(name: &Ident, example: &str, argument: Argument) -> Result<TokenStream> {
    let message = match argument {
        Argument::List(list) if !list.is_empty() => return Ok(list),
        Argument::Nothing | Argument::List(_) => {
            format!("`{name}` needs a list, as in `{example}`")
        }
        Argument::Value(_) => {
            format!("`{name}` takes a list in parentheses, without `=`, as in `{example}`")
        }
    };
    Err(Error::new(name.span(), message))
}

/// The texts of a list whose meaning must be known when the test is compiled.
fn texts(row: &Row, rule: Rule, tokens: TokenStream, problems: &mut Problems) -> Vec<LitStr> {
    let mut texts = Vec::new();
    for tokens in list::split(tokens, problems) {
        let text = Value {
            name: row.name,
            before: "",
            example: row.example,
            tokens: tokens.clone(),
        };
        match problems.keep(text.text(|text| rule(row, text))) {
            Some(Text::Literal(text)) => texts.push(text),
            Some(Text::Constant(_)) => problems.push(Error::new_spanned(
                tokens,
                format!(
                    "`{}` is checked when the test is compiled: write a string in quotes, as in `{}`",
                    row.name, row.example
                ),
            )),
            None => {}
        }
    }
    texts
}

/// The words of `command(…)`.
fn command(row: &Row, tokens: TokenStream, problems: &mut Problems) -> Vec<Text> {
    let mut words = Vec::new();
    for tokens in list::split(tokens, problems) {
        let word = Value {
            name: row.name,
            before: "",
            example: row.example,
            tokens,
        };
        words.extend(problems.keep(word.text(|_| Vec::new())));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::str::FromStr as _;

    fn parse(scope: Scope, source: &str) -> (ParsedOptions, Vec<String>) {
        let mut problems = Problems::default();
        let tokens = TokenStream::from_str(source).expect("tokens");
        let options = ParsedOptions::parse(tokens, scope, &mut problems);
        (options, problems.messages())
    }

    #[test]
    fn one_mistake_does_not_hide_the_next() {
        let (options, problems) = parse(
            Scope::Test,
            r#"bukcet = "a", bucket = 5, "x", timeout = 30, , worker_threads = "4", region = "eu-west-1""#,
        );
        assert_eq!(problems.len(), 6, "{problems:#?}");
        let region = options.literal("region").map(LitStr::value);
        assert_eq!(region.as_deref(), Some("eu-west-1"));
    }

    #[test]
    fn a_comma_inside_an_expression_does_not_end_it() {
        let (options, problems) = parse(
            Scope::Test,
            "timeout = limit::<A, B>(), image = <T as Image<A, B>>::NAME, region = if A < B { C } else { D },",
        );
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(options.iter().count(), 3);
    }

    #[test]
    fn the_first_entry_may_be_the_name_of_a_bucket() {
        for source in [
            r#""archive""#,
            "ARCHIVE",
            "names::ARCHIVE",
            "archive::NAME, keep = \"always\"",
            "name()",
            "name::<A, B>()",
            "concat!(\"a\", \"rchive\")",
            "{ ARCHIVE }",
            "bucket = ARCHIVE",
        ] {
            let (options, problems) = parse(Scope::Bucket, source);
            assert_eq!(problems, Vec::<String>::new(), "{source}");
            assert!(options.get("bucket").is_some(), "{source}");
        }
        for source in ["", "keep = KEEP", "fixtures(\"src\")", "versioning = true"] {
            let (options, problems) = parse(Scope::Bucket, source);
            assert_eq!(problems, Vec::<String>::new(), "{source}");
            assert!(options.get("bucket").is_none(), "{source}");
        }
    }
}
