//! Requests through the gateway beside the same ones without it, in front of the container.

use s3_test_benches::{
    docker::Place,
    report_is_asked,
    subject::{Subject, profile},
    table::{Table, at_least, at_most},
};

const ROUNDS: usize = 9;

const ROWS: [(&str, &str, &str); 4] = [
    ("put", "PUT 64 MiB: direct", "PUT 64 MiB: gateway"),
    ("get", "GET 64 MiB: direct", "GET 64 MiB: gateway"),
    ("small_put", "PUT 1 KiB: direct", "PUT 1 KiB: gateway"),
    ("small_get", "GET 1 KiB: direct", "GET 1 KiB: gateway"),
];

#[allow(clippy::cast_precision_loss)]
fn main() {
    if report_is_asked() {
        return;
    }
    let subject = Subject::build("gateway", profile());
    let place = Place::new();
    let run = subject.run(
        &place,
        &["--test-threads=2"],
        &[("S3_TEST_BACKEND", "container")],
    );
    let names: Vec<&str> = ROWS.iter().flat_map(|row| [row.1, row.2]).collect();
    let mut table = Table::new(&names);
    for round in 1..=ROUNDS {
        let times = ROWS.iter().flat_map(|(name, ..)| {
            ["direct", "gateway"].map(|way| run.told(&format!("{name}_{way}_{round}")))
        });
        table.add(&times.collect::<Vec<_>>());
    }
    table.print("Requests with and without the gateway", profile());
    for (name, direct, gateway) in ROWS {
        let (direct, gateway) = (table.median(direct), table.median(gateway));
        match name {
            "put" | "get" => at_least(
                &format!("throughput of {name}"),
                direct / gateway,
                0.8,
                " ×",
            ),
            _ => at_most(&format!("latency of {name}"), gateway / direct, 1.5, " ×"),
        }
    }
    for way in ["put", "get"] {
        let mebibytes = run.told(&format!("memory_of_{way}")) as f64 / 1024.0;
        at_most(
            &format!("memory for a {way} of 1 GiB"),
            mebibytes,
            64.0,
            " MiB",
        );
    }
}
