//! A hundred small tests on the embedded server, beside the same on other servers that need no container.

use super::{Measured, Setting, in_turns};
use crate::{
    docker::Place,
    figure::{Figure, Goal},
    moto::Moto,
    now,
    peer::ENDPOINT_VARIABLE,
    subject::Subject,
    table::Table,
};

const OURS: &str = "#[s3_test] on the embedded server";
const IN_MEMORY: &str = "#[tokio::test] with an InMemory";
const FILES: &str = "#[tokio::test] that starts an s3s-fs";
const MOTO: &str = "a bucket per test on moto's server, with its start";
const MOTO_RUNNING: &str = "the same without its start";

const FASTER_THAN_MOTO: &str =
    "100 tests on the embedded server: faster than on moto's server, with its start";
const GOAL_OF_MOTO: Goal = Goal::AtLeast(20.0);

/// Measures from the process' start, or that of the server before it, to the process' end.
#[must_use]
pub fn measure(setting: Setting) -> Measured {
    let subject = |name| Subject::build(name, setting.profile);
    let ours = subject("hundred");
    let (in_memory, files) = (subject("hundred_in_memory"), subject("hundred_s3s_fs"));
    let place = Place::new();
    let embedded = || run(&place, &ours, &[("S3_TEST_BACKEND", "embedded")]);
    let (in_memory, files) = (|| run(&place, &in_memory, &[]), || run(&place, &files, &[]));
    // The first round fills the page cache.
    let _ = (embedded(), in_memory());

    let moto = Moto::start().map(drop);
    let rows = [OURS, IN_MEMORY, FILES, MOTO, MOTO_RUNNING];
    let mut table = match moto {
        Ok(()) => Table::new(&rows),
        Err(_) => Table::new(&rows[..3]),
    };
    let by_hand = moto.is_ok().then(|| subject("hundred_by_hand"));
    for round in 0..setting.rounds {
        let mut times = in_turns(round, [&embedded, &in_memory, &files]).to_vec();
        if let Some(by_hand) = &by_hand {
            let started = now();
            let moto = Moto::start().expect("it has started before");
            let running = run(&place, by_hand, &[(ENDPOINT_VARIABLE, &moto.endpoint)]);
            times.extend([now() - started, running]);
        }
        table.add(&times);
    }
    let mut figures = vec![
        Figure::ratio(
            "100 tests on the embedded server: of the time of `InMemory`",
            table.ratios(OURS, IN_MEMORY),
            Goal::AtMost(3.0),
        ),
        Figure::ratio(
            "100 tests on the embedded server: faster than on s3s-fs",
            table.ratios(FILES, OURS),
            Goal::AtLeast(3.0),
        ),
    ];
    match moto {
        Ok(()) => figures.extend([
            Figure::ratio(FASTER_THAN_MOTO, table.ratios(MOTO, OURS), GOAL_OF_MOTO),
            Figure::ratio(
                "the same without its start",
                table.ratios(MOTO_RUNNING, OURS),
                Goal::None,
            ),
        ]),
        Err(reason) => figures.push(Figure::missing(FASTER_THAN_MOTO, GOAL_OF_MOTO, &reason)),
    }
    Measured {
        title: "A hundred small tests in one binary, two threads, without a container",
        table,
        figures,
    }
}

fn run(place: &Place, subject: &Subject, variables: &[(&str, &str)]) -> u128 {
    let run = subject.run(place, &["--test-threads=2"], variables);
    run.whole()
}
