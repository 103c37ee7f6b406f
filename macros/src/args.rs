//! What stands inside `#[s3_test(…)]`: whether the options go together.
use proc_macro2::TokenStream;
use s3_test_options::{self as rules, Backend, Flavor};
use syn::{Error, Path};

use crate::{
    options::{Options, Place, Setting, Written},
    problems::Problems,
};

/// The options of a test.
pub(crate) struct Args(pub(crate) Options);

/// What is known of an option's value before the test runs.
enum Known<T> {
    /// The option is not there.
    Absent,
    /// It is there, and its value is a constant's, or wrong, which has been told.
    Unknown,
    /// This is its value.
    Value(T),
}

impl Args {
    /// Reads all options and tells everything that is wrong with each.
    pub(crate) fn parse(tokens: TokenStream, problems: &mut Problems) -> Self {
        Self(Options::parse(tokens, Place::Test, problems))
    }

    /// Where the expansion finds the runtime crate.
    pub(crate) fn crate_path(&self) -> Option<&Path> {
        match self.0.get("crate")?.setting.as_ref()? {
            Setting::Crate(path) => Some(path),
            _ => None,
        }
    }

    /// Whether an option says something about the test's own bucket.
    pub(crate) fn describe_a_bucket(&self) -> bool {
        ["bucket", "bucket_prefix", "fixtures", "versioning"]
            .iter()
            .any(|name| self.0.get(name).is_some())
    }

    /// Tells which options do not go together; `buckets` are the options of the buckets beside the test's own.
    pub(crate) fn check<'a>(
        &'a self,
        buckets: impl Iterator<Item = &'a Options>,
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

    /// Tells which options the test's runtime cannot have.
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
        if let Some(Written {
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

    /// Tells which options make no sense on a test that has no runtime.
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

fn check_backend(options: &Options, backend: Backend, problems: &mut Problems) {
    for written in options.iter() {
        let name = written.name.to_string();
        // Never to keep a bucket makes sense everywhere, and a constant may say so.
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
