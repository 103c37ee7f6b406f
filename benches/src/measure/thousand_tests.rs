//! A thousand empty tests on the embedded server, beside a thousand that are given no bucket, and a thousand that start an
//! s3s-fs by hand.

use super::{Measured, Setting, in_turns};
use crate::{
    docker::Place,
    figure::{Figure, Goal},
    subject::Subject,
    table::Table,
};

const OURS: &str = "#[s3_test] on the embedded server";
const BY_HAND: &str = "#[tokio::test] that starts an s3s-fs";
const WITHOUT: &str = "#[tokio::test]";

/// Measures from the process' start to its end. The s3s-fs takes so long that the report leaves it out.
#[must_use]
pub fn measure(setting: Setting) -> Measured {
    compare(setting, false)
}

/// Measures the same, with an s3s-fs for each test too.
#[must_use]
pub fn measure_with_files(setting: Setting) -> Measured {
    compare(setting, true)
}

fn compare(setting: Setting, with_files: bool) -> Measured {
    let subject = |name| Subject::build(name, setting.profile);
    let (ours, without) = (subject("thousand"), subject("thousand_without"));
    let by_hand = with_files.then(|| subject("thousand_s3s_fs"));
    let place = Place::new();
    let whole = |subject: &Subject| subject.run(&place, &["--test-threads=2"], &[]).whole();
    let rows = [OURS, WITHOUT, BY_HAND];
    let mut table = Table::new(&rows[..2 + usize::from(with_files)]);
    let _ = (whole(&ours), whole(&without));
    for round in 0..setting.rounds {
        let mut times = in_turns(round, [&|| whole(&ours), &|| whole(&without)]).to_vec();
        times.extend(by_hand.as_ref().map(&whole));
        table.add(&times);
    }
    let each = table.times(OURS).iter().map(|time| time / 1000.0);
    let mut figures = vec![
        Figure::ratio(
            "1,000 empty tests on the embedded server: of the time of `#[tokio::test]`",
            table.ratios(OURS, WITHOUT),
            Goal::AtMost(2.0),
        ),
        Figure::new("each of them", each.collect(), " ms", Goal::AtMost(1.5)),
    ];
    if with_files {
        figures.push(Figure::ratio(
            "1,000 empty tests: faster than with an s3s-fs by hand",
            table.ratios(BY_HAND, OURS),
            Goal::None,
        ));
    }
    Measured {
        title: "A thousand empty tests in one binary, two threads, from the process' start to its end",
        table,
        figures,
    }
}
