//! A set of options: the test's, or those of a bucket that one parameter has for itself.
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use s3_test_options::{self as rules, OPTIONS, Row};
use syn::{Error, Lit, LitStr, Path, Result, ext::IdentExt as _, parse::ParseStream};

use crate::{
    environment,
    fixtures::{self, Fixture},
    list::{self, Given},
    problems::Problems,
    value::{Text, Value, wrong},
};

/// The options that were written, in their order.
#[derive(Default)]
pub(crate) struct Options(Vec<Written>);

/// One option.
pub(crate) struct Written {
    pub(crate) name: Ident,
    /// `None` where it made no sense, which has been told.
    pub(crate) setting: Option<Setting>,
}

/// The value of an option.
pub(crate) enum Setting {
    Text(Text),
    Port(u16),
    Count(usize),
    Switch(bool),
    Command(Vec<Text>),
    Environment(Vec<(LitStr, Text)>),
    Fixtures(Vec<Fixture>),
    Crate(Path),
}

/// Where options stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// `#[s3_test(…)]`.
    Test,
    /// `#[bucket(…)]` on a parameter.
    Bucket,
}

impl Options {
    /// Reads all options and tells everything that is wrong with each.
    pub(crate) fn parse(tokens: TokenStream, place: Place, problems: &mut Problems) -> Self {
        let mut options = Self::default();
        let mut pieces = list::split(tokens, problems).into_iter().peekable();
        if place == Place::Bucket
            && let Some(name) = pieces.next_if(|piece| !is_option(piece))
        {
            let span = syn::spanned::Spanned::span(&name);
            options.write(Ident::new("bucket", span), Given::Value(name), problems);
        }
        for (name, given) in list::entries(pieces, option_name, problems) {
            match place.refusal(&name.to_string()) {
                Some(refusal) => problems.push(Error::new(name.span(), refusal)),
                None => options.write(name, given, problems),
            }
        }
        options
    }

    fn write(&mut self, name: Ident, given: Given, problems: &mut Problems) {
        if self.get(&name.to_string()).is_some() {
            problems.push(Error::new(
                name.span(),
                format!("`{name}` is there twice: keep one of the two"),
            ));
        }
        let setting =
            rules::row(&name.to_string()).and_then(|row| setting(row, &name, given, problems));
        self.0.push(Written { name, setting });
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Written> {
        self.0.iter()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Written> {
        self.iter().find(|written| written.name == name)
    }

    /// The string that an option was given in quotes.
    pub(crate) fn literal(&self, name: &str) -> Option<&LitStr> {
        match self.get(name)?.setting.as_ref()? {
            Setting::Text(text) => text.literal(),
            _ => None,
        }
    }

    /// Tells of a name and a prefix in one bucket.
    pub(crate) fn check_name(&self, problems: &mut Problems) {
        let mut names = self
            .iter()
            .filter(|written| written.name == "bucket" || written.name == "bucket_prefix");
        if let (Some(first), Some(second)) = (names.next(), names.next())
            && first.name != second.name
        {
            problems.push(Error::new(
                second.name.span(),
                "`bucket` is the whole name of a bucket and `bucket_prefix` the beginning of a unique one: \
                 keep one of the two",
            ));
        }
    }
}

impl Place {
    /// Why an option of this name is not one here.
    fn refusal(self, name: &str) -> Option<String> {
        let here: Vec<&str> = match self {
            Self::Test => OPTIONS.map(|row| row.name).to_vec(),
            Self::Bucket => rules::bucket_options().to_vec(),
        };
        if here.contains(&name) {
            return None;
        }
        if rules::row(name).is_some() {
            return Some(format!(
                "`{name}` is an option of the whole test: write it inside `#[s3_test(…)]`"
            ));
        }
        if self == Self::Test && rules::flavor(name).is_ok() {
            return Some(format!(
                "the flavor is an option: write `flavor = \"{name}\"`"
            ));
        }
        let suggestion = rules::suggestion(name, &here)
            .map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        let list: Vec<String> = here.iter().map(|name| format!("`{name}`")).collect();
        let of = match self {
            Self::Test => "",
            Self::Bucket => " of a bucket",
        };
        Some(format!(
            "there is no option `{name}`{of}: {suggestion}the options are {}",
            list.join(", ")
        ))
    }
}

/// Whether the first entry of `#[bucket(…)]` is an option rather than the bucket's name.
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
        // `name()` calculates a name.
        Some(TokenTree::Group(list)) => !list.stream().is_empty() && tokens.next().is_none(),
        Some(_) => false,
    }
}

