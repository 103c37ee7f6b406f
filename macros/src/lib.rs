//! The attribute `#[s3_test]`: parsing, validation and expansion.
//!
//! Depend on the crate `s3-test`, which re-exports the attribute together with the runtime that the expansion calls.
mod args;
mod attributes;
mod description;
mod environment;
mod expand;
mod fixtures;
mod forgotten;
mod list;
mod matrix;
mod options;
mod parameters;
mod problems;
mod should_panic;
mod signature;
mod value;

use proc_macro::TokenStream;

#[doc = include_str!("s3_test/introduction.md")]
#[doc = ""]
// Generated from the table of options by the test `documentation` of the suite.
#[doc = include_str!("s3_test/options.md")]
#[doc = ""]
#[doc = include_str!("s3_test/guide.md")]
#[proc_macro_attribute]
pub fn s3_test(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::s3_test(args.into(), item.into()).into()
}
