//! The same tests on 1 to 64 threads: a thousand empty ones on the embedded server, and a hundred small ones on RustFS.

use super::{Costs, Growth, panels, watched};
use crate::{
    docker::{Place, WARM},
    subject::Subject,
};

const SIZES: [u32; 7] = [1, 2, 4, 8, 16, 32, 64];

/// Measures from the process' start to its end.
#[must_use]
pub fn measure(profile: &str, rounds: usize) -> Growth {
    let thousand = Subject::build("thousand", profile);
    let hundred = Subject::build("hundred", profile);
    let place = Place::new();
    let mut embedded = Costs::new("1,000 empty tests, embedded server");
    let mut rustfs = Costs::new("100 small tests, RustFS");
    // The first process starts the container.
    let _ = hundred.run(&place, &[], WARM);
    for number in SIZES {
        let threads = format!("--test-threads={number}");
        let arguments = [threads.as_str()];
        let runs = (0..rounds).map(|_| {
            let embedded = watched(&thousand, &place, &arguments, &[]);
            (embedded, watched(&hundred, &place, &arguments, WARM))
        });
        let (of_embedded, of_rustfs): (Vec<_>, Vec<_>) = runs.unzip();
        embedded.add(number, &of_embedded);
        rustfs.add(number, &of_rustfs);
    }
    Growth {
        name: "threads",
        of: "threads",
        panels: panels(vec![embedded, rustfs]),
    }
}
