//! Empty tests on the embedded server, 10 to 10,000 of them in one binary, two threads.

use super::{Costs, Growth, panels, watched};
use crate::{docker::Place, subject::Subject};

/// The number of tests, and the filter that chooses them.
const SIZES: [(u32, &str); 4] = [
    (10, "k0::h0::t0::"),
    (100, "k0::h0::"),
    (1_000, "k0::"),
    (10_000, ""),
];

/// Measures from the process' start to its end.
#[must_use]
pub fn measure(profile: &str, rounds: usize) -> Growth {
    let subject = Subject::build("ten_thousand", profile);
    let place = Place::new();
    let mut costs = Costs::new("embedded server");
    for (number, filter) in SIZES {
        let arguments = [&["--test-threads=2"], &[filter][..]].concat();
        let runs = (0..rounds).map(|_| watched(&subject, &place, &arguments, &[]));
        costs.add(number, &runs.collect::<Vec<_>>());
    }
    Growth {
        name: "tests",
        of: "tests",
        panels: panels(vec![costs]),
    }
}
