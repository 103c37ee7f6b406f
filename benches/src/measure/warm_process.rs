//! From a process' start to its first test's body, where the container runs already.

use super::{Measured, Setting, in_turns};
use crate::{
    docker::{Place, WARM},
    figure::{Figure, Goal},
    subject::{Run, Subject},
    table::Table,
};

const PLAIN: &str = "a plain #[test]: process' start to body";
const BODY: &str = "#[s3_test]: process' start to body";
const REQUESTS: &str = "the S3 requests in it, made by hand";
const REST: &str = "#[s3_test] without them";

/// Measures a pair of processes in each round.
#[must_use]
pub fn measure(setting: Setting) -> Measured {
    let subject = Subject::build("first_body", setting.profile);
    let place = Place::new();
    let run = |test| -> Run { subject.run(&place, &["--exact", test], WARM) };
    let mut table = Table::new(&[PLAIN, BODY, REQUESTS, REST]);
    // The first process starts the container.
    let _ = run("warm");
    for round in 0..setting.rounds {
        let [plain, warm] = in_turns(round, [&|| run("plain"), &|| run("warm")]);
        let body = warm.told("body") - warm.started;
        let requests = warm.told("requests");
        table.add(&[
            plain.told("body") - plain.started,
            body,
            requests,
            body.saturating_sub(requests),
        ]);
    }
    let figures = vec![
        Figure::new(
            "warm process to body without S3 requests",
            table.times(REST).to_vec(),
            " ms",
            Goal::AtMost(6.0),
        ),
        Figure::ratio(
            "the same, of the time of a plain `#[test]`",
            table.ratios(REST, PLAIN),
            Goal::None,
        ),
    ];
    Measured {
        title: "A process that finds the container running",
        table,
        figures,
    }
}
