//! A bucket with 10 to 100,000 objects at the end of its test: listing it, and what follows the body up to the process' end.
//!
//! The embedded server drops the bucket, RustFS is asked to delete it with its contents, and an external service is sent the
//! deletions of all objects. That service is an embedded server outside of the measured process.

use s3_test::embedded::Server;
use tokio::runtime;

use super::{Costs, Growth, Line, Panel, panels, seconds};
use crate::{
    docker::{Place, WARM},
    s3,
    subject::Subject,
    table::median,
};

/// The variable that tells a test the number of its objects.
pub const NUMBER_VARIABLE: &str = "BENCH_OBJECTS";

const SIZES: [u32; 5] = [10, 100, 1_000, 10_000, 100_000];
/// From here on one round is enough: it takes long, and what else the machine does hardly counts.
const ONCE: u32 = 10_000;

/// Measures the test's process.
#[must_use]
pub fn measure(profile: &str, rounds: usize) -> Growth {
    let subject = Subject::build("objects", profile);
    let place = Place::new();
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let service = Server::builder().user(s3::KEY, s3::KEY);
    let service = service.start(runtime.handle()).expect("a free port");
    let ways: [(&'static str, Vec<_>, &[u32]); 3] = [
        (
            "embedded server",
            vec![("S3_TEST_BACKEND", "embedded")],
            &SIZES,
        ),
        (
            "external service",
            vec![("S3_TEST_ENDPOINT", service.endpoint())],
            &SIZES,
        ),
        // A hundred thousand objects take it half an hour.
        ("RustFS", WARM.to_vec(), &SIZES[..4]),
    ];
    let mut listings = Vec::new();
    let mut costs = Vec::new();
    for (name, variables, sizes) in ways {
        let (mut listing, mut cost) = (Line::new(name), Costs::new(name));
        for &number in sizes {
            let text = number.to_string();
            let variables = [variables.as_slice(), &[(NUMBER_VARIABLE, &text)]].concat();
            let rounds = if number < ONCE { rounds } else { 1 };
            let mut list = Vec::new();
            let mut runs = Vec::new();
            for _ in 0..rounds {
                let (run, held) = subject.watch(&place, &[], &variables);
                list.push(seconds(run.told("list")));
                runs.push((seconds(run.ended - run.told("end")), held));
            }
            listing.points.push((number.into(), median(&list)));
            cost.add(number, &runs);
        }
        listings.push(listing);
        costs.push(cost);
    }
    let mut panels = panels(costs);
    panels[0].title = "end of the test, s";
    let listing = Panel {
        title: "listing, s",
        lines: listings,
    };
    panels.insert(0, listing);
    Growth {
        name: "objects",
        of: "objects",
        panels,
    }
}
