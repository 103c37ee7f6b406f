//! Everything that goes wrong around tests: processes, containers, engines, files, clocks and services. It prints a table in which
//! every count is to be 0.
//!
//! ```console
//! $ cargo test -p s3-test-suite --test chaos -- --nocapture               # the short form
//! $ cargo test -p s3-test-suite --test chaos -- --nocapture --ignored     # the long form, some twenty minutes
//! ```
//!
//! `SUITE_CHAOS=clock,links` runs only the rows whose names have one of these words in them.
#![allow(clippy::print_stdout)]

mod cluster;
mod containers;
mod engines;
mod files;
mod podman;
mod private_engine;
mod processes;
mod row;
#[path = "../external/service.rs"]
#[expect(dead_code, reason = "the tests of external services use the rest")]
mod service;
mod services;
mod users;

use std::time::Instant;

use row::{Row, Scale};

/// The trials of one row.
type Trials = fn(&mut Row, Scale);

/// All rows, each with its name.
const ROWS: &[(&str, Trials)] = &[
    (
        "kill -9 at a random moment, container",
        processes::killed_on_containers,
    ),
    (
        "kill -9 at a random moment, external",
        processes::killed_on_a_service,
    ),
    ("Ctrl-C once and twice", processes::interrupted),
    ("terminal closed", processes::terminal_closed),
    ("64 processes at once", processes::many_at_once),
    ("two configurations at once", processes::two_configurations),
    ("two users at once", users::two_users),
    ("two versions of the crate at once", users::two_versions),
    ("container killed under 32 tests", containers::killed),
    (
        "container out of memory under 32 tests",
        containers::out_of_memory,
    ),
    ("container paused under 32 tests", containers::paused),
    ("container restarted under 32 tests", containers::restarted),
    ("image whose server exits", containers::exits),
    (
        "image whose server never listens",
        containers::never_listens,
    ),
    (
        "image whose server listens at another port",
        containers::listens_elsewhere,
    ),
    (
        "engine stopped under 32 tests, and restarted",
        private_engine::stopped,
    ),
    ("engine's disk full", private_engine::full),
    ("engine silent", engines::silent),
    ("engine answers 500", engines::failing),
    ("TMPDIR full", files::full),
    ("TMPDIR not writable", files::unwritable),
    ("TMPDIR with spaces", files::with_spaces),
    ("state directory with another's links", files::links),
    ("clock back an hour", files::clock),
    ("500 tests again and again", files::growth),
    ("service that comes and goes", services::comes_and_goes),
    ("machines that name one bucket", services::contested),
    ("Podman, kill -9 at a random moment", podman::killed),
    ("moto", services::moto),
    ("Ceph RGW", services::ceph),
    (
        "RustFS cluster, a node killed and restarted",
        cluster::node_killed,
    ),
];

#[test]
fn short_form() {
    run(Scale::Short);
}

#[test]
#[ignore = "it takes some twenty minutes"]
fn long_form() {
    run(Scale::Long);
}

fn run(scale: Scale) {
    let wanted = std::env::var("SUITE_CHAOS").unwrap_or_default();
    let mut words = wanted.split(',').filter(|word| !word.is_empty()).peekable();
    let words: Vec<&str> = match words.peek() {
        Some(_) => words.collect(),
        None => vec![""],
    };
    let mut rows = Vec::new();
    for (name, trials) in ROWS {
        if words.iter().any(|word| name.contains(word)) {
            let start = Instant::now();
            let mut row = Row::new(name);
            trials(&mut row, scale);
            row.took = start.elapsed();
            println!("{row}");
            rows.push(row);
        }
    }
    println!("\n{}", row::HEAD);
    for row in &rows {
        println!("{row}");
    }
    let faults: Vec<_> = rows.iter().flat_map(|row| &row.faults).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}
