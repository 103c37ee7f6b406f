//! The expansion of the attribute. Rust is written here, and the module of a matrix in `matrix.rs`.
//!
//! The user's function is kept whole, inside a plain `#[test]` that hands it to the runtime:
//!
//! ```text
//! #[test]
//! fn upload() -> ExitCode {
//!     async fn upload(store: Arc<dyn ObjectStore>, archive: &TestBucket) -> Result<()> { … }
//!     ::s3_test::__private::run(
//!         Test { …, parameters: vec![<Arc<dyn ObjectStore>>::__parameter(), …] },
//!         |arguments| {
//!             let store = arguments.take::<Arc<dyn ObjectStore>>();
//!             let archive = arguments.take::<TestBucket>();
//!             body(async move {
//!                 let value = upload(store, &archive).await;
//!                 returned::<Result<()>>(value)
//!             })
//!         },
//!     )
//! }
//! ```
//!
//! A synchronous function is handed to `run_blocking` and called later: `called(move || upload(store, &archive))`.
//!
//! The compiler compiles all of this for each test, so it must stay small: the closure captures nothing and is passed as
//! a function pointer, `body`, `returned` and `called` erase the remaining types, and `run` is not generic. The parameters
//! are made in the runtime, since each `await` makes the body's state machine dearer.
//!
//! Spans: `mixed_site` for what is ours alone, so that a local of ours never meets one of the user's and lints take no
//! notice; the user's own tokens where the compiler has something to say about them; and the function's name for the
//! call of the runtime, whose location is where a failing test says it stands. Every path is absolute, since the user's
//! module may have an `Ok`, a `Result` or a `std` of its own.
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, TokenStreamExt as _, quote, quote_spanned};
use syn::{
    Attribute, ExprPath, FnArg, Ident, Type, ext::IdentExt as _, parse_quote, spanned::Spanned as _,
};

use crate::{
    args::Args,
    attributes::{self, Attributes, Conditional},
    fixtures::Fixture,
    matrix::{self, Entry},
    options::{ParsedOptions, Setting},
    parameters::{self, Parameter, Passed},
    problems::Problems,
    should_panic,
    signature::{Function, Output},
    value::Text,
};

