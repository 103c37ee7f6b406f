//! The parameters of a test: the type to make for each, and the way to pass it.
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use s3_test_options::Scope;
use syn::{
    Attribute, Error, FnArg, LitStr, Meta, Pat, PatType, Result, Signature, Type, TypeReference,
    spanned::Spanned as _,
};

use crate::{attributes, options::ParsedOptions, problems::Problems};

/// One parameter.
pub(crate) struct Parameter {
    /// The name for people: a pattern that is no name is shown as it is.
    pub(crate) name: String,
    /// The type to make, or the trait of the object to make.
    pub(crate) ty: Type,
    pub(crate) passed: Passed,
    /// The options of its own bucket, if it has `#[bucket]`.
    pub(crate) bucket: Option<ParsedOptions>,
}

/// The way a value is passed to the function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passed {
    /// `T`
    Owned,
    /// `&T`
    Borrowed,
    /// `&mut T`
    BorrowedMutably,
    /// `&dyn Trait`, borrowed from an `Arc`
    Object,
}

/// The spans of the first and the last token of a type.
pub(crate) fn ends(ty: &Type) -> (Span, Span) {
    let first = ty.span();
    let last = ty.to_token_stream().into_iter().last();
    (first, last.map_or(first, |token| token.span()))
}

/// The type of the value that a parameter is made of, where the compiler's complaints about it stand.
pub(crate) fn made_type(parameter: &Parameter) -> TokenStream {
    let ty = &parameter.ty;
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

/// Parses the parameters, removes `#[bucket]` from them, and reports every mistake.
pub(crate) fn take(sig: &mut Signature, problems: &mut Problems) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    for input in &mut sig.inputs {
        let parameter = match input {
            FnArg::Typed(parameter) => parameter,
            FnArg::Receiver(receiver) => {
                problems.push(Error::new(
                    receiver.self_token.span(),
                    "a test function takes no `self`: move it out of the `impl` block, and take what the bucket gives, \
                     such as `store: Arc<dyn ObjectStore>`",
                ));
                continue;
            }
        };
        let bucket = bucket(parameter, problems);
        parameter.attrs.retain(|attr| {
            let refusal = attributes::refusal(attr, true);
            let is_ours = refusal.is_none();
            problems.keep(refusal.map_or(Ok(()), |text| Err(Error::new_spanned(attr, text))));
            is_ours
        });
        if let Some(attr) = parameter.attrs.iter().find(|attr| attributes::is_cfg(attr)) {
            problems.push(Error::new_spanned(
                attr,
                "a parameter of a test is always there: put the condition on the function",
            ));
        }
        if let Some((ty, passed)) = problems.keep(passed(&parameter.ty)) {
            let name = name(&parameter.pat);
            parameters.push(Parameter {
                name,
                ty,
                passed,
                bucket,
            });
        }
    }
    parameters
}

fn name(pattern: &Pat) -> String {
    match pattern {
        Pat::Ident(it) => it.ident.to_string(),
        other => other.to_token_stream().to_string(),
    }
}

/// Returns the names of the parameters that each bucket belongs to: the main one, if there is one, and then their own.
pub(crate) fn by_bucket(parameters: &[Parameter], main_bucket: bool) -> Vec<String> {
    let (own, shared): (Vec<_>, Vec<_>) = parameters.iter().partition(|it| it.bucket.is_some());
    let shared: Vec<&str> = shared.iter().map(|it| it.name.as_str()).collect();
    let main = main_bucket.then(|| shared.join(", "));
    let own = own.into_iter().map(|it| it.name.clone());
    main.into_iter().chain(own).collect()
}

/// Reports two buckets of one name. `own` is the name of the test's own bucket.
pub(crate) fn check_names(own: Option<&LitStr>, parameters: &[Parameter], problems: &mut Problems) {
    let mut seen: Vec<String> = own.map(LitStr::value).into_iter().collect();
    for options in parameters.iter().filter_map(|it| it.bucket.as_ref()) {
        let Some(name) = options.literal("bucket") else {
            continue;
        };
        let text = name.value();
        if seen.contains(&text) {
            problems.push(Error::new_spanned(
                name,
                format!("another bucket of this test is called \"{text}\": give this one a name of its own"),
            ));
        }
        seen.push(text);
    }
}

