//! Code about a `#[should_panic]`, which may stand on a condition.
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use crate::attributes::Attributes;

/// Writes whether the test has the attribute.
pub(crate) fn is_there(attrs: &Attributes) -> TokenStream {
    let mixed = Span::mixed_site();
    let mut conditions = Vec::new();
    for attr in attrs.should_panic() {
        match &attr.condition {
            Some(condition) => conditions.push(condition),
            None => return quote_spanned!(mixed=> true),
        }
    }
    quote_spanned!(mixed=> ::core::cfg!(any(#(#conditions),*)))
}

/// Writes the words that the panic must have, as an `Option`.
pub(crate) fn words(attrs: &Attributes) -> TokenStream {
    let mixed = Span::mixed_site();
    let none = quote_spanned!(mixed=> ::core::option::Option::None);
    attrs.should_panic().fold(none, |otherwise, attr| {
        let Some(words) = attr.expected_panic() else {
            return otherwise;
        };
        let words = quote_spanned!(mixed=> ::core::option::Option::Some(#words));
        match &attr.condition {
            Some(condition) => {
                quote_spanned!(mixed=> if ::core::cfg!(#condition) { #words } else { #otherwise })
            }
            None => words,
        }
    })
}