/// The attribute.
pub(crate) fn s3_test(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut problems = Problems::default();
    let args = Args::parse(args, &mut problems);
    let Some(mut function) = problems.keep(Function::from_item(item.clone())) else {
        args.check([].into_iter(), &mut problems);
        args.check_runtime(&mut problems);
        // Code that is being typed: the editor sees what there is of it.
        let errors = problems.into_compile_errors();
        return quote!(#errors #item);
    };
    let parameters = parameters::take(&mut function.sig, &mut problems);
    let entries = matrix::entries(&args, &mut problems);
    match &entries {
        Some(entries) => problems.keep_each_once(entries.iter().map(|entry| {
            let mut problems = Problems::default();
            check(&entry.args, &function, &parameters, &mut problems);
            problems
        })),
        None => check(&args, &function, &parameters, &mut problems),
    }
    function.validate(&mut problems);
    if problems.is_empty() {
        test(&args, entries.as_deref(), &function, &parameters)
    } else {
        fallback(problems, function)
    }
}

/// Reports what the options of one test are wrong in.
fn check(args: &Args, function: &Function, parameters: &[Parameter], problems: &mut Problems) {
    let buckets = parameters.iter().filter_map(|it| it.bucket.as_ref());
    args.check(buckets, problems);
    if function.is_synchronous() {
        args.check_synchronous(&function.sig.ident, problems);
    } else {
        args.check_runtime(problems);
    }
    parameters::check_names(args.0.literal("bucket"), parameters, problems);
}

fn test(
    args: &Args,
    entries: Option<&[Entry]>,
    function: &Function,
    parameters: &[Parameter],
) -> TokenStream {
    let Function {
        vis,
        sig,
        brace,
        body,
        ..
    } = function;
    let name = &sig.ident;
    let mut attrs = Attributes::new(&function.attrs);
    let description = description(args, entries, name, parameters, &attrs);
    let test_attrs = match entries {
        Some(_) => attrs.take_those_of_tests(),
        None => Vec::new(),
    };
    let (wrapper_attrs, inner_attrs) = (&attrs.wrapper, &attrs.inner);
    // An asynchronous function without an `await` is as good a test as any.
    let allowed = sig
        .asyncness
        .map(|_| quote!(#[allow(clippy::unused_async)]));
    let mut inner = quote!(#(#inner_attrs)* #allowed #sig);
    brace.surround(&mut inner, |tokens| tokens.append_all(body.clone()));

    let call = call(args, function, parameters, &description);
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
    let Some(entries) = entries else {
        return quote!(#(#wrapper_attrs)* #test #vis #fn_token #name() #output #body);
    };
    let conditions: Vec<_> = attrs.conditions().collect();
    let module = matrix::module(
        vis,
        name,
        entries,
        &conditions,
        &test_attrs,
        output.as_ref(),
    );
    let number = number();
    let only_in_tests = quote_spanned!(mixed=> #[cfg(test)]);
    let number = quote_spanned!(mixed=> #number: ::core::primitive::usize);
    quote!(#(#wrapper_attrs)* #only_in_tests #fn_token #name(#number) #output #body #module)
}

/// The call of the runtime.
fn call(
    args: &Args,
    function: &Function,
    parameters: &[Parameter],
    test: &TokenStream,
) -> TokenStream {
    let name = &function.sig.ident;
    let mixed = Span::mixed_site();
    let krate = crate_path(args);
    let run = if function.is_synchronous() {
        quote_spanned!(mixed=> #krate::__private::run_blocking)
    } else {
        quote_spanned!(mixed=> #krate::__private::run)
    };
    let body = body(function, parameters, &krate);
    // A call stands where its first token stands, and the parenthesis, unlike the path, stands at the name.
    quote_spanned!(name.span()=> (#run)(#test, #body))
}

/// The number of an entry of a matrix, which the tests pass to their function.
fn number() -> Ident {
    Ident::new("__s3_test_number", Span::mixed_site())
}

/// Writes the description of the test for the runtime, or of each test of a matrix by its number.
fn description(
    args: &Args,
    entries: Option<&[Entry]>,
    name: &Ident,
    parameters: &[Parameter],
    attrs: &Attributes,
) -> TokenStream {
    let krate = &crate_path(args);
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

/// Writes the body for the runtime: it takes the parameters and calls the user's function.
fn body(function: &Function, parameters: &[Parameter], krate: &TokenStream) -> TokenStream {
    let mixed = Span::mixed_site();
    let name = &function.sig.ident;
    // A local of ours is never one of the user's, but a pattern of ours may be a constant of theirs.
    let made = Ident::new("__s3_test_arguments", mixed);
    let mut locals = Vec::new();
    let mut arguments = Vec::new();
    for (index, parameter) in parameters.iter().enumerate() {
        let local = Ident::new(&format!("__s3_test_{index}"), mixed);
        let ty = made_type(parameter);
        let (mutability, argument) = match parameter.passed {
            Passed::Owned => (None, quote_spanned!(mixed=> #local)),
            Passed::Borrowed => (None, quote_spanned!(mixed=> &#local)),
            Passed::BorrowedMutably => (
                Some(quote_spanned!(mixed=> mut)),
                quote_spanned!(mixed=> &mut #local),
            ),
            Passed::Object => (None, quote_spanned!(mixed=> &*#local)),
        };
        locals.push(quote_spanned!(mixed=> let #mutability #local = #made.take::<#ty>();));
        arguments.push(argument);
    }
    let call = quote_spanned!(mixed=> #name(#(#arguments),*));
    let result = result(function, &call, krate);
    quote_spanned! {mixed=>
        |#made| {
            let _ = &#made;
            #(#locals)*
            #result
        }
    }
}

/// The option `setup`, at whose path the compiler says what it has against the function.
fn set_up(path: &ExprPath, krate: &TokenStream) -> TokenStream {
    let mixed = Span::mixed_site();
    let text = path.to_token_stream().to_string().replace(' ', "");
    let call = quote_spanned!(path.span()=> #krate::__private::set_up);
    quote_spanned!(mixed=> ::core::option::Option::Some(|bucket| #call(#path, #text, bucket)))
}

/// The end of the body, where `call` calls the user's function.
fn result(function: &Function, call: &TokenStream, krate: &TokenStream) -> TokenStream {
    let mixed = Span::mixed_site();
    let awaited = function
        .sig
        .asyncness
        .map(|_| quote_spanned!(mixed=> .await));
    let call = quote_spanned!(mixed=> #call #awaited);
    let output = function.output();
    let call = match output {
        // Such a value may borrow from the parameters and live no longer than they do.
        Output::Unnameable => quote_spanned!(mixed=> ::std::process::Termination::report(#call)),
        _ => call,
    };
    let ty = match output {
        Output::Nothing | Output::Never => quote_spanned!(mixed=> ()),
        Output::Type(ty) => ty.to_token_stream(),
        Output::Unnameable => quote_spanned!(mixed=> ::std::process::ExitCode),
    };
    let private = quote_spanned!(mixed=> #krate::__private);
    match (awaited, output) {
        // Any use of a value that never exists would be a warning.
        (Some(_), Output::Never) => quote_spanned!(mixed=> #private::body(async move { #call })),
        // A statement of its own, so that temporaries that borrow from the parameters are dropped before them.
        (Some(_), _) => quote_spanned! {mixed=>
            #private::body(async move {
                let __s3_test_returned = #call;
                #private::returned::<#ty>(__s3_test_returned)
            })
        },
        (None, Output::Never) => quote_spanned! {mixed=>
            #private::called::<#ty>(move || -> () { #call })
        },
        (None, _) => quote_spanned!(mixed=> #private::called::<#ty>(move || #call)),
    }
}

/// Writes the description of one parameter for the runtime.
///
/// The call has the span of the type, so that whatever the compiler has against the type stands there.
fn described(parameter: &Parameter, krate: &TokenStream) -> TokenStream {
    let (first, last) = ends(&parameter.ty);
    let ty = made_type(parameter);
    let bucket = parameter.bucket.as_ref().map(|bucket| {
        let options = options(bucket, krate);
        quote_spanned!(Span::mixed_site()=> .bucket(#options))
    });
    let call = quote_spanned!(last=> ());
    quote_spanned!(first=> <#ty as #krate::FromBucket>::__parameter #call #bucket)
}

/// The spans of the first and the last token of a type.
fn ends(ty: &Type) -> (Span, Span) {
    let first = ty.span();
    let last = ty.to_token_stream().into_iter().last();
    (first, last.map_or(first, |token| token.span()))
}

/// The type of the value that a parameter is made of, where the compiler's complaints about it stand.
fn made_type(parameter: &Parameter) -> TokenStream {
    let ty: &Type = &parameter.ty;
    let (first, last) = ends(ty);
    match parameter.passed {
        Passed::Object => {
            let (arc, end) = (
                quote_spanned!(first=> ::std::sync::Arc<),
                quote_spanned!(last=> >),
            );
            quote!(#arc #ty #end)
        }
        _ => ty.to_token_stream(),
    }
}

/// A name as the test harness shows it: with `r#` only where it would be a keyword without.
fn shown(name: &Ident) -> String {
    let plain = name.unraw().to_string();
    match syn::parse_str::<Ident>(&plain) {
        Ok(_) => plain,
        Err(_) => name.to_string(),
    }
}

/// Returns the path of the runtime crate: the option `crate`, or its own name.
fn crate_path(args: &Args) -> TokenStream {
    match args.crate_path() {
        Some(path) => path.to_token_stream(),
        None => quote_spanned!(Span::mixed_site()=> ::s3_test),
    }
}

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

/// The errors, and the function as a plain one, so that an editor goes on knowing it.
///
/// It mends refused parts that the compiler would complain about a second time.
fn fallback(problems: Problems, mut function: Function) -> TokenStream {
    let errors = problems.into_compile_errors();
    let is_plain =
        |attr: &Attribute| !attributes::is_test(attr) && attributes::refusal(attr, false).is_none();
    function.attrs.retain(is_plain);
    let sig = &mut function.sig;
    sig.constness = None;
    sig.variadic = None;
    for input in &mut sig.inputs {
        let FnArg::Typed(parameter) = input else {
            continue;
        };
        match &mut *parameter.ty {
            ty if parameters::unsized_kind(ty).is_some() => *ty = parse_quote!(&#ty),
            Type::Reference(reference) if sig.generics.params.is_empty() => {
                reference.lifetime = None;
            }
            _ => {}
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