/// Parses the options of `#[bucket]`, if there is one.
fn bucket(parameter: &mut PatType, problems: &mut Problems) -> Option<ParsedOptions> {
    let (buckets, others) = std::mem::take(&mut parameter.attrs)
        .into_iter()
        .partition::<Vec<Attribute>, _>(|attr| attr.path().is_ident("bucket"));
    parameter.attrs = others;
    for second in buckets.iter().skip(1) {
        problems.push(Error::new_spanned(
            second,
            "a parameter has one bucket: remove this `#[bucket]`, or put it on another parameter",
        ));
    }
    let tokens = match &buckets.first()?.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(pair) => {
            let value = pair.value.to_token_stream();
            problems.push(Error::new_spanned(
                pair,
                format!("the bucket's name stands in parentheses: write `#[bucket({value})]`"),
            ));
            return None;
        }
    };
    let options = ParsedOptions::parse(tokens, Scope::Bucket, problems);
    options.check_name(problems);
    Some(options)
}

/// Returns the type to make for a parameter and the way to pass it.
fn passed(ty: &Type) -> Result<(Type, Passed)> {
    if mentions_impl(ty.to_token_stream()) {
        return Err(Error::new_spanned(
            ty,
            "a parameter of a test names its type, `impl Trait` does not: take `Arc<dyn ObjectStore>` or \
             `&dyn ObjectStore`, for example",
        ));
    }
    match without_parentheses(ty) {
        Type::Reference(reference) => referred(reference),
        plain => match unsized_kind(plain) {
            Some(what) => Err(refuse(ty, what)),
            None => Ok((ty.clone(), Passed::Owned)),
        },
    }
}

fn referred(reference: &TypeReference) -> Result<(Type, Passed)> {
    if let Some(lifetime) = &reference.lifetime
        && lifetime.ident != "_"
    {
        return Err(Error::new_spanned(
            lifetime,
            format!("a parameter of a test is lent to it while it runs: remove `{lifetime}`"),
        ));
    }
    let ty = without_parentheses(&reference.elem);
    match (ty, reference.mutability) {
        (Type::TraitObject(_), None) => Ok((ty.clone(), Passed::Object)),
        (Type::TraitObject(_), Some(_)) => Err(refuse(reference, "a `&mut dyn Trait`")),
        (Type::Reference(_), _) => Err(Error::new_spanned(
            reference,
            "a parameter of a test cannot be a reference to a reference: remove one `&`",
        )),
        (ty, mutability) => match (unsized_kind(ty), mutability) {
            (Some(what), _) => Err(refuse(reference, what)),
            (None, None) => Ok((ty.clone(), Passed::Borrowed)),
            (None, Some(_)) => Ok((ty.clone(), Passed::BorrowedMutably)),
        },
    }
}

/// Returns a name for a type without a size, which no bucket can give.
pub(crate) fn unsized_kind(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::TraitObject(_) => Some("a bare `dyn Trait`"),
        Type::Slice(_) => Some("a slice"),
        Type::Path(path) if path.qself.is_none() && path.path.is_ident("str") => Some("a string"),
        _ => None,
    }
}

fn refuse(ty: impl quote::ToTokens, what: &str) -> Error {
    Error::new_spanned(
        ty,
        format!(
            "a parameter of a test cannot be {what}: take what the bucket gives, such as `Arc<dyn ObjectStore>`, \
             `&dyn ObjectStore` or `&TestBucket`"
        ),
    )
}

pub(crate) fn without_parentheses(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Paren(inner) => &inner.elem,
            Type::Group(inner) => &inner.elem,
            ty => return ty,
        };
    }
}

/// `impl` is a keyword, so inside a type it is always an `impl Trait`.
pub(crate) fn mentions_impl(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "impl",
        TokenTree::Group(group) => mentions_impl(group.stream()),
        _ => false,
    })
}
