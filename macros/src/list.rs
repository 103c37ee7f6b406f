//! Parsing of comma-separated lists, whose entries are mostly `name = value`.
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{
    Error, Expr, Lit, Result, Token,
    ext::IdentExt as _,
    parse::{ParseStream, Parser},
};

use crate::problems::Problems;

/// The tokens after a name.
pub(crate) enum Argument {
    /// No tokens, or only `=`.
    Nothing,
    /// The tokens after `=`.
    Value(TokenStream),
    /// The tokens between parentheses.
    List(TokenStream),
}

/// Splits at commas first, so that a mistake in one entry does not hide mistakes in the next.
pub(crate) fn split(tokens: TokenStream, problems: &mut Problems) -> Vec<TokenStream> {
    let pieces = (|input: ParseStream| {
        let mut pieces = Vec::new();
        while !input.is_empty() {
            if input.peek(Token![,]) {
                problems.push(input.error("there is nothing before this comma: remove it"));
            } else {
                pieces.push(piece(input)?);
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(pieces)
    })
    .parse2(tokens);
    problems.keep(pieces).unwrap_or_default()
}

/// Returns the tokens up to the next comma outside of an expression. `LIMITS::<A, B>` is one expression.
fn piece(input: ParseStream) -> Result<TokenStream> {
    let mut piece = TokenStream::new();
    let ahead = input.fork();
    if expression(&ahead).is_ok() && (ahead.is_empty() || ahead.peek(Token![,])) {
        while input.cursor() < ahead.cursor() {
            piece.extend([input.parse::<TokenTree>()?]);
        }
    }
    while !input.is_empty() && !input.peek(Token![,]) {
        piece.extend([input.parse::<TokenTree>()?]);
    }
    Ok(piece)
}

/// Skips `value`, `name = value` or `value => value`.
fn expression(input: ParseStream) -> Result<()> {
    let name = input.fork();
    if (name.call(syn::Ident::parse_any).is_ok() || name.parse::<Lit>().is_ok())
        && is_assigned(&name)
    {
        input.parse::<TokenTree>()?;
        input.parse::<Token![=]>()?;
    }
    input.parse::<Expr>()?;
    if input.parse::<Option<Token![=>]>>()?.is_some() {
        input.parse::<Expr>()?;
    }
    Ok(())
}

/// Parses entries `name`, `name = value` and `name(…)`. The function `name` parses the name.
pub(crate) fn entries<N>(
    pieces: impl IntoIterator<Item = TokenStream>,
    name: impl Fn(ParseStream) -> Result<N>,
    problems: &mut Problems,
) -> Vec<(N, Argument)> {
    let mut entries = Vec::new();
    for piece in pieces {
        let entry = (|input: ParseStream| Ok((name(input)?, argument(input)?))).parse2(piece);
        entries.extend(problems.keep(entry));
    }
    entries
}

fn argument(input: ParseStream) -> Result<Argument> {
    if input.is_empty() {
        return Ok(Argument::Nothing);
    }
    if is_assigned(input) {
        input.parse::<Token![=]>()?;
        let value: TokenStream = input.parse()?;
        return Ok(if value.is_empty() {
            Argument::Nothing
        } else {
            Argument::Value(value)
        });
    }
    if input.peek(Token![=>]) || input.peek(Token![==]) {
        let sign = if input.peek(Token![=>]) { "=>" } else { "==" };
        return Err(input.error(format!("expected `=` and a value here, not `{sign}`")));
    }
    match input.parse::<TokenTree>()? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
            if input.is_empty() {
                Ok(Argument::List(group.stream()))
            } else {
                Err(missing_comma(input))
            }
        }
        token => Err(Error::new(
            token.span(),
            format!("expected `=` and a value here, not `{token}`"),
        )),
    }
}

/// Returns true if the next token is a plain `=`.
pub(crate) fn is_assigned(input: ParseStream) -> bool {
    input.peek(Token![=]) && !input.peek(Token![==]) && !input.peek(Token![=>])
}

pub(crate) fn missing_comma(input: ParseStream) -> Error {
    let next = input.parse::<TokenTree>();
    match next {
        Ok(next) => Error::new(next.span(), format!("a comma is missing before `{next}`")),
        Err(error) => error,
    }
}
