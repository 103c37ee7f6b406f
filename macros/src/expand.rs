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
//!         |arguments| body(
//!             upload(arguments.take::<Arc<dyn ObjectStore>>(), &*arguments.lend::<TestBucket>()),
//!             <Result<()> as Termination>::report,
//!         ),
//!     )
//! }
//! ```
//!
//! A synchronous function is handed to `run_blocking`: `|arguments| <Result<()> as Termination>::report(upload(…))`.
//!
//! The compiler compiles all of this for each test, so it must stay small: the closure captures nothing and is passed as
//! a function pointer, `body` erases the remaining types, and `run` is not generic. The user's function is the only state
//! machine of a test: the runtime makes the parameters and keeps those that are lent until the body has ended.
//!
//! Spans: `mixed_site` for what is ours alone, so that a local of ours never meets one of the user's and lints take no
//! notice; the user's own tokens where the compiler has something to say about them; and the function's name for the
//! call of the runtime, whose location is where a failing test says it stands. Every path is absolute, since the user's
//! module may have an `Ok`, a `Result` or a `std` of its own.
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, TokenStreamExt as _, quote, quote_spanned};
use syn::{Attribute, FnArg, Ident, Type, parse_quote};

use crate::{
    args::Args,
    attributes::{self, Attributes, Conditional},
    description, forgotten,
    matrix::{self, Entry},
    parameters::{self, Parameter, Passed},
    problems::Problems,
    signature::{Function, Output},
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
    let description = description::description(args, entries, name, parameters, &attrs);
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
    let warning = forgotten::warning(args, entries, function, parameters);
    let body = quote_spanned!(mixed=> { #inner #warning #call });
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
    let number = description::number();
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
    let krate = args.runtime();
    let run = if function.is_synchronous() {
        quote_spanned!(mixed=> #krate::__private::run_blocking)
    } else {
        quote_spanned!(mixed=> #krate::__private::run)
    };
    let body = body(function, parameters, &krate);
    // A call stands where its first token stands, and the parenthesis, unlike the path, stands at the name.
    quote_spanned!(name.span()=> (#run)(#test, #body))
}

/// Writes the call of the user's function for the runtime.
fn body(function: &Function, parameters: &[Parameter], krate: &TokenStream) -> TokenStream {
    let mixed = Span::mixed_site();
    let name = &function.sig.ident;
    // A local of ours is never one of the user's, but a pattern of ours may be a constant of theirs.
    let arguments = Ident::new("__s3_test_arguments", mixed);
    let passed = parameters.iter().map(|parameter| {
        let ty = parameters::made_type(parameter);
        match parameter.passed {
            Passed::Owned => quote_spanned!(mixed=> #arguments.take::<#ty>()),
            Passed::Borrowed => quote_spanned!(mixed=> &*#arguments.lend::<#ty>()),
            Passed::BorrowedMutably => quote_spanned!(mixed=> #arguments.lend::<#ty>()),
            Passed::Object => quote_spanned!(mixed=> &**#arguments.lend::<#ty>()),
        }
    });
    let call = quote_spanned!(mixed=> #name(#(#passed),*));
    let result = result(function, &call, krate);
    let pattern = match parameters {
        [] => quote_spanned!(mixed=> _),
        _ => arguments.into_token_stream(),
    };
    quote_spanned!(mixed=> |#pattern| #result)
}

/// Writes the end of the body, where `call` calls the user's function.
///
/// The function that turns the value into an exit code is that of the written type, where the compiler then says that
/// the type cannot be returned by a test.
fn result(function: &Function, call: &TokenStream, krate: &TokenStream) -> TokenStream {
    let mixed = Span::mixed_site();
    let output = function.output();
    let termination = quote_spanned!(mixed=> ::std::process::Termination);
    if function.sig.asyncness.is_none() {
        return match output {
            Output::Never => call.clone(),
            Output::Unnameable => quote_spanned!(mixed=> #termination::report(#call)),
            Output::Nothing => quote_spanned!(mixed=> <() as #termination>::report(#call)),
            Output::Type(ty) => quote_spanned!(mixed=> <#ty as #termination>::report(#call)),
        };
    }
    let private = quote_spanned!(mixed=> #krate::__private);
    let of_type = |ty: &TokenStream| quote_spanned!(mixed=> #private::body(#call, <#ty as #termination>::report));
    // An exit code in place of a value that has no name, and may borrow from the parameters, or of one that never is.
    let of_exit_code = |code: TokenStream| {
        quote_spanned! {mixed=> {
            let __s3_test_future = #call;
            #private::body(
                async move { #code },
                <::std::process::ExitCode as #termination>::report,
            )
        }}
    };
    let awaited = quote_spanned!(mixed=> __s3_test_future.await);
    match output {
        Output::Nothing => of_type(&quote_spanned!(mixed=> ())),
        Output::Type(ty) => of_type(&ty.to_token_stream()),
        Output::Never => of_exit_code(awaited),
        Output::Unnameable => of_exit_code(quote_spanned!(mixed=> #termination::report(#awaited))),
    }
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
