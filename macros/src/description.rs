//! The description of a test, as the expansion hands it to the runtime.
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, TokenStreamExt as _, quote_spanned};
use syn::{ExprPath, Ident, ext::IdentExt as _, spanned::Spanned as _};

use crate::{
    args::Args,
    attributes::Attributes,
    fixtures::Fixture,
    matrix::Entry,
    options::{ParsedOptions, Setting},
    parameters::{self, Parameter},
    should_panic,
    value::Text,
};

/// The number of an entry of a matrix, which the tests pass to their function.
pub(crate) fn number() -> Ident {
    Ident::new("__s3_test_number", Span::mixed_site())
}

/// Writes the description of the test for the runtime, or of each test of a matrix by its number.
pub(crate) fn description(
    args: &Args,
    entries: Option<&[Entry]>,
    name: &Ident,
    parameters: &[Parameter],
    attrs: &Attributes,
) -> TokenStream {
    let krate = &args.runtime();
    let text = shown(name);
    let Some(entries) = entries else {
        return description_of(args, &text, parameters, attrs, krate);
    };
    let tests = entries.iter().map(|Entry { name, args }| {
        let text = format!("{text}::{}", shown(name));
        description_of(args, &text, parameters, attrs, krate)
    });
    let mixed = Span::mixed_site();
    let (number, numbers) = (number(), 0..entries.len());
    quote_spanned! {mixed=>
        match #number {
            #(#numbers => #tests,)*
            _ => ::core::unreachable!(),
        }
    }
}

/// Writes the description of one test.
fn description_of(
    args: &Args,
    text: &str,
    parameters: &[Parameter],
    attrs: &Attributes,
    krate: &TokenStream,
) -> TokenStream {
    let mixed = Span::mixed_site();
    let should_panic = should_panic::is_there(attrs);
    let panics_with = should_panic::words(attrs);
    let options = options(&args.0, krate);
    let has_own = |parameter: &Parameter| parameter.bucket.is_some();
    let main_bucket =
        parameters.is_empty() || !parameters.iter().all(has_own) || args.describe_a_bucket();
    let names = list(parameters::by_bucket(parameters, main_bucket));
    let parameters = parameters.iter().map(|it| described(it, krate));
    let setup = match args.setup() {
        Some(path) => set_up(path, krate),
        None => quote_spanned!(mixed=> ::core::option::Option::None),
    };
    quote_spanned! {mixed=>
        #krate::__private::Test {
            path: ::core::concat!(::core::module_path!(), "::", #text),
            package: ::core::env!("CARGO_MANIFEST_DIR"),
            should_panic: #should_panic,
            panics_with: #panics_with,
            options: #options,
            main_bucket: #main_bucket,
            parameters: ::std::vec![#(#parameters),*],
            names: #names,
            setup: #setup,
        }
    }
}

/// Writes the description of one parameter for the runtime.
///
/// The call has the span of the type, so that whatever the compiler has against the type stands there.
fn described(parameter: &Parameter, krate: &TokenStream) -> TokenStream {
    let (first, last) = parameters::ends(&parameter.ty);
    let ty = parameters::made_type(parameter);
    let bucket = parameter.bucket.as_ref().map(|bucket| {
        let options = options(bucket, krate);
        quote_spanned!(Span::mixed_site()=> .bucket(#options))
    });
    let call = quote_spanned!(last=> ());
    quote_spanned!(first=> <#ty as #krate::FromBucket>::__parameter #call #bucket)
}

/// The option `setup`, at whose path the compiler says what it has against the function.
fn set_up(path: &ExprPath, krate: &TokenStream) -> TokenStream {
    let mixed = Span::mixed_site();
    let text = path.to_token_stream().to_string().replace(' ', "");
    let call = quote_spanned!(path.span()=> #krate::__private::set_up);
    quote_spanned!(mixed=> ::core::option::Option::Some(|bucket| #call(#path, #text, bucket)))
}

/// Writes the options of the test or of one bucket.
fn options(options: &ParsedOptions, krate: &TokenStream) -> TokenStream {
    let mixed = Span::mixed_site();
    let mut tokens = quote_spanned!(mixed=> #krate::__private::Options::new());
    for written in options.iter() {
        let value = match &written.setting {
            // Where the runtime is says nothing to the runtime, and a value that is not there has been told.
            Some(Setting::Crate(_) | Setting::Matrix(_) | Setting::Function(_)) | None => continue,
            Some(Setting::Text(text)) => text.to_token_stream(),
            // A text or a `Duration`.
            Some(Setting::Duration(text)) => {
                quote_spanned!(mixed=> ::core::convert::Into::into(#text))
            }
            Some(Setting::Port(port)) => port.to_token_stream(),
            Some(Setting::Count(count)) => count.to_token_stream(),
            Some(Setting::Switch(switch)) => switch.to_token_stream(),
            Some(Setting::Command(words)) => list(words),
            Some(Setting::Environment(variables)) => list(
                variables
                    .iter()
                    .map(|(name, value)| quote_spanned!(mixed=> (#name, #value))),
            ),
            Some(Setting::Fixtures(fixtures)) => list(fixtures),
            Some(Setting::Texts(texts)) => list(texts),
        };
        let setter = Ident::new(&written.name.to_string(), mixed);
        tokens.append_all(quote_spanned!(mixed=> .#setter(#value)));
    }
    tokens
}

/// A list that lives as long as the program, as all that is known before it runs.
fn list(items: impl IntoIterator<Item = impl ToTokens>) -> TokenStream {
    let items = items.into_iter();
    quote_spanned!(Span::mixed_site()=> const { &[#(#items),*] })
}

/// A name as the test harness shows it: with `r#` only where it would be a keyword without.
fn shown(name: &Ident) -> String {
    let plain = name.unraw().to_string();
    match syn::parse_str::<Ident>(&plain) {
        Ok(_) => plain,
        Err(_) => name.to_string(),
    }
}

impl ToTokens for Text {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Literal(string) => string.to_tokens(tokens),
            Self::Constant(expr) => {
                tokens.append_all(quote_spanned!(Span::mixed_site()=> const { #expr }));
            }
        }
    }
}

impl ToTokens for Fixture {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let mixed = Span::mixed_site();
        let Self { path, prefix } = self;
        let prefix = match prefix {
            Some(prefix) => quote_spanned!(mixed=> ::core::option::Option::Some(#prefix)),
            None => quote_spanned!(mixed=> ::core::option::Option::None),
        };
        tokens.append_all(quote_spanned!(mixed=> (#path, #prefix)));
    }
}
