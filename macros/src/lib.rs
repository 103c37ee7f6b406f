//! The attribute of the crate `s3-test`. Depend on that one: it re-exports the attribute.
mod args;
mod attributes;
mod environment;
mod expand;
mod fixtures;
mod list;
mod options;
mod parameters;
mod problems;
mod signature;
mod value;

use proc_macro::TokenStream;

#[doc = include_str!("s3_test.md")]
#[proc_macro_attribute]
pub fn s3_test(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::s3_test(args.into(), item.into()).into()
}