/// The name of an option; friendly to those who left it out.
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
fn setting(row: &Row, ident: &Ident, given: Given, problems: &mut Problems) -> Option<Setting> {
    let Row { name, example, .. } = *row;
    if let "command" | "environment" | "fixtures" = name {
        let list = problems.keep(list_tokens(ident, example, given))?;
        return Some(match name {
            "command" => Setting::Command(command(list, example, problems)),
            "environment" => Setting::Environment(environment::parse(list, problems)),
            _ => Setting::Fixtures(fixtures::parse(list, problems)),
        });
    }
    let value = Value {
        name,
        before: &format!("{name} = "),
        example,
        tokens: problems.keep(value_tokens(ident, example, given))?,
    };
    let text = match name {
        "bucket" => value.text(rules::bucket),
        "bucket_prefix" => value.text(rules::bucket_prefix),
        "backend" => value.text(|text| wrong(rules::backend(text))),
        "keep" => value.text(|text| wrong(rules::keep(text))),
        "flavor" => value.text(|text| wrong(rules::flavor(text))),
        "endpoint" => value.text(|text| wrong(rules::endpoint(text))),
        "startup_timeout" | "idle_timeout" | "timeout" => value.duration(),
        "port" | "console_port" => {
            return problems.keep(value.number(rules::port)).map(Setting::Port);
        }
        "worker_threads" => {
            return problems
                .keep(value.number(rules::count))
                .map(Setting::Count);
        }
        "versioning" | "start_paused" => return problems.keep(value.switch()).map(Setting::Switch),
        "crate" => return problems.keep(value.path()).map(Setting::Crate),
        _ => value.text(|text| wrong(rules::text(name, text))),
    };
    problems.keep(text).map(Setting::Text)
}

/// What stands behind the `=`, which all options but the lists have.
fn value_tokens(name: &Ident, example: &str, given: Given) -> Result<TokenStream> {
    match given {
        Given::Value(tokens) => Ok(tokens),
        Given::List(list) if !list.is_empty() => Err(Error::new_spanned(
            &list,
            match syn::parse2::<Lit>(list.clone()) {
                Ok(lit) => format!(
                    "`{name}` takes its value behind `=`: write `{name} = {}`",
                    lit.to_token_stream()
                ),
                Err(_) => format!("`{name}` takes its value behind `=`, as in `{example}`"),
            },
        )),
        Given::Nothing | Given::List(_) => Err(Error::new(
            name.span(),
            format!("`{name}` needs a value, as in `{example}`"),
        )),
    }
}

/// What stands between the parentheses that the lists have.
fn list_tokens(name: &Ident, example: &str, given: Given) -> Result<TokenStream> {
    let message = match given {
        Given::List(list) if !list.is_empty() => return Ok(list),
        Given::Nothing | Given::List(_) => format!("`{name}` needs a list, as in `{example}`"),
        Given::Value(_) => {
            format!("`{name}` takes a list in parentheses, without `=`, as in `{example}`")
        }
    };
    Err(Error::new(name.span(), message))
}

/// The words of `command(…)`.
fn command(tokens: TokenStream, example: &str, problems: &mut Problems) -> Vec<Text> {
    let mut words = Vec::new();
    for tokens in list::split(tokens, problems) {
        let word = Value {
            name: "command",
            before: "",
            example,
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

    fn parse(place: Place, source: &str) -> (Options, Vec<String>) {
        let mut problems = Problems::default();
        let tokens = TokenStream::from_str(source).expect("tokens");
        let options = Options::parse(tokens, place, &mut problems);
        (options, problems.messages())
    }

    #[test]
    fn one_mistake_does_not_hide_the_next() {
        let (options, problems) = parse(
            Place::Test,
            r#"bukcet = "a", bucket = 5, "x", timeout = 30, , worker_threads = "4", region = "eu-west-1""#,
        );
        assert_eq!(problems.len(), 6, "{problems:#?}");
        let region = options.literal("region").map(LitStr::value);
        assert_eq!(region.as_deref(), Some("eu-west-1"));
    }

    #[test]
    fn a_comma_inside_an_expression_does_not_end_it() {
        let (options, problems) = parse(
            Place::Test,
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
            let (options, problems) = parse(Place::Bucket, source);
            assert_eq!(problems, Vec::<String>::new(), "{source}");
            assert!(options.get("bucket").is_some(), "{source}");
        }
        for source in ["", "keep = KEEP", "fixtures(\"src\")", "versioning = true"] {
            let (options, problems) = parse(Place::Bucket, source);
            assert_eq!(problems, Vec::<String>::new(), "{source}");
            assert!(options.get("bucket").is_none(), "{source}");
        }
    }
}
