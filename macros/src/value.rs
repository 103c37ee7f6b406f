//! One value: what it may be, and what to write instead where it is something else.
use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{
    Error, Expr, Ident, Lit, LitStr, Path, Result, Token, parse::ParseStream, parse::Parser as _,
};

use crate::list;

/// One value that the user wrote.
pub(crate) struct Value<'a> {
    /// What it is a value of.
    pub(crate) name: &'a str,
    /// What stands before it, such as `bucket = `.
    pub(crate) before: &'a str,
    /// The whole with a good value, as one would write it.
    pub(crate) example: &'a str,
    /// What the user wrote.
    pub(crate) tokens: TokenStream,
}

/// A string: here already, or known when the test runs.
pub(crate) enum Text {
    /// In quotes.
    Literal(LitStr),
    /// An expression that the compiler shall find constant.
    Constant(Expr),
}

impl Text {
    /// The string, where it is here.
    pub(crate) fn literal(&self) -> Option<&LitStr> {
        match self {
            Self::Literal(string) => Some(string),
            Self::Constant(_) => None,
        }
    }
}

enum Written {
    Literal(Lit),
    Expression(Expr),
}

impl Value<'_> {
    /// A string that `broken` finds nothing wrong with.
    pub(crate) fn text(self, broken: impl Fn(&str) -> Vec<String>) -> Result<Text> {
        self.string("a string", broken, |lit| match lit {
            Lit::Int(_) | Lit::Float(_) | Lit::Bool(_) => Some(lit.to_token_stream().to_string()),
            _ => None,
        })
    }

    /// A duration above zero, such as `"1m 30s"`.
    pub(crate) fn duration(self) -> Result<Text> {
        let broken = |text: &str| wrong(s3_test_options::duration(self.name, text));
        self.string("a duration with its unit", broken, |lit| match lit {
            Lit::Int(number) => Some(format!("{}s", number.base10_digits())),
            _ => None,
        })
    }

    /// `meant` is the string that somebody has in mind who writes another literal.
    fn string(
        &self,
        what: &str,
        broken: impl Fn(&str) -> Vec<String>,
        meant: impl Fn(&Lit) -> Option<String>,
    ) -> Result<Text> {
        let Self {
            name,
            before,
            example,
            tokens,
        } = self;
        // Constants are written in capitals: a lowercase word most likely lacks its quotes.
        let word = syn::parse2::<Ident>(tokens.clone())
            .ok()
            .map(|word| word.to_string())
            .filter(|word| *word == word.to_lowercase());
        let meant = match word {
            Some(word) => Some(word),
            None => match self.written()? {
                Some(Written::Literal(Lit::Str(string))) => return valid(string, broken),
                Some(Written::Literal(lit)) => meant(&lit),
                Some(Written::Expression(expr)) => return Ok(Text::Constant(expr)),
                None => {
                    return Err(Error::new_spanned(
                        tokens,
                        format!("`{name}` takes {what} in quotes or a constant, as in `{example}`"),
                    ));
                }
            },
        };
        Err(Error::new_spanned(
            tokens,
            match meant.filter(|meant| broken(meant).is_empty()) {
                Some(meant) => {
                    format!("`{name}` takes {what} in quotes: write `{before}\"{meant}\"`")
                }
                None => format!("`{name}` takes {what} in plain quotes, as in `{example}`"),
            },
        ))
    }

    /// A whole number that `check` takes.
    pub(crate) fn number<T>(
        self,
        check: impl FnOnce(&str, u64) -> std::result::Result<T, String>,
    ) -> Result<T> {
        let Self {
            name,
            before,
            example,
            ..
        } = self;
        let lit = self.only_literal("a whole number")?;
        let message = match &lit {
            Lit::Int(number) => match number.base10_parse().map(|number| check(name, number)) {
                Ok(Ok(number)) => return Ok(number),
                Ok(Err(message)) => message,
                Err(_) => format!("`{name}` takes a whole number above zero, as in `{example}`"),
            },
            Lit::Str(string) if string.value().parse::<u64>().is_ok_and(|number| number > 0) => {
                format!(
                    "`{name}` takes a number without quotes: write `{before}{}`",
                    string.value()
                )
            }
            _ => format!("`{name}` takes a whole number without quotes, as in `{example}`"),
        };
        Err(Error::new_spanned(lit, message))
    }

    /// `true` or `false`.
    pub(crate) fn switch(self) -> Result<bool> {
        let Self { name, before, .. } = self;
        let lit = self.only_literal("`true` or `false`")?;
        let meant = match &lit {
            Lit::Bool(switch) => return Ok(switch.value),
            Lit::Str(string) if string.value() == "false" => "false",
            _ => "true",
        };
        Err(Error::new_spanned(
            lit,
            format!("`{name}` takes `true` or `false` without quotes: write `{before}{meant}`"),
        ))
    }

    /// A path to a crate, also in quotes, as tokio's `crate` has it.
    pub(crate) fn path(self) -> Result<Path> {
        let wrong = || {
            Error::new_spanned(
                &self.tokens,
                format!(
                    "`{}` takes the path under which this crate is known here, as in `{}`",
                    self.name, self.example
                ),
            )
        };
        if let Ok(string) = syn::parse2::<LitStr>(self.tokens.clone()) {
            return string
                .parse_with(Path::parse_mod_style)
                .map_err(|_| wrong());
        }
        (|input: ParseStream| {
            let path = Path::parse_mod_style(input).map_err(|_| wrong())?;
            match input.is_empty() {
                true => Ok(path),
                false if input.peek(Ident) => Err(list::missing_comma(input)),
                false => Err(wrong()),
            }
        })
        .parse2(self.tokens.clone())
    }

    fn only_literal(self, what: &str) -> Result<Lit> {
        let Self { name, example, .. } = self;
        match self.written() {
            Ok(Some(Written::Literal(lit))) => Ok(lit),
            Ok(_) => Err(Error::new_spanned(
                self.tokens,
                format!(
                    "`{name}` takes {what}, written out here as in `{example}`: only where a string stands may a \
                     constant or a calculation stand as well"
                ),
            )),
            Err(error) => Err(error),
        }
    }

    /// What the tokens are, where they are one thing.
    fn written(&self) -> Result<Option<Written>> {
        (|input: ParseStream| {
            let ahead = input.fork();
            let written = match ahead.parse::<Lit>() {
                Ok(lit) if ahead.is_empty() || is_missing_comma(&ahead) => {
                    input.parse::<Lit>()?;
                    Some(Written::Literal(lit))
                }
                _ => input.parse().map(Written::Expression).ok(),
            };
            if written.is_some() && is_missing_comma(input) {
                return Err(list::missing_comma(input));
            }
            let rest: TokenStream = input.parse()?;
            Ok(written.filter(|_| rest.is_empty()))
        })
        .parse2(self.tokens.clone())
    }
}

/// Whether the next entry seems to begin here.
fn is_missing_comma(input: ParseStream) -> bool {
    input.peek(Lit) || (input.peek(Ident) && !input.peek(Token![as]))
}

/// What is wrong, as a list.
pub(crate) fn wrong<T>(checked: std::result::Result<T, String>) -> Vec<String> {
    checked.err().into_iter().collect()
}

fn valid(string: LitStr, broken: impl Fn(&str) -> Vec<String>) -> Result<Text> {
    let errors = broken(&string.value())
        .into_iter()
        .map(|problem| Error::new_spanned(&string, problem));
    match errors.reduce(|mut all, error| {
        all.combine(error);
        all
    }) {
        Some(errors) => Err(errors),
        None => Ok(Text::Literal(string)),
    }
}
