//! The arguments of `#[s3_test(…)]`, and the rules for options that exclude or need each other.
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use s3_test_options::{self as rules, Backend, Flavor, Scope};
use syn::{Error, ExprPath};

use crate::{
    options::{ParsedOptions, Setting, WrittenOption},
    problems::Problems,
};

/// The options of a test.
pub(crate) struct Args(pub(crate) ParsedOptions);

/// The value of an option as far as it is known at compile time.
enum Known<T> {
    /// The option is absent.
    Absent,
    /// The value is a constant, or it is invalid and already reported.
    Unknown,
    /// The value is a valid literal.
    Value(T),
}

impl Args {
    /// Parses all options and reports every mistake.
    pub(crate) fn parse(tokens: TokenStream, problems: &mut Problems) -> Self {
        Self(ParsedOptions::parse(tokens, Scope::Test, problems))
    }

    /// Returns the path of the runtime crate: the option `crate`, or its own name.
    pub(crate) fn runtime(&self) -> TokenStream {
        let setting = self.0.get("crate").and_then(|it| it.setting.as_ref());
        match setting {
            Some(Setting::Crate(path)) => path.to_token_stream(),
            _ => quote_spanned!(Span::mixed_site()=> ::s3_test),
        }
    }

    /// Returns the function of the option `setup`.
    pub(crate) fn setup(&self) -> Option<&ExprPath> {
        match self.0.get("setup")?.setting.as_ref()? {
            Setting::Function(path) => Some(path),
            _ => None,
        }
    }

    /// Returns true if an option describes the test's own bucket, or needs it.
    pub(crate) fn describe_a_bucket(&self) -> bool {
        // `keep` applies to all buckets of the test and asks for none.
        self.setup().is_some()
            || rules::names(Scope::Bucket)
                .into_iter()
                .any(|name| name != "keep" && self.0.get(name).is_some())
    }

    /// Reports options that exclude each other. `buckets` are the options of the buckets that parameters own.
    pub(crate) fn check<'a>(
        &'a self,
        buckets: impl Iterator<Item = &'a ParsedOptions>,
        problems: &mut Problems,
    ) {
        self.0.check_name(problems);
        let backend = match self.known("backend", rules::backend) {
            Known::Value(backend) => Some(backend),
            Known::Absent if self.0.get("endpoint").is_some() => Some(Backend::External),
            Known::Absent | Known::Unknown => None,
        };
        if let Some(backend) = backend {
            check_backend(&self.0, backend, problems);
            buckets.for_each(|options| check_backend(options, backend, problems));
        }
    }

    /// Reports options that the test's tokio runtime cannot have.
    pub(crate) fn check_runtime(&self, problems: &mut Problems) {
        let flavor = self.known("flavor", rules::flavor);
        if let Some(workers) = self.0.get("worker_threads")
            && matches!(flavor, Known::Absent | Known::Value(Flavor::CurrentThread))
        {
            problems.push(Error::new(
                workers.name.span(),
                "`worker_threads` needs the flavor that has workers: add `flavor = \"multi_thread\"`",
            ));
        }
        if let Some(WrittenOption {
            name,
            setting: Some(Setting::Switch(true)),
        }) = self.0.get("start_paused")
            && matches!(flavor, Known::Value(Flavor::MultiThread))
        {
            problems.push(Error::new(
                name.span(),
                "`start_paused` needs the flavor with a single thread: write `flavor = \"current_thread\"`, \
                 or remove `start_paused`",
            ));
        }
    }

    /// Reports options of the tokio runtime on a test that has none.
    pub(crate) fn check_synchronous(&self, test: &syn::Ident, problems: &mut Problems) {
        for written in self.0.iter() {
            let name = &written.name;
            if name == "flavor" || name == "worker_threads" || name == "start_paused" {
                problems.push(Error::new(
                    name.span(),
                    format!(
                        "`{name}` is for an asynchronous test: remove it, or write `async fn {test}`"
                    ),
                ));
            }
        }
    }

    fn known<T>(&self, name: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Known<T> {
        if self.0.get(name).is_none() {
            return Known::Absent;
        }
        let value = self.0.literal(name).map(|text| parse(&text.value()));
        match value {
            Some(Ok(value)) => Known::Value(value),
            _ => Known::Unknown,
        }
    }
}

fn check_backend(options: &ParsedOptions, backend: Backend, problems: &mut Problems) {
    for written in options.iter() {
        let name = written.name.to_string();
        // `keep = "never"` is valid on every backend, and a constant may have this value.
        let keeps = options
            .literal("keep")
            .is_some_and(|when| when.value() != "never");
        if name == "keep" && !keeps {
            continue;
        }
        if let Some(problem) = rules::misplaced(&name, backend) {
            problems.push(Error::new(written.name.span(), problem));
        }
    }
}
