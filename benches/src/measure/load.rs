//! The embedded server under 64 clients at once, beside RustFS in its container.

use super::{Measured, Setting, in_turns};
use crate::{
    docker::{Place, WARM},
    figure::{Figure, Goal},
    subject::{Run, Subject},
    table::Table,
};

const ROWS: [&str; 4] = [
    "GET 1 KiB: embedded",
    "GET 1 KiB: RustFS",
    "PUT 1 KiB: embedded",
    "PUT 1 KiB: RustFS",
];

/// Measures the time that a request takes while 64 clients send them.
#[must_use]
pub fn measure(setting: Setting) -> Measured {
    let subject = Subject::build("load", setting.profile);
    let place = Place::new();
    let run = |backend| -> Run {
        let variables = [&[("S3_TEST_BACKEND", backend)], WARM].concat();
        subject.run(&place, &[], &variables)
    };
    let mut table = Table::new(&ROWS);
    // The first process starts the container.
    let _ = run("container");
    for round in 0..setting.rounds {
        // Both requests of a run are told by it.
        let puts = std::cell::Cell::new([0; 2]);
        let get = |index: usize, backend| {
            let run = run(backend);
            let mut put = puts.get();
            put[index] = run.told("put");
            puts.set(put);
            run.told("get")
        };
        let [embedded, rustfs] = in_turns(round, [&|| get(0, "embedded"), &|| get(1, "container")]);
        table.add(&[embedded, rustfs, puts.get()[0], puts.get()[1]]);
    }
    let figure = |measure, [embedded, rustfs]: [&str; 2]| {
        Figure::ratio(measure, table.ratios(rustfs, embedded), Goal::AtLeast(5.0))
    };
    let figures = vec![
        figure(
            "GET of 1 KiB by 64 clients, embedded: the throughput of RustFS",
            [ROWS[0], ROWS[1]],
        ),
        figure(
            "PUT of 1 KiB by 64 clients, embedded: the throughput of RustFS",
            [ROWS[2], ROWS[3]],
        ),
    ];
    Measured {
        title: "Requests of 64 clients at once, the time of all divided by their number",
        table,
        figures,
    }
}
