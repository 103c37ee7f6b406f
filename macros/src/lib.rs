//! The attribute.
use proc_macro::TokenStream;
/// The attribute.
#[proc_macro_attribute]
pub fn s3_test(_args: TokenStream, item: TokenStream) -> TokenStream {
    item
}
