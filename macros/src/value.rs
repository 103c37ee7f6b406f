//! One value of an option: the parser for each type, with a suggestion for each likely mistake.
use proc_macro2::TokenStream;
use quote::ToTokens;
use s3_test_options::Row;
use syn::{
    Error, Expr, ExprPath, Ident, Lit, LitStr, Path, Result, Token, parse::ParseStream,
    parse::Parser as _,
};

use crate::list;

/// One value in the user's source.
pub(crate) struct Value<'a> {
    /// The name of its option.
    pub(crate) name: &'a str,
    /// The tokens before it, such as `bucket = `.
    pub(crate) before: &'a str,
    /// A valid use of the option.
    pub(crate) example: &'a str,
    /// The user's tokens.
    pub(crate) tokens: TokenStream,
}

/// A string whose value is known now, or when the test runs.
#[derive(Clone)]
pub(crate) enum Text {
    /// A literal.
    Literal(LitStr),
    /// A constant expression, which the compiler checks.
    Constant(Expr),
}

impl Text {
    /// Returns the literal, if it is one.
    pub(crate) fn literal(&self) -> Option<&LitStr> {
        match self {
            Self::Literal(string) => Some(string),
            Self::Constant(_) => None,
        }
    }
}

enum Parsed {
    Literal(Lit),
    Expression(Expr),
}

impl Value<'_> {
    /// Parses a string for which `broken` returns no mistakes.
    pub(crate) fn text(self, broken: impl Fn(&str) -> Vec<String>) -> Result<Text> {
        self.string("a string", broken, |lit| match lit {
            Lit::Int(_) | Lit::Float(_) | Lit::Bool(_) => Some(lit.to_token_stream().to_string()),
            _ => None,
        })
    }

    /// Parses a duration above zero, such as `"1m 30s"`.
    pub(crate) fn duration(self, row: &Row) -> Result<Text> {
        let broken = |text: &str| {
            s3_test_options::duration(row, text)
                .err()
                .into_iter()
                .collect()
        };
        self.string("a duration with its unit", broken, |lit| match lit {
            Lit::Int(number) => Some(format!("{}s", number.base10_digits())),
            _ => None,
        })
    }

    /// Parses a string. `meant` returns the string that another literal probably stands for.
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
        // Constants have uppercase names, so a lowercase word probably lacks its quotes.
        let word = syn::parse2::<Ident>(tokens.clone())
            .ok()
            .map(|word| word.to_string())
            .filter(|word| *word == word.to_lowercase());
        let meant = match word {
            Some(word) => Some(word),
            None => match self.parsed()? {
                Some(Parsed::Literal(Lit::Str(string))) => return valid(string, broken),
                Some(Parsed::Literal(lit)) => meant(&lit),
                Some(Parsed::Expression(expr)) => return Ok(Text::Constant(expr)),
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

    /// Parses a whole number that `check` accepts.
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

    /// Parses `true` or `false`.
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

    /// Parses a path to a crate, optionally in quotes as in tokio's `crate`.
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

    /// Parses the path of a function, which is not called.
    pub(crate) fn function(self) -> Result<ExprPath> {
        let Self {
            name,
            example,
            tokens,
            ..
        } = &self;
        let instead = |function: &dyn ToTokens| {
            // The tokens of a path have spaces between them.
            let function = function.to_token_stream().to_string().replace(' ', "");
            format!("`{name}` takes the path of a function: write `{name} = {function}`")
        };
        let message = match self.parsed()? {
            Some(Parsed::Expression(Expr::Path(path))) => return Ok(path),
            Some(Parsed::Expression(Expr::Call(call))) => instead(&call.func),
            Some(Parsed::Literal(Lit::Str(string))) => match string.parse::<ExprPath>() {
                Ok(path) => instead(&path),
                Err(_) => format!("`{name}` takes the path of a function, as in `{example}`"),
            },
            Some(Parsed::Expression(Expr::Closure(_))) => format!(
                "`{name}` takes the path of a function, as in `{example}`: write an `async fn` instead of the closure"
            ),
            _ => format!("`{name}` takes the path of a function, as in `{example}`"),
        };
        Err(Error::new_spanned(tokens, message))
    }

    fn only_literal(self, what: &str) -> Result<Lit> {
        let Self { name, example, .. } = self;
        match self.parsed() {
            Ok(Some(Parsed::Literal(lit))) => Ok(lit),
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

    /// Parses the tokens as one literal or one expression.
    fn parsed(&self) -> Result<Option<Parsed>> {
        (|input: ParseStream| {
            let ahead = input.fork();
            let parsed = match ahead.parse::<Lit>() {
                Ok(lit) if ahead.is_empty() || is_missing_comma(&ahead) => {
                    input.parse::<Lit>()?;
                    Some(Parsed::Literal(lit))
                }
                _ => input.parse().map(Parsed::Expression).ok(),
            };
            if parsed.is_some() && is_missing_comma(input) {
                return Err(list::missing_comma(input));
            }
            let rest: TokenStream = input.parse()?;
            Ok(parsed.filter(|_| rest.is_empty()))
        })
        .parse2(self.tokens.clone())
    }
}

/// Returns true if the next entry seems to begin here.
fn is_missing_comma(input: ParseStream) -> bool {
    input.peek(Lit) || (input.peek(Ident) && !input.peek(Token![as]))
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
