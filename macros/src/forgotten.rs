//! The warning about a test without parameters, which cannot reach its bucket.
//!
//! A macro can warn only by naming something that the compiler warns of. The note of a deprecated function is the text, and
//! `#[allow(deprecated)]` silences it.
use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::{args::Args, matrix::Entry, parameters::Parameter, signature::Function};

/// Writes a statement that the compiler warns of, if the parameter may have been forgotten: not where an option asks for
/// a bucket or a set-up fills it, and not while the body is yet to be written.
pub(crate) fn warning(
    args: &Args,
    entries: Option<&[Entry]>,
    function: &Function,
    parameters: &[Parameter],
) -> Option<TokenStream> {
    let is_asked_for = args.describe_a_bucket()
        || entries.is_some_and(|all| all.iter().any(|entry| entry.args.describe_a_bucket()));
    if !parameters.is_empty() || is_asked_for || function.body.is_empty() {
        return None;
    }
    let krate = args.runtime();
    // The compiler does not warn of what a macro has written, and this stands where the user wrote the name.
    Some(quote_spanned! {function.sig.ident.span()=>
        let _: fn() = #krate::__private::a_test_without_parameters;
    })
}
