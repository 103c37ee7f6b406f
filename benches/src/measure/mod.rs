//! The measures of this crate, each beside its floor or its peer. A bench prints one of them, and the report has all.
#![allow(clippy::print_stdout)]

pub mod embedded;
pub mod empty_test;
pub mod hundred_tests;
pub mod load;
pub mod nextest;
pub mod suite;
pub mod thousand_tests;
pub mod warm_process;

use crate::{figure::Figure, report_is_asked, subject, table::Table};

/// How a measure is taken.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The profile of the test binaries.
    pub profile: &'static str,
    /// The rounds, in which all that is compared takes turns.
    pub rounds: usize,
}

/// A measure that was taken.
#[derive(Debug)]
pub struct Measured {
    /// What the times are of.
    pub title: &'static str,
    /// The times.
    pub table: Table,
    /// What follows from them.
    pub figures: Vec<Figure>,
}

impl Measured {
    /// Prints the times and the figures.
    pub fn print(&self, profile: &str) {
        self.table.print(self.title, profile);
        for figure in &self.figures {
            println!("{figure}");
        }
    }
}

/// Takes a measure.
pub type Measure = fn(Setting) -> Measured;

/// All measures of the report, by the names of their benches.
pub const ALL: &[(&str, Measure)] = &[
    ("hundred_tests", hundred_tests::measure),
    ("empty_test", empty_test::measure),
    ("nextest", nextest::measure),
    // Two processes take a twentieth of a second, of which a hiccup is a large part.
    ("warm_process", |setting| {
        let rounds = 4 * setting.rounds;
        warm_process::measure(Setting { rounds, ..setting })
    }),
    ("thousand_tests", thousand_tests::measure),
    ("suite", suite::measure),
    ("embedded", embedded::measure),
    ("load", load::measure),
];

/// The whole of a bench that prints one measure, in the bench's own profile. The report prints it otherwise.
pub fn bench(rounds: usize, measure: Measure) {
    if report_is_asked() {
        return;
    }
    let profile = subject::profile();
    measure(Setting { profile, rounds }).print(profile);
}

/// One round: each of these once, from the first to the last and in the next round from the last to the first, so that
/// what else the machine does hits none of them more.
///
/// # Panics
///
/// When one of them does.
pub fn in_turns<T, const N: usize>(round: usize, measures: [&dyn Fn() -> T; N]) -> [T; N] {
    let mut measured: [Option<T>; N] = [const { None }; N];
    for turn in 0..N {
        let index = if round.is_multiple_of(2) {
            turn
        } else {
            N - 1 - turn
        };
        measured[index] = Some(measures[index]());
    }
    measured.map(|it| it.expect("each has its turn"))
}
