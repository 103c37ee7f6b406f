//! How time, memory and descriptors grow with the number of tests, threads and objects.

pub mod objects;
pub mod tests;
pub mod threads;

use crate::{
    held::Held,
    subject::{Run, Subject},
    table::median,
};

/// More than this factor beyond the growth of the number itself is no noise.
const TOLERANCE: f64 = 1.1;

/// One number that grows, and what grows with it.
#[derive(Debug)]
pub struct Growth {
    /// The name of the picture.
    pub name: &'static str,
    /// What the number counts.
    pub of: &'static str,
    /// Each with an axis of its own.
    pub panels: Vec<Panel>,
}

/// A quantity that is drawn over the number.
#[derive(Debug)]
pub struct Panel {
    /// What it is, and in which unit.
    pub title: &'static str,
    /// One line for each way.
    pub lines: Vec<Line>,
}

/// The quantity, measured one way.
#[derive(Debug)]
pub struct Line {
    /// The way.
    pub name: &'static str,
    /// The number, and the quantity that was measured with it.
    pub points: Vec<(f64, f64)>,
}

impl Line {
    /// A line without points yet.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            points: Vec::new(),
        }
    }

    /// The factor by which the quantity grows up to each point, from the point before it, and whether that is linear or
    /// better: at most the factor by which the number grows.
    pub fn growth(&self) -> impl Iterator<Item = (f64, bool)> {
        self.points.windows(2).map(|pair| {
            let (number, quantity) = (pair[1].0 / pair[0].0, pair[1].1 / pair[0].1);
            (quantity, quantity <= number * TOLERANCE)
        })
    }
}

/// The panels of time, memory and descriptors, with a line each.
struct Costs([Line; 3]);

impl Costs {
    fn new(name: &'static str) -> Self {
        Self([Line::new(name), Line::new(name), Line::new(name)])
    }

    /// Adds the medians of these runs of the same number.
    #[allow(clippy::cast_precision_loss)]
    fn add(&mut self, number: u32, runs: &[(f64, Held)]) {
        let medians = [
            runs.iter().map(|(seconds, _)| *seconds).collect::<Vec<_>>(),
            runs.iter()
                .map(|(_, held)| held.memory as f64 / 1024.0)
                .collect(),
            runs.iter()
                .map(|(_, held)| held.descriptors as f64)
                .collect(),
        ];
        for (line, values) in self.0.iter_mut().zip(medians) {
            line.points.push((number.into(), median(&values)));
        }
    }
}

const TITLES: [&str; 3] = ["wall time, s", "peak memory, MiB", "descriptors"];

fn panels(costs: Vec<Costs>) -> Vec<Panel> {
    let mut panels = TITLES.map(|title| Panel {
        title,
        lines: Vec::new(),
    });
    for Costs(lines) in costs {
        for (panel, line) in panels.iter_mut().zip(lines) {
            panel.lines.push(line);
        }
    }
    panels.into()
}

/// What grows, for the report.
pub type Measure = fn(profile: &str, rounds: usize) -> Growth;

/// All growths of the report.
pub const ALL: &[(&str, Measure)] = &[
    ("growth_tests", tests::measure),
    ("growth_threads", threads::measure),
    ("growth_objects", objects::measure),
];

#[allow(clippy::cast_precision_loss)]
fn seconds(nanoseconds: u128) -> f64 {
    nanoseconds as f64 / 1e9
}

/// The seconds that the whole process takes, and what it holds.
fn watched(
    subject: &Subject,
    place: &crate::docker::Place,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> (f64, Held) {
    let (run, held): (Run, _) = subject.watch(place, arguments, variables);
    (seconds(run.whole()), held)
}
