//! Requests to the embedded server, beside a bare hyper server that returns or swallows the same bytes and does nothing
//! else, beside s3s-fs, and beside the MD5 that a PUT cannot do without.

use super::{Measured, Setting};
use crate::{
    docker::Place,
    figure::{Figure, Goal},
    subject::{Run, Subject},
    table::Table,
};

/// The servers of the test binary `embedded`.
pub const SERVERS: [&str; 3] = ["bare", "embedded", "s3s-fs"];
/// The variable that tells the number of rounds.
pub const ROUNDS_VARIABLE: &str = "BENCH_ROUNDS";

/// A request: its name in what the test tells, its title, and whether its body is signed.
const REQUESTS: [(&str, &str); 6] = [
    ("get_small", "GET 1 KiB"),
    ("put_small", "PUT 1 KiB"),
    ("get_large", "GET 64 MiB"),
    ("put_large", "PUT 64 MiB"),
    ("put_small_unsigned", "PUT 1 KiB, body unsigned"),
    ("put_large_unsigned", "PUT 64 MiB, body unsigned"),
];
const MD5: &str = "MD5 of 64 MiB on one core";

/// Measures each request on each server.
#[must_use]
pub fn measure(setting: Setting) -> Measured {
    let subject = Subject::build("embedded", setting.profile);
    let place = Place::new();
    let rounds = setting.rounds.to_string();
    let variables = [(ROUNDS_VARIABLE, rounds.as_str())];
    let run = subject.run(&place, &["--exact", "requests"], &variables);
    let rows = REQUESTS
        .iter()
        .flat_map(|(_, title)| SERVERS.map(|server| row(title, server)));
    let rows: Vec<String> = rows.chain([MD5.to_owned()]).collect();
    let mut table = Table::new(&rows);
    for round in 0..setting.rounds {
        table.add(&round_of(&run, round));
    }
    let ratio = |title: &str, server| table.ratios(&row(title, server), &row(title, SERVERS[0]));
    let time = |title: &str, goal| {
        let measure = format!("{title}, embedded: of the time of a bare server");
        Figure::ratio(&measure, ratio(title, SERVERS[1]), goal)
    };
    let put = REQUESTS[5].1;
    let [bare, ours] = [SERVERS[0], SERVERS[1]].map(|server| table.times(&row(put, server)));
    let floors = bare.iter().zip(table.times(MD5)).map(|(a, b)| a.max(*b));
    let beside_floor = ours.iter().zip(floors).map(|(ours, floor)| ours / floor);
    let mut figures = vec![
        time("GET 1 KiB", Goal::AtMost(1.2)),
        time("PUT 1 KiB", Goal::AtMost(1.3)),
        Figure::ratio(
            "PUT 64 MiB, embedded: of the time of MD5 or a bare server, whichever is longer",
            beside_floor.collect(),
            Goal::AtMost(1.1),
        ),
        time("GET 64 MiB", Goal::None),
    ];
    for (_, title) in &REQUESTS[..4] {
        let measure = format!("{title}, s3s-fs: of the time of a bare server");
        figures.push(Figure::ratio(
            &measure,
            ratio(title, SERVERS[2]),
            Goal::None,
        ));
    }
    Measured {
        title: "Requests to the embedded server",
        table,
        figures,
    }
}

fn row(title: &str, server: &str) -> String {
    format!("{title}: {server}")
}

fn round_of(run: &Run, round: usize) -> Vec<u128> {
    let requests = REQUESTS
        .iter()
        .flat_map(|(name, _)| SERVERS.map(|server| run.told(&format!("{name}_{server}_{round}"))));
    let md5 = run.told(&format!("md5_{round}"));
    requests.chain([md5]).collect()
}
