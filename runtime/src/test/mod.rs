//! The life of one test, from top to bottom: options, server, buckets, parameters, body, report, clean-up.

use std::{
    panic::resume_unwind,
    path::{Path, PathBuf},
    pin::Pin,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

mod body;
mod buckets;
mod report;

use self::{body::Outcome, buckets::Prepared, report::Report};
use crate::{
    bucket::TestBucket,
    options::{Options, RuntimeSettings, Settings, TestOptions, warn_of_mistyped_variables},
    parameters::BoxError,
    process::background,
    server::Server,
};

/// One test as the attribute describes it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Test {
    /// The path of the function: `module_path!()`, `::`, its name.
    pub path: &'static str,
    /// The folder of the package: `env!("CARGO_MANIFEST_DIR")`.
    pub package: &'static str,
    /// Whether the function has `#[should_panic]`.
    pub should_panic: bool,
    /// What stood inside the attribute.
    pub options: Options,
    /// Whether the test needs the bucket that `options` describe.
    pub main_bucket: bool,
    /// What stood inside the `#[bucket(…)]` of each parameter that has one.
    pub buckets: Vec<Options>,
}

/// The buckets of one test, for the making of its parameters.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct Buckets {
    main: bool,
    all: Vec<TestBucket>,
}

impl Buckets {
    /// The bucket that the attribute itself describes.
    ///
    /// # Panics
    ///
    /// Where the test said that it needs none.
    #[must_use]
    pub fn main(&self) -> &TestBucket {
        assert!(self.main, "the test needs no bucket of its own");
        &self.all[0]
    }

    /// The bucket of the parameter that has the `index`th `#[bucket]`.
    ///
    /// # Panics
    ///
    /// Where there are not so many.
    #[must_use]
    pub fn of_parameter(&self, index: usize) -> &TestBucket {
        &self.all[usize::from(self.main) + index]
    }
}

/// Makes the parameters of an asynchronous test from its buckets, calls the user's function, and reports what it returned.
///
/// The type is erased, so that the user's crate compiles nothing of what runs a test: it would do so for each of them.
#[doc(hidden)]
pub type Body = fn(Buckets) -> Making<ExitCode>;

/// Makes the parameters of a synchronous test from its buckets. The call it returns may block.
#[doc(hidden)]
pub type BlockingBody = fn(Buckets) -> Making<Box<dyn FnOnce() -> ExitCode>>;

/// The future of something that takes parameters, one of which may be impossible to make.
#[doc(hidden)]
pub type Making<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>>>>;

/// Runs one asynchronous test.
///
/// # Panics
///
/// With the body's own panic; or with a message of s3-test's if the body could not run to its end. Under
/// `#[should_panic]` that message is printed instead, so that it is not taken for the panic the test waits for.
#[doc(hidden)]
#[track_caller]
pub fn run(test: Test, body: Body) -> ExitCode {
    live(test, |limit, runtime, buckets, server| {
        body::run(limit, runtime, body, buckets, server)
    })
}

/// Runs one synchronous test.
///
/// # Panics
///
/// As [`run`].
#[doc(hidden)]
#[track_caller]
pub fn run_blocking(test: Test, body: BlockingBody) -> ExitCode {
    live(test, |limit, _, buckets, server| {
        body::run_blocking(limit, body, buckets, server)
    })
}

#[track_caller]
fn live(
    test: Test,
    body: impl FnOnce(Option<Duration>, RuntimeSettings, Buckets, Arc<Server>) -> Outcome,
) -> ExitCode {
    let Test {
        path,
        package,
        should_panic,
        options,
        main_bucket,
        buckets,
    } = test;
    warn_of_mistyped_variables();
    let package = package_folder(package);
    let asked = TestOptions {
        package: package.clone(),
        options,
        main_bucket,
        buckets,
    };
    let prepared = Settings::resolve(asked, |name| std::env::var(name).ok()).and_then(|settings| {
        let prepared = Prepared::new(path, &package, &settings);
        let prepared = background::handle().block_on(prepared)?;
        Ok((prepared, settings))
    });
    let (prepared, settings) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return fail(should_panic, &error.to_string()),
    };
    let buckets = Buckets {
        main: main_bucket,
        all: prepared
            .buckets
            .iter()
            .map(|held| held.bucket.clone())
            .collect(),
    };
    let server = prepared.server.clone();
    let outcome = body(settings.timeout, settings.runtime, buckets, server.clone());
    let failed = match &outcome {
        Outcome::Returned(code) => should_panic || *code != ExitCode::SUCCESS,
        Outcome::Panicked(_) => !should_panic,
        Outcome::Unfinished(_) => true,
    };
    let _report = background::handle().block_on(async {
        if failed {
            server.check_alive().await;
        }
        Report::new(path, failed, &prepared, &settings).await
    });
    prepared.clean_up(|held| held.is_kept(failed));
    match outcome {
        Outcome::Returned(code) => code,
        Outcome::Panicked(payload) => resume_unwind(payload),
        Outcome::Unfinished(message) => fail(should_panic, &message),
    }
}

/// Where the package is now: a test binary may have come from another machine (`cargo nextest archive`), and whoever runs
/// it there says so in cargo's variable.
fn package_folder(compiled: &str) -> PathBuf {
    let there = std::env::var_os("CARGO_MANIFEST_DIR").filter(|_| !Path::new(compiled).exists());
    there.map_or_else(|| compiled.into(), PathBuf::from)
}

/// Fails the test with a message of s3-test's own.
#[track_caller]
#[allow(clippy::print_stderr)]
fn fail(should_panic: bool, message: &str) -> ExitCode {
    if should_panic {
        // The harness then says that the test did not panic, and shows this line.
        eprintln!("s3-test: {message}");
        return ExitCode::SUCCESS;
    }
    panic!("s3-test: {message}");
}
