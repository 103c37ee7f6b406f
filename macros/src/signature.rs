//! The test function: what it may look like, and what to write instead where it looks different.
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Attribute, Error, Item, Result, ReturnType, Signature, Token, Type, Visibility, braced,
    parse::{Parse, ParseStream},
    token::Brace,
};

use crate::{attributes, parameters::mentions_impl, problems::Problems};

/// A function as it was written. The body is never parsed: whatever is wrong in it is the compiler's to say, and an
/// editor keeps seeing the function while it is being typed.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) brace: Brace,
    pub(crate) body: TokenStream,
}

impl Parse for Function {
    fn parse(input: ParseStream) -> Result<Self> {
        let content;
        Ok(Self {
            attrs: input.call(Attribute::parse_outer)?,
            vis: input.parse()?,
            sig: input.parse()?,
            brace: {
                if input.peek(Token![;]) {
                    return Err(input.error("the test has no body: write `{ … }` instead of this"));
                }
                braced!(content in input)
            },
            body: content.parse()?,
        })
    }
}

impl Function {
    /// Parses what the attribute stands on.
    ///
    /// # Errors
    ///
    /// Says what it is where it is not a function.
    pub(crate) fn from_item(item: TokenStream) -> Result<Self> {
        syn::parse2(item.clone()).map_err(|error| match syn::parse2(item).as_ref().map(kind) {
            Ok(Some((keyword, kind))) => Error::new_spanned(
                keyword,
                format!("`#[s3_test]` belongs on a function, and this is {kind}"),
            ),
            _ => error,
        })
    }

    /// Tells everything about the function that a test cannot have.
    pub(crate) fn validate(&self, problems: &mut Problems) {
        if let Some(attr) = self.second_test() {
            problems.push(Error::new_spanned(attr, second_test(attr)));
        }
        for attr in &self.attrs {
            if let Some(refusal) = attributes::refusal(attr, false) {
                problems.push(Error::new_spanned(attr, refusal));
            }
        }
        let should_panic = self
            .attrs
            .iter()
            .find(|attr| attr.path().is_ident("should_panic"));
        let sig = &self.sig;
        if let (Some(_), ReturnType::Type(_, ty)) = (should_panic, &sig.output)
            && !matches!(self.output(), Output::Nothing)
        {
            problems.push(Error::new_spanned(
                ty,
                "a test with `#[should_panic]` returns nothing: remove the return type",
            ));
        }
        let mut refuse = |tokens: &dyn ToTokens, what: &str| {
            problems.push(Error::new_spanned(
                tokens.to_token_stream(),
                format!("a test function cannot be {what}: the test harness calls it by itself"),
            ));
        };
        if let Some(constness) = &sig.constness {
            refuse(constness, "`const`");
        }
        if let Some(unsafety) = &sig.unsafety {
            refuse(unsafety, "`unsafe`");
        }
        if let Some(abi) = &sig.abi {
            refuse(abi, "`extern`");
        }
        if let Some(variadic) = &sig.variadic {
            refuse(variadic, "variadic");
        }
        if !sig.generics.params.is_empty() {
            refuse(&sig.generics, "generic");
        }
        if let Some(clause) = &sig.generics.where_clause {
            problems.push(Error::new_spanned(
                clause,
                "a test function has no `where` clause: there is nothing generic in it",
            ));
        }
    }

    /// Returns true if there is no `async`. A second test attribute in front may have removed it.
    pub(crate) fn is_synchronous(&self) -> bool {
        self.sig.asyncness.is_none() && self.second_test().is_none()
    }

    fn second_test(&self) -> Option<&Attribute> {
        self.attrs.iter().find(|attr| attributes::is_test(attr))
    }

    /// Returns the kind of the function's output.
    pub(crate) fn output(&self) -> Output<'_> {
        match &self.sig.output {
            ReturnType::Default => Output::Nothing,
            ReturnType::Type(_, ty) => match &**ty {
                Type::Tuple(tuple) if tuple.elems.is_empty() => Output::Nothing,
                Type::Never(_) => Output::Never,
                ty if mentions_impl(ty.to_token_stream()) => Output::Unnameable,
                ty => Output::Type(ty),
            },
        }
    }
}

/// Returns the message for a second test attribute.
fn second_test(attr: &Attribute) -> String {
    let path = attr.path();
    // `#[tokio::test]` above this attribute has become this path, and its place in the source tells its name.
    let name = if path.leading_colon.is_some() {
        "this attribute".to_owned()
    } else {
        let path = path.to_token_stream().to_string().replace(' ', "");
        format!("`#[{path}]`")
    };
    format!("`#[s3_test]` makes a test of the function and starts its runtime: remove {name}")
}

/// The output of a test.
pub(crate) enum Output<'a> {
    /// `()`, written or not.
    Nothing,
    /// A type that an expression can name.
    Type(&'a Type),
    /// `impl Trait`.
    Unnameable,
    /// `!`: it only ever panics.
    Never,
}

/// The keyword that says what an item is, and the word for it.
fn kind(item: &Item) -> Option<(&dyn ToTokens, &'static str)> {
    Some(match item {
        Item::Const(item) => (&item.const_token, "a constant"),
        Item::Enum(item) => (&item.enum_token, "an enum"),
        Item::Impl(item) => (&item.impl_token, "an `impl` block"),
        Item::Macro(item) => (&item.mac.path, "a macro"),
        Item::Mod(item) => (&item.mod_token, "a module"),
        Item::Static(item) => (&item.static_token, "a static"),
        Item::Struct(item) => (&item.struct_token, "a struct"),
        Item::Trait(item) => (&item.trait_token, "a trait"),
        Item::Type(item) => (&item.type_token, "a type alias"),
        Item::Union(item) => (&item.union_token, "a union"),
        Item::Use(item) => (&item.use_token, "a `use`"),
        _ => return None,
    })
}
