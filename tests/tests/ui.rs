//! The compiler's view of the attribute's expansion. Nothing here runs a test, so nothing needs a server.
//! Refusals of the attribute itself are tested in its own crate.
//!
//! `TRYBUILD=overwrite cargo test -p s3-test-suite --test ui` writes the expected messages anew; read what it wrote.
mod ui {
    pub(crate) mod harness;
}

use ui::harness::{Case, Diagnostic, Harness};

/// Refusals. The compiler removes a `#[test]` from whatever is not built as a test, so the cases are built as
/// tests, which trybuild does not do.
#[test]
fn what_the_compiler_says() {
    let cases = Harness::new("types", "s3-test").build();
    assert!(!cases.is_empty());
    for case in &cases {
        assert!(
            case.diagnostics.iter().any(Diagnostic::is_error),
            "{} compiled, and was meant not to",
            case.name
        );
        case.compare();
    }
}

/// Accepted cases, with a warning in each.
#[test]
fn what_the_compiler_warns_of() {
    let cases = Harness::new("warned", "s3-test").build();
    assert!(!cases.is_empty());
    for case in &cases {
        assert!(!case.tests.is_empty(), "{} does not compile", case.name);
        case.compare();
    }
}

/// Accepted cases, without a warning.
#[test]
fn what_compiles() {
    let cases = Harness::new("pass", "s3-test").build();
    assert_silent(&cases);
    let names = cases.iter().find(|case| case.name == "names");
    assert_eq!(
        names.expect("the case is there").tests,
        [
            "from_a_macro",
            "from_a_macro_too",
            "outer::inner::nested",
            "outer::r#type::raw_module",
            "plain",
            "r#async",
            "r#match",
            "top",
            "values_from_a_macro",
        ],
    );
}

/// The same for whoever gave the crate another name in their `Cargo.toml`.
#[test]
fn what_compiles_under_another_name() {
    assert_silent(&Harness::new("renamed", "renamed").build());
}

fn assert_silent(cases: &[Case]) {
    assert!(!cases.is_empty());
    for case in cases {
        let said: String = case
            .diagnostics
            .iter()
            .map(|diagnostic| diagnostic.rendered.as_str())
            .collect();
        assert!(
            said.is_empty(),
            "{} was meant to compile in silence:\n{said}",
            case.name
        );
        assert!(!case.tests.is_empty(), "{} has no test", case.name);
    }
}
