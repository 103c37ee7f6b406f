//! The shape that all lists of the attribute share: entries between commas, most of them `name = value`.
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{
    Error, Expr, Lit, Result, Token,
    ext::IdentExt as _,
    parse::{ParseStream, Parser},
};

use crate::problems::Problems;

/// What follows a name.
pub(crate) enum Given {
    /// Nothing, or an `=` with nothing behind it.
    Nothing,
    /// What stands behind `=`.
    Value(TokenStream),
    /// What stands between parentheses.
    List(TokenStream),
}

/// Splits at commas before anything is parsed, so that a mistake in one entry does not hide those in the next.
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

/// Everything up to the next comma that is not part of an expression, as those in `LIMITS::<A, B>` are.
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

/// Reads `name`, `name = value` and `name(…)`; `name` parses the name.
pub(crate) fn entries<N>(
    pieces: impl IntoIterator<Item = TokenStream>,
    name: impl Fn(ParseStream) -> Result<N>,
    problems: &mut Problems,
) -> Vec<(N, Given)> {
    let mut entries = Vec::new();
    for piece in pieces {
        let entry = (|input: ParseStream| Ok((name(input)?, given(input)?))).parse2(piece);
        entries.extend(problems.keep(entry));
    }
    entries
}

fn given(input: ParseStream) -> Result<Given> {
    if input.is_empty() {
        return Ok(Given::Nothing);
    }
    if is_assigned(input) {
        input.parse::<Token![=]>()?;
        let value: TokenStream = input.parse()?;
        return Ok(if value.is_empty() {
            Given::Nothing
        } else {
            Given::Value(value)
        });
    }
    if input.peek(Token![=>]) || input.peek(Token![==]) {
        let sign = if input.peek(Token![=>]) { "=>" } else { "==" };
        return Err(input.error(format!("expected `=` and a value here, not `{sign}`")));
    }
    match input.parse::<TokenTree>()? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
            if input.is_empty() {
                Ok(Given::List(group.stream()))
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

/// Whether what follows is a plain `=`.
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
