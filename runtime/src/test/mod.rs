//! The life of one test, from top to bottom: options, server, buckets, parameters, body, report, clean-up.

use std::{
    any::Any,
    panic::resume_unwind,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

mod body;
mod buckets;
mod data_set;
mod note;
mod report;
mod setup;
mod uploads;

use self::{
    body::Outcome,
    note::Note,
    report::{Ended, Report},
};
#[doc(hidden)]
pub use self::{
    body::{Body, Conclusion, body},
    setup::set_up,
};
pub(crate) use self::{buckets::Prepared, report::kept_for};
use crate::{
    gateway::Gateway,
    options::{Options, RequestRules, Settings, TestOptions, warn_of_mistyped_variables},
    parameters::{Arguments, Parameter, Parameters, SetUpCall},
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
    /// Tells whether the function has `#[should_panic]`.
    pub should_panic: bool,
    /// The words that the panic must have (`expected = "…"`).
    pub panics_with: Option<&'static str>,
    /// The options inside the attribute.
    pub options: Options,
    /// Tells whether the test needs the bucket that `options` describe.
    pub main_bucket: bool,
    /// The parameters of the function.
    pub parameters: Vec<Parameter>,
    /// The names of the parameters that each bucket belongs to, in the order of the buckets.
    pub names: &'static [&'static str],
    /// The option `setup`, if the test has one.
    pub setup: Option<SetUpCall>,
}

/// Runs one asynchronous test. `body` calls the user's function with its parameters.
///
/// # Panics
///
/// With the panic of the body; or with a message of s3-test where the body could not run to its end. Under
/// `#[should_panic]` this message is printed instead, so that the harness does not take it for the expected panic.
#[doc(hidden)]
#[track_caller]
pub fn run(test: Test, body: for<'a> fn(&mut Arguments<'a>) -> Body<'a>) -> ExitCode {
    run_with(test, |settings, parameters, server| {
        body::run(settings.timeout, settings.runtime, body, parameters, server)
    })
}

/// Runs one synchronous test. `body` calls the user's function, which may block.
///
/// # Panics
///
/// As [`run`].
#[doc(hidden)]
#[track_caller]
pub fn run_blocking(test: Test, body: fn(&mut Arguments<'_>) -> ExitCode) -> ExitCode {
    run_with(test, |settings, parameters, server| {
        body::run_blocking(settings.timeout, body, parameters, server)
    })
}

#[track_caller]
fn run_with(
    test: Test,
    run_body: impl FnOnce(&Settings, Parameters, Arc<Server>) -> Outcome,
) -> ExitCode {
    let Test {
        path,
        package,
        should_panic,
        panics_with,
        options,
        main_bucket,
        parameters,
        names,
        setup,
    } = test;
    let needs_gateway = parameters.iter().any(Parameter::needs_gateway);
    let own_buckets = parameters.iter().filter_map(Parameter::own_bucket);
    let rules = options.request_rules();
    warn_of_mistyped_variables();
    let package = package_folder(package);
    let asked = TestOptions {
        package: package.clone(),
        options,
        main_bucket,
        buckets: own_buckets.cloned().collect(),
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
    let server = prepared.server.clone();
    let asks = needs_gateway || settings.requests || !rules.is_empty();
    let gateway = match asks.then(|| start_gateway(&server, rules)).transpose() {
        Ok(gateway) => gateway.map(Arc::new),
        Err(message) => {
            prepared.clean_up(|_| false);
            return fail(should_panic, &message);
        }
    };
    let buckets = prepared.buckets.iter();
    let buckets = buckets.map(|held| held.bucket.clone().through(gateway.clone()));
    let parameters = Parameters::new(parameters, main_bucket, buckets.collect(), setup);
    let outcome = run_body(&settings, parameters, server.clone());
    let missed = gateway.as_deref().and_then(|it| it.verify().err());
    let (outcome, missed) = verified(outcome, missed);
    let has_failed = |outcome: &Outcome| match outcome {
        Outcome::Returned(code) => should_panic || *code != ExitCode::SUCCESS,
        Outcome::Panicked(payload) => !should_panic || !has_words(&**payload, panics_with),
        Outcome::Unfinished(_) => true,
    };
    let outcome = match has_failed(&outcome) {
        true => outcome,
        false => match background::handle().block_on(left_as_promised(&prepared, &settings)) {
            Ok(()) => outcome,
            Err(message) => Outcome::Unfinished(message),
        },
    };
    let failed = has_failed(&outcome);
    let ended = Ended {
        path,
        package: &package,
        failed,
        message: message_of(&outcome),
        prepared: &prepared,
        settings: &settings,
        names,
        requests: gateway.as_deref().map(Gateway::all_requests),
    };
    let _note = Note::new(missed.filter(|_| failed));
    let _report = background::handle().block_on(Report::new(&ended));
    prepared.clean_up(|held| held.is_kept(failed));
    match outcome {
        Outcome::Returned(code) => code,
        Outcome::Panicked(payload) => resume_unwind(payload),
        Outcome::Unfinished(message) => fail(should_panic, &message),
    }
}

/// Says in what a test that succeeded has left its buckets otherwise than its options promise.
async fn left_as_promised(prepared: &Prepared, settings: &Settings) -> Result<(), String> {
    prepared.verify_data_sets().await?;
    uploads::check(prepared, settings).await
}

/// Starts the gateway with the faults and expectations of the attribute.
fn start_gateway(server: &Server, rules: RequestRules) -> Result<Gateway, String> {
    let gateway = Gateway::start(
        &server.endpoint,
        server.pinned.as_ref(),
        background::handle(),
    );
    let gateway = gateway.map_err(|error| error.to_string())?;
    gateway.add_rules(rules.expect, rules.faults)?;
    Ok(gateway)
}

/// Turns the success of a body into a failure if its requests are not those that it expected. A body that failed has a
/// reason of its own, and what its requests missed is left for a note.
fn verified(outcome: Outcome, missed: Option<String>) -> (Outcome, Option<String>) {
    match (outcome, missed) {
        (Outcome::Returned(ExitCode::SUCCESS), Some(missed)) => (Outcome::Unfinished(missed), None),
        (outcome, missed) => (outcome, missed),
    }
}

/// Returns the words with which a test has failed; nothing of a value that it has returned, which only the harness shows.
fn message_of(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Returned(_) => None,
        Outcome::Panicked(payload) => words(&**payload).map(str::to_owned),
        Outcome::Unfinished(message) => Some(message.clone()),
    }
}

/// Returns true if a panic is the one that `#[should_panic]` expects, as the harness judges it.
fn has_words(payload: &(dyn Any + Send), expected: Option<&str>) -> bool {
    expected.is_none_or(|expected| words(payload).is_some_and(|words| words.contains(expected)))
}

/// Returns the words of a panic, if it has any.
fn words(payload: &(dyn Any + Send)) -> Option<&str> {
    let literal = payload.downcast_ref::<&str>().copied();
    literal.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}

/// Returns the folder of the package. A test binary may come from another machine (`cargo nextest archive`); cargo's
/// variable then names the folder.
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
