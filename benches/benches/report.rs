//! All measures of the report, and the growth with tests, threads and objects, written to `report/` as Markdown and SVG.
//!
//! `cargo bench -p s3-test-benches --bench report -- --report`, with the names of single measures behind it to take only
//! these.
#![allow(clippy::print_stdout)]

use std::env;

use s3_test_benches::{
    growth,
    measure::{self, Setting},
    report::Report,
    report_is_asked,
};

/// The profile that `cargo test` builds tests with, whatever the profile of this program.
const PROFILE: &str = "dev";
/// The variable that changes the number of rounds.
const ROUNDS_VARIABLE: &str = "S3_TEST_BENCH_ROUNDS";
const ROUNDS: usize = 7;
/// The shape of a curve needs fewer.
const GROWTH_ROUNDS: usize = 3;

fn main() {
    if !report_is_asked() {
        println!(
            "The report is written with `cargo bench -p s3-test-benches --bench report -- --report`."
        );
        return;
    }
    let names: Vec<String> = env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let is_chosen = |name: &str| names.is_empty() || names.iter().any(|chosen| chosen == name);
    let rounds = env::var(ROUNDS_VARIABLE).ok();
    let rounds = rounds.map(|rounds| rounds.parse().expect("a number of rounds"));
    let setting = Setting {
        profile: PROFILE,
        rounds: rounds.unwrap_or(ROUNDS),
    };
    let mut report = Report::new(setting);
    for (name, measure) in measure::ALL {
        if is_chosen(name) {
            let measured = measure(setting);
            measured.print(PROFILE);
            report.add(measured.figures);
        }
    }
    for (name, measure) in growth::ALL {
        if is_chosen(name) {
            println!("\n{name}");
            report.add_growth(measure(PROFILE, setting.rounds.min(GROWTH_ROUNDS)));
        }
    }
    println!("\n{}", report.path().display());
}
