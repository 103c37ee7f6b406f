//! What the attribute turns into: the only place that writes Rust.
//!
//! The user's function is kept whole, inside a plain `#[test]` that hands it to the runtime:
//!
//! ```text
//! #[test]
//! fn upload() -> ExitCode {
//!     async fn upload(store: Arc<dyn ObjectStore>) -> Result<()> { … }
//!     ::s3_test::__private::run(Test { … }, |bucket| async move {
//!         Ok(upload(FromBucket::from_bucket(&bucket).await?).await)
//!     })
//! }
//! ```
//!
//! Spans: `mixed_site` for what is ours alone, so that a local of ours never meets one of the user's and lints take no
//! notice; the user's own tokens where the compiler has something to say about them; and the function's name for the
//! call of the runtime, whose location is where a failing test says it stands. Every path is absolute, since the user's
//! module may have an `Ok`, a `Result` or a `std` of its own.
use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, TokenStreamExt as _, quote, quote_spanned};
use syn::{FnArg, Ident, Type, ext::IdentExt as _, parse_quote, spanned::Spanned as _};

use crate::{
    args::{Args, Backend, Flavor},
    attributes::{self, Attributes, Conditional},
    problems::Problems,
    signature::{Function, Output},
};

/// The attribute.
pub(crate) fn s3_test(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut problems = Problems::default();
    let args = Args::parse(args, &mut problems);
    let Some(function) = problems.keep(Function::from_item(item.clone())) else {
        // Code that is being typed: the editor sees what there is of it.
        let errors = problems.into_compile_errors();
        return quote!(#errors #item);
    };
    function.validate(&mut problems);
    if problems.is_empty() {
        test(&args, &function)
    } else {
        fallback(problems, function)
    }
}

fn test(args: &Args, function: &Function) -> TokenStream {
    let Function {
        vis,
        sig,
        brace,
        body,
        ..
    } = function;
    let name = &sig.ident;
    let attrs = Attributes::new(&function.attrs);
    let (wrapper_attrs, inner_attrs) = (&attrs.wrapper, &attrs.inner);
    // It is asynchronous because a test has to be, whether it waits for something or not.
    let mut inner = quote!(#(#inner_attrs)* #[allow(clippy::unused_async)] #sig);
    brace.surround(&mut inner, |tokens| tokens.append_all(body.clone()));

    let call = call(args, function, &attrs);
    let mixed = Span::mixed_site();
    let (output, call) = match function.output() {
        // No return type here either, since `#[should_panic]` wants none.
        Output::Nothing => (None, quote_spanned!(mixed=> #call;)),
        _ => (
            Some(quote_spanned!(mixed=> -> ::std::process::ExitCode)),
            call,
        ),
    };
    // Last of the attributes, after the conditions that decide which of them are there.
    let test = quote_spanned!(mixed=> #[::core::prelude::v1::test]);
    let fn_token = sig.fn_token;
    let body = quote_spanned!(mixed=> { #inner #call });
    quote!(#(#wrapper_attrs)* #test #vis #fn_token #name() #output #body)
}

/// The call of the runtime.
fn call(args: &Args, function: &Function, attrs: &Attributes) -> TokenStream {
    let name = &function.sig.ident;
    let mixed = Span::mixed_site();
    let krate = crate_path(args);
    let returned = match function.output() {
        Output::Nothing | Output::Never => quote_spanned!(mixed=> ()),
        Output::Type(ty) => ty.to_token_stream(),
        Output::Unnameable => quote_spanned!(mixed=> _),
    };
    let text = shown(name);
    let should_panic = should_panic(attrs);
    let flavor = flavor(args, &krate);
    let options = options(args, &krate);
    let test = quote_spanned! {mixed=>
        #krate::__private::Test {
            path: ::core::concat!(::core::module_path!(), "::", #text),
            should_panic: #should_panic,
            flavor: #flavor,
            options: #options,
        }
    };
    // A local of ours is never one of the user's, but a pattern of ours may be a constant of theirs.
    let bucket = Ident::new("__s3_test_bucket", mixed);
    let arguments = function
        .parameters()
        .map(|ty| argument(ty, &krate, &bucket));
    let result = quote_spanned!(mixed=> #name(#(#arguments),*).await);
    let result = match function.output() {
        // Nothing can be done with what is never there, not even without a warning.
        Output::Never => result,
        _ => quote_spanned!(mixed=> ::core::result::Result::Ok(#result)),
    };
    let body = quote_spanned! {mixed=>
        |#bucket: #krate::TestBucket| async move {
            let _ = &#bucket;
            #result
        }
    };
    let run = quote_spanned!(mixed=> #krate::__private::run::<#returned, _, _>);
    // A call stands where its first token stands, and the parenthesis, unlike the path, stands at the name.
    quote_spanned!(name.span()=> (#run)(#test, #body))
}

/// The making of one parameter.
///
/// All of it has the span of the type, so that whatever the compiler has against the type stands there, and only once.
fn argument(ty: &Type, krate: &TokenStream, bucket: &Ident) -> TokenStream {
    let tokens = ty.to_token_stream();
    let first = ty.span();
    let last = tokens
        .into_iter()
        .last()
        .map_or(first, |token| token.span());
    let make = quote_spanned!(first=> <#ty as #krate::FromBucket>::from_bucket);
    quote_spanned!(last=> #make(&#bucket).await?)
}

/// A name as the test harness shows it: with `r#` only where it would be a keyword without.
fn shown(name: &Ident) -> String {
    let plain = name.unraw().to_string();
    match syn::parse_str::<Ident>(&plain) {
        Ok(_) => plain,
        Err(_) => name.to_string(),
    }
}

/// Where the runtime crate is: as the option `crate` says, else under its own name.
fn crate_path(args: &Args) -> TokenStream {
    match &args.crate_path {
        Some(path) => path.to_token_stream(),
        None => quote_spanned!(Span::mixed_site()=> ::s3_test),
    }
}

fn should_panic(attrs: &Attributes) -> TokenStream {
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

fn flavor(args: &Args, krate: &TokenStream) -> TokenStream {
    let mixed = Span::mixed_site();
    match args.flavor.unwrap_or(Flavor::CurrentThread) {
        Flavor::CurrentThread => quote_spanned!(mixed=> #krate::__private::Flavor::CurrentThread),
        Flavor::MultiThread => {
            let workers = match args.worker_threads {
                Some(count) => quote_spanned!(mixed=> ::core::option::Option::Some(#count)),
                None => quote_spanned!(mixed=> ::core::option::Option::None),
            };
            quote_spanned!(mixed=> #krate::__private::Flavor::MultiThread { worker_threads: #workers })
        }
    }
}

fn options(args: &Args, krate: &TokenStream) -> TokenStream {
    let mixed = Span::mixed_site();
    let mut options = quote_spanned!(mixed=> #krate::__private::Options::new());
    let texts = [
        ("bucket", &args.bucket),
        ("image", &args.image),
        ("access_key", &args.access_key),
        ("secret_key", &args.secret_key),
        ("region", &args.region),
    ];
    for (setter, value) in texts {
        if let Some(value) = value {
            let setter = Ident::new(setter, mixed);
            options.append_all(quote_spanned!(mixed=> .#setter(#value)));
        }
    }
    if let Some(backend) = args.backend {
        let choice = Ident::new(
            match backend {
                Backend::Auto => "Auto",
                Backend::Container => "Container",
                Backend::Embedded => "Embedded",
            },
            mixed,
        );
        let backend = quote_spanned!(mixed=> #krate::__private::Choice::#choice);
        options.append_all(quote_spanned!(mixed=> .backend(#backend)));
    }
    for (name, value) in &args.environment {
        options.append_all(quote_spanned!(mixed=> .environment(#name, #value)));
    }
    let durations = [
        ("startup_timeout", args.startup_timeout),
        ("idle_timeout", args.idle_timeout),
        ("timeout", args.timeout),
    ];
    for (setter, value) in durations {
        if let Some(value) = value {
            let setter = Ident::new(setter, mixed);
            let value = duration(value);
            options.append_all(quote_spanned!(mixed=> .#setter(#value)));
        }
    }
    options
}

fn duration(value: Duration) -> TokenStream {
    let (secs, nanos) = (value.as_secs(), value.subsec_nanos());
    quote_spanned!(Span::mixed_site()=> ::core::time::Duration::new(#secs, #nanos))
}

/// The errors, and the function as a plain one, so that an editor goes on knowing it.
///
/// What was refused is mended where the compiler would only complain about it a second time.
fn fallback(problems: Problems, mut function: Function) -> TokenStream {
    let errors = problems.into_compile_errors();
    function.attrs.retain(|attr| !attributes::is_test(attr));
    let sig = &mut function.sig;
    sig.asyncness.get_or_insert_with(|| parse_quote!(async));
    sig.constness = None;
    sig.variadic = None;
    for input in &mut sig.inputs {
        if let FnArg::Typed(parameter) = input
            && let ty @ (Type::TraitObject(_) | Type::Slice(_)) = &*parameter.ty
        {
            *parameter.ty = parse_quote!(&#ty);
        }
    }
    let Function {
        attrs,
        vis,
        sig,
        brace,
        body,
    } = function;
    let mut tokens = quote!(#errors #[allow(unused)] #(#attrs)* #vis #sig);
    brace.surround(&mut tokens, |tokens| tokens.append_all(body));
    tokens
}

impl ToTokens for Conditional {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { condition, meta } = self;
        tokens.append_all(match condition {
            Some(condition) => quote!(#[cfg_attr(#condition, #meta)]),
            None => quote!(#[#meta]),
        });
    }
}
