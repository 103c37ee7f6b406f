//! One value of one option: what it may be, and what to write instead where it is something else.
use std::time::Duration;

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{Error, Ident, Lit, LitStr, Path, Result, parse::ParseStream, parse::Parser as _};

use crate::{bucket_name, list};

/// What stands behind `name =`.
pub(crate) struct Value<'a> {
    /// The option.
    pub(crate) name: &'a str,
    /// The option with a good value, as one would write it.
    pub(crate) example: &'a str,
    /// What the user wrote.
    pub(crate) tokens: TokenStream,
}

impl Value<'_> {
    /// A string in quotes.
    pub(crate) fn string(self) -> Result<LitStr> {
        let Self { name, example, .. } = self;
        match self.literal("a string in quotes")? {
            Lit::Str(string) => Ok(string),
            lit @ (Lit::Int(_) | Lit::Float(_) | Lit::Bool(_)) => Err(Error::new_spanned(
                &lit,
                format!(
                    "`{name}` takes a string: write `{name} = \"{}\"`",
                    lit.to_token_stream()
                ),
            )),
            lit => Err(Error::new_spanned(
                lit,
                format!("`{name}` takes a string in plain quotes, as in `{example}`"),
            )),
        }
    }

    /// A string in quotes that is not blank.
    pub(crate) fn text(self, when_left_out: &str) -> Result<LitStr> {
        let name = self.name;
        let string = self.string()?;
        if string.value().trim().is_empty() {
            return Err(Error::new_spanned(
                string,
                format!(
                    "`{name}` is empty: write a value, or leave the option out for {when_left_out}"
                ),
            ));
        }
        Ok(string)
    }

    /// A name that S3 takes for a bucket.
    pub(crate) fn bucket_name(self) -> Result<LitStr> {
        let string = self.string()?;
        let errors = bucket_name::problems(&string.value())
            .into_iter()
            .map(|problem| Error::new_spanned(&string, problem));
        match errors.reduce(|mut all, error| {
            all.combine(error);
            all
        }) {
            Some(errors) => Err(errors),
            None => Ok(string),
        }
    }

    /// A duration above zero, such as `"1m 30s"`.
    pub(crate) fn duration(self, when_left_out: &str) -> Result<Duration> {
        let Self { name, example, .. } = self;
        let string = match self.literal("a duration in quotes")? {
            Lit::Str(string) => string,
            Lit::Int(number) => {
                return Err(Error::new_spanned(
                    &number,
                    format!(
                        "`{name}` takes a duration with its unit in quotes: write `{name} = \"{}s\"`",
                        number.base10_digits()
                    ),
                ));
            }
            lit => {
                return Err(Error::new_spanned(
                    lit,
                    format!("`{name}` takes a duration with its unit in quotes, as in `{example}`"),
                ));
            }
        };
        match humantime::parse_duration(&string.value()) {
            Ok(duration) if duration.is_zero() => Err(Error::new_spanned(
                string,
                format!(
                    "`{name}` is a duration above zero: leave the option out for {when_left_out}"
                ),
            )),
            Ok(duration) => Ok(duration),
            Err(_) => Err(Error::new_spanned(
                &string,
                format!(
                    "\"{}\" is not a duration: write a number with its unit, such as \"30s\", \"1m 30s\" or \"500ms\"",
                    string.value()
                ),
            )),
        }
    }

    /// A whole number above zero.
    pub(crate) fn count(self) -> Result<usize> {
        let Self { name, example, .. } = self;
        let lit = self.literal("a whole number")?;
        let message = match &lit {
            Lit::Int(number) => match number.base10_parse::<usize>() {
                Ok(count) if count > 0 => return Ok(count),
                _ => format!("`{name}` is at least 1, as in `{example}`"),
            },
            Lit::Str(string) if string.value().parse::<usize>().is_ok_and(|count| count > 0) => {
                format!(
                    "`{name}` takes a number without quotes: write `{name} = {}`",
                    string.value()
                )
            }
            _ => format!("`{name}` takes a whole number without quotes, as in `{example}`"),
        };
        Err(Error::new_spanned(lit, message))
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
                false if input.peek(syn::Ident) => Err(list::missing_comma(input)),
                false => Err(wrong()),
            }
        })
        .parse2(self.tokens.clone())
    }

    /// The literal, if the value is one and nothing else.
    fn literal(self, what: &str) -> Result<Lit> {
        let Self { name, example, .. } = self;
        let wrong = || {
            // A lowercase word most likely lacks its quotes; anything else is meant to be evaluated.
            let word = syn::parse2::<Ident>(self.tokens.clone())
                .map(|word| word.to_string())
                .ok()
                .filter(|word| *word == word.to_lowercase() && what.ends_with("in quotes"));
            let message = match word {
                Some(word) => format!("`{name}` takes {what}: write `{name} = \"{word}\"`"),
                None => format!(
                    "`{name}` takes {what}, written out here as in `{example}`; \
                     the attribute cannot see what a constant, a macro or a calculation comes to"
                ),
            };
            Error::new_spanned(&self.tokens, message)
        };
        (|input: ParseStream| {
            let lit: Lit = input.parse().map_err(|_| wrong())?;
            match input.is_empty() {
                true => Ok(lit),
                false if input.peek(syn::Ident) => Err(list::missing_comma(input)),
                false => Err(wrong()),
            }
        })
        .parse2(self.tokens.clone())
    }
}
