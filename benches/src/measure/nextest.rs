//! A hundred small tests under cargo-nextest, a process each, beside a hundred that do nothing in the same binary.

use super::{Measured, Setting, in_turns};
use crate::{
    docker::{Place, WARM},
    figure::{Figure, Goal},
    nextest::Nextest,
    table::Table,
};

const OURS: &str = "#[s3_test] on a warm container";
const EMBEDDED: &str = "#[s3_test] on the embedded server";
const EMPTY: &str = "#[tokio::test] with an empty body";

const FIGURE: &str = "100 nextest processes on a warm container: of the time of empty tests";
const GOAL: Goal = Goal::AtMost(2.5);

/// Measures nextest from its start to its end.
#[must_use]
pub fn measure(setting: Setting) -> Measured {
    let mut table = Table::new(&[OURS, EMBEDDED, EMPTY]);
    let figures = match Nextest::build("hundred_processes", setting.profile) {
        Ok(nextest) => {
            let place = Place::new();
            // The first round starts the container.
            let _ = nextest.run(&place, "small", WARM);
            for round in 0..setting.rounds {
                table.add(&in_turns(
                    round,
                    [
                        &|| nextest.run(&place, "small", WARM),
                        &|| nextest.run(&place, "small", &[("S3_TEST_BACKEND", "embedded")]),
                        &|| nextest.run(&place, "empty", &[]),
                    ],
                ));
            }
            vec![
                Figure::ratio(FIGURE, table.ratios(OURS, EMPTY), GOAL),
                Figure::ratio(
                    "the same on the embedded server",
                    table.ratios(EMBEDDED, EMPTY),
                    Goal::None,
                ),
            ]
        }
        Err(reason) => vec![Figure::missing(FIGURE, GOAL, &reason)],
    };
    Measured {
        title: "A hundred processes of cargo-nextest, two at once, from its start to its end",
        table,
        figures,
    }
}
