//! The option `matrix`: one function, and a test of it for each entry.
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use s3_test_options::Scope;
use syn::{Error, Ident, Result, Visibility, parse::ParseStream};

use crate::{
    args::Args,
    list::{self, Argument},
    options::{ParsedOptions, Setting},
    problems::Problems,
};

/// One test of a matrix.
pub(crate) struct Entry {
    pub(crate) name: Ident,
    /// Its own options, and those outside that it does not override.
    pub(crate) args: Args,
}

/// Options that are the same for all tests of a function.
const SHARED: [&str; 2] = ["crate", "matrix"];

/// Parses the entries, and reports every mistake. There are none if the test has no matrix.
pub(crate) fn entries(args: &Args, problems: &mut Problems) -> Option<Vec<Entry>> {
    let written = args.0.get("matrix")?;
    let Some(Setting::Matrix(tokens)) = &written.setting else {
        return None;
    };
    let mut outside = args.0.clone();
    outside.remove("matrix");
    let mut entries: Vec<Entry> = Vec::new();
    let pieces = list::split(tokens.clone(), problems);
    for (name, argument) in list::entries(pieces, entry_name, problems) {
        if entries.iter().any(|entry| entry.name == name) {
            problems.push(Error::new(
                name.span(),
                format!("the entry `{name}` is there twice: give one of the two another name"),
            ));
        }
        let tokens = match argument {
            Argument::List(tokens) => tokens,
            Argument::Nothing => TokenStream::new(),
            Argument::Value(tokens) => {
                problems.push(Error::new_spanned(
                    tokens,
                    format!(
                        "an entry of a matrix has options in parentheses, as in `{name}(backend = \"embedded\")`"
                    ),
                ));
                continue;
            }
        };
        let own = ParsedOptions::parse(tokens, Scope::Test, problems);
        for shared in SHARED.iter().filter_map(|shared| own.get(shared)) {
            problems.push(Error::new(
                shared.name.span(),
                format!(
                    "`{}` is the same for all entries of a matrix: write it outside of the entry",
                    shared.name
                ),
            ));
        }
        let args = Args(own.over(&outside));
        entries.push(Entry { name, args });
    }
    Some(entries)
}

fn entry_name(input: ParseStream) -> Result<Ident> {
    input.parse().map_err(|error| {
        Error::new(
            error.span(),
            "an entry of a matrix begins with its name, which becomes a test's: write it as in \
             `embedded(backend = \"embedded\")`",
        )
    })
}

/// Writes the module of tests. Each calls the function beside the module with its number.
///
/// Nothing of the user's but attributes stands inside, so every name keeps its meaning.
pub(crate) fn module(
    vis: &Visibility,
    function: &Ident,
    entries: &[Entry],
    module_attrs: &[impl ToTokens],
    test_attrs: &[impl ToTokens],
    output: Option<&TokenStream>,
) -> TokenStream {
    let mixed = Span::mixed_site();
    let tests = entries.iter().enumerate().map(|(number, entry)| {
        let name = &entry.name;
        let end = output.is_none().then(|| quote_spanned!(mixed=> ;));
        quote_spanned! {mixed=>
            #(#test_attrs)*
            #[::core::prelude::v1::test]
            fn #name() #output {
                super::#function(#number) #end
            }
        }
    });
    quote_spanned! {mixed=>
        #(#module_attrs)*
        #[cfg(test)]
        #vis mod #function {
            #(#tests)*
        }
    }
}
