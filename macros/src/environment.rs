//! The variables inside `environment(…)`.
use proc_macro2::{Ident, TokenStream};
use syn::{Error, LitStr, Result, Token, ext::IdentExt as _, parse::ParseStream};

use crate::{
    list::{self, Given},
    problems::Problems,
    value::Value,
};

/// Variables that the server is given already, and the option that sets each.
const OWNED: [(&str, &str); 2] = [
    ("RUSTFS_ACCESS_KEY", "access_key"),
    ("RUSTFS_SECRET_KEY", "secret_key"),
];

/// Reads names and values, and tells everything that is wrong with them.
pub(crate) fn parse(tokens: TokenStream, problems: &mut Problems) -> Vec<(LitStr, LitStr)> {
    let mut variables: Vec<(LitStr, LitStr)> = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for (name, given) in list::entries(tokens, variable_name, problems) {
        let text = name.value();
        if let Some((_, option)) = OWNED.iter().find(|(owned, _)| *owned == text) {
            problems.push(Error::new(
                name.span(),
                format!("`{text}` follows from an option: write `{option} = \"…\"` outside of `environment`"),
            ));
        }
        if seen.contains(&text) {
            problems.push(Error::new(
                name.span(),
                format!("the variable `{text}` is there twice: keep one of the two"),
            ));
        }
        if let Some(value) = problems.keep(value(&name, given)) {
            variables.push((name, value));
        }
        seen.push(text);
    }
    variables
}

/// A name: plain where it is an identifier, in quotes where it is not.
fn variable_name(input: ParseStream) -> Result<LitStr> {
    if input.peek(LitStr) {
        let name: LitStr = input.parse()?;
        let text = name.value();
        if text.is_empty() || text.contains(['=', '\0']) {
            return Err(Error::new_spanned(
                name,
                "the name of a variable is not empty and has no `=` in it",
            ));
        }
        return Ok(name);
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

fn value(name: &LitStr, given: Given) -> Result<LitStr> {
    let text = name.value();
    let example = format!("{text} = \"value\"");
    match given {
        Given::Value(tokens) => Value {
            name: &text,
            example: &example,
            tokens,
        }
        .string(),
        Given::Nothing | Given::List(_) => Err(Error::new(
            name.span(),
            format!("the variable `{text}` needs a value, as in `{example}`"),
        )),
    }
}
