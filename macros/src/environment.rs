//! The variables inside `environment(…)`.
use proc_macro2::{Ident, TokenStream};
use syn::{Error, LitStr, Result, Token, ext::IdentExt as _, parse::ParseStream};

use crate::{
    list::{self, Argument},
    problems::Problems,
    value::{Text, Value},
};

/// Parses names and values, and reports every mistake.
pub(crate) fn parse(tokens: TokenStream, problems: &mut Problems) -> Vec<(LitStr, Text)> {
    let mut variables: Vec<(LitStr, Text)> = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    let pieces = list::split(tokens, problems);
    for (name, argument) in list::entries(pieces, variable_name, problems) {
        let text = name.value();
        if let Err(message) = s3_test_options::variable_name(&text) {
            problems.push(Error::new(name.span(), message));
        }
        if seen.contains(&text) {
            problems.push(Error::new(
                name.span(),
                format!("the variable `{text}` is there twice: keep one of the two"),
            ));
        }
        if let Some(value) = problems.keep(value(&name, argument)) {
            variables.push((name, value));
        }
        seen.push(text);
    }
    variables
}

/// Parses a name: an identifier, or any name in quotes.
fn variable_name(input: ParseStream) -> Result<LitStr> {
    if input.peek(LitStr) {
        return input.parse();
    }
    let expected = "expected a variable, as in `NAME = \"value\"`, with the name in quotes where it is not a plain word";
    let name = input
        .call(Ident::parse_any)
        .map_err(|error| Error::new(error.span(), expected))?;
    if input.peek(Token![.]) || input.peek(Token![-]) || input.peek(Token![::]) {
        return Err(Error::new(
            name.span(),
            "a name that is not a plain word stands in quotes, as in `\"other.name\" = \"value\"`",
        ));
    }
    Ok(LitStr::new(&name.unraw().to_string(), name.span()))
}

fn value(name: &LitStr, argument: Argument) -> Result<Text> {
    let text = name.value();
    let example = format!("{text} = \"value\"");
    match argument {
        Argument::Value(tokens) => Value {
            name: &text,
            before: &format!("{text} = "),
            example: &example,
            tokens,
        }
        .text(|_| Vec::new()),
        Argument::Nothing | Argument::List(_) => Err(Error::new(
            name.span(),
            format!("the variable `{text}` needs a value, as in `{example}`"),
        )),
    }
}
