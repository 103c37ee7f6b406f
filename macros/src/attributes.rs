//! The function's other attributes: which belong to the test that the harness sees, and which to the function inside.
use syn::{
    Attribute, Expr, ExprLit, Lit, LitStr, Meta, MetaNameValue, Path, Result, Token,
    parse::ParseStream, punctuated::Punctuated,
};

/// The form in which rstest's cases and a test of ours go together.
const RSTEST: &str = "rstest makes the tests of cases and values: write `#[rstest]` and `#[test_attr(s3_test)]` instead of \
                      `#[s3_test]`, and `#[ignore]` before each parameter that the bucket gives, as in `#[rstest] \
                      #[case(\"a\")] #[test_attr(s3_test)] async fn upload(#[ignore] store: Arc<dyn ObjectStore>, \
                      #[case] key: String)`";

/// Attributes of the harness, of conditional compilation, of lints and of documentation.
///
/// Lint levels reach the function inside as well, since it stands in the wrapper's body.
const OF_THE_WRAPPER: [&str; 17] = [
    "ignore",
    "should_panic",
    "cfg",
    "cfg_attr",
    "doc",
    "allow",
    "expect",
    "warn",
    "deny",
    "forbid",
    "deprecated",
    "must_use",
    "coverage",
    // Those of serial_test, which are for a function without parameters.
    "serial",
    "parallel",
    "file_serial",
    "file_parallel",
];

/// An attribute, and under which `cfg_attr` condition it stands.
pub(crate) struct Conditional {
    pub(crate) condition: Option<Meta>,
    pub(crate) meta: Meta,
}

impl Conditional {
    /// Returns the words that a `#[should_panic]` expects, if it names any.
    pub(crate) fn expected_panic(&self) -> Option<LitStr> {
        let value = match &self.meta {
            Meta::Path(_) => return None,
            Meta::NameValue(pair) => pair.value.clone(),
            Meta::List(list) => list.parse_args::<MetaNameValue>().ok()?.value,
        };
        match value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(words),
                ..
            }) => Some(words),
            _ => None,
        }
    }
}

/// The attributes of a test, in their order.
#[derive(Default)]
pub(crate) struct Attributes {
    /// For the wrapper, which the harness calls.
    pub(crate) wrapper: Vec<Conditional>,
    /// For the user's function inside, such as `#[tracing::instrument]`.
    pub(crate) inner: Vec<Conditional>,
}

impl Attributes {
    pub(crate) fn new(attrs: &[Attribute]) -> Self {
        let mut all = Self::default();
        for attr in attrs {
            match conditional(attr) {
                Some((condition, metas)) => {
                    for meta in metas {
                        all.add(Some(condition.clone()), meta);
                    }
                }
                None => all.add(None, attr.meta.clone()),
            }
        }
        all
    }

    fn add(&mut self, condition: Option<Meta>, meta: Meta) {
        let list = if is_of_the_wrapper(meta.path()) {
            &mut self.wrapper
        } else {
            &mut self.inner
        };
        list.push(Conditional { condition, meta });
    }

    /// Takes out the attributes that each test of a matrix has for itself.
    pub(crate) fn take_those_of_tests(&mut self) -> Vec<Conditional> {
        const OF_TESTS: [&str; 4] = ["ignore", "should_panic", "deprecated", "must_use"];
        let is_of_tests =
            |attr: &Conditional| OF_TESTS.iter().any(|name| attr.meta.path().is_ident(name));
        let (of_tests, others) = std::mem::take(&mut self.wrapper)
            .into_iter()
            .partition(is_of_tests);
        self.wrapper = others;
        of_tests
    }

    /// Each condition under which the test is compiled.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &Conditional> {
        self.wrapper
            .iter()
            .filter(|attr| attr.meta.path().is_ident("cfg"))
    }

    /// Each `#[should_panic]` there is.
    pub(crate) fn should_panic(&self) -> impl Iterator<Item = &Conditional> {
        self.wrapper
            .iter()
            .filter(|attr| attr.meta.path().is_ident("should_panic"))
    }
}

/// Returns true if an attribute makes a test of a function by itself, as `#[test]`, `#[tokio::test]` and ours do.
pub(crate) fn is_test(attr: &Attribute) -> bool {
    attr.path()
        .segments
        .last()
        .is_some_and(|segment| segment.ident == "test" || segment.ident == "s3_test")
}

/// Returns the message for an attribute of another test framework on the function or, if `on_parameter`, on a parameter.
pub(crate) fn refusal(attr: &Attribute, on_parameter: bool) -> Option<String> {
    let name = attr.path().segments.last()?.ident.to_string();
    let message = match name.as_str() {
        "case" | "values" => RSTEST,
        "future" | "files" | "from" | "with" if on_parameter => RSTEST,
        "rstest" if !on_parameter => RSTEST,
        "test_case" | "test_matrix" if !on_parameter => {
            "test_case calls the function by itself, without a bucket: use rstest for cases (`#[rstest]` with \
             `#[test_attr(s3_test)]`), or a loop in the test"
        }
        _ => return None,
    };
    Some(message.to_owned())
}

/// Returns true if an attribute depends on the configuration.
pub(crate) fn is_cfg(attr: &Attribute) -> bool {
    attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr")
}

fn is_of_the_wrapper(path: &Path) -> bool {
    // Settings of the tools, as `#[rustfmt::skip]`.
    let tool = path.segments.first().is_some_and(|first| {
        path.segments.len() > 1 && (first.ident == "rustfmt" || first.ident == "clippy")
    });
    let serial = path
        .segments
        .first()
        .is_some_and(|first| first.ident == "serial_test");
    tool || serial || OF_THE_WRAPPER.iter().any(|name| path.is_ident(name))
}

/// Takes a `#[cfg_attr(condition, …)]` apart; `None` for anything else and for what cannot be read.
fn conditional(attr: &Attribute) -> Option<(Meta, Punctuated<Meta, Token![,]>)> {
    if !attr.path().is_ident("cfg_attr") {
        return None;
    }
    attr.parse_args_with(|input: ParseStream| -> Result<_> {
        let condition = input.parse()?;
        input.parse::<Token![,]>()?;
        Ok((condition, Punctuated::parse_terminated(input)?))
    })
    .ok()
}
