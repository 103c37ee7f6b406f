//! The shape that the attribute's options and its environment variables share: `name = value, name = value`.
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{
    Error, Result, Token,
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
///
/// `entry` parses the name; what follows the name is parsed here.
pub(crate) fn entries<N>(
    tokens: TokenStream,
    name: impl Fn(ParseStream) -> Result<N>,
    problems: &mut Problems,
) -> Vec<(N, Given)> {
    let mut entries = Vec::new();
    for piece in split_at_commas(tokens, problems) {
        let entry = (|input: ParseStream| Ok((name(input)?, given(input)?))).parse2(piece);
        entries.extend(problems.keep(entry));
    }
    entries
}

fn split_at_commas(tokens: TokenStream, problems: &mut Problems) -> Vec<TokenStream> {
    let mut pieces = vec![TokenStream::new()];
    for token in tokens {
        let is_comma = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',');
        match pieces.last_mut() {
            Some(piece) if !is_comma => piece.extend([token]),
            Some(piece) if piece.is_empty() => problems.push(Error::new(
                token.span(),
                "there is nothing before this comma: remove it",
            )),
            _ => pieces.push(TokenStream::new()),
        }
    }
    // The last piece is empty after a trailing comma, and where there is nothing at all.
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn given(input: ParseStream) -> Result<Given> {
    if input.is_empty() {
        return Ok(Given::Nothing);
    }
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        let value: TokenStream = input.parse()?;
        return Ok(if value.is_empty() {
            Given::Nothing
        } else {
            Given::Value(value)
        });
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

pub(crate) fn missing_comma(input: ParseStream) -> Error {
    let next = input.parse::<TokenTree>();
    match next {
        Ok(next) => Error::new(next.span(), format!("a comma is missing before `{next}`")),
        Err(error) => error,
    }
}
