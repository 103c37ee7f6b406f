//! The table that a benchmark prints.
#![allow(clippy::print_stdout)]

/// Rows of times, each with its median and range over the rounds.
#[derive(Debug)]
pub struct Table {
    rows: Vec<(String, Vec<f64>)>,
}

impl Table {
    /// A table with these rows, without times yet.
    #[must_use]
    pub fn new<T: AsRef<str>>(rows: &[T]) -> Self {
        let rows = rows.iter();
        let rows = rows
            .map(|name| (name.as_ref().to_owned(), Vec::new()))
            .collect();
        Self { rows }
    }

    /// Adds a round: a time in nanoseconds for each row.
    ///
    /// # Panics
    ///
    /// When there is not one for each row.
    #[allow(clippy::cast_precision_loss)]
    pub fn add(&mut self, round: &[u128]) {
        assert_eq!(round.len(), self.rows.len(), "a time for each row");
        for ((_, times), nanoseconds) in self.rows.iter_mut().zip(round) {
            times.push(*nanoseconds as f64 / 1e6);
        }
    }

    /// The median of a row in milliseconds.
    ///
    /// # Panics
    ///
    /// When there is no such row.
    #[must_use]
    pub fn median(&self, name: &str) -> f64 {
        median(self.times(name))
    }

    /// The ratios of two rows, round by round.
    ///
    /// # Panics
    ///
    /// When there is no such row.
    #[must_use]
    pub fn ratios(&self, row: &str, to: &str) -> Vec<f64> {
        let pairs = self.times(row).iter().zip(self.times(to));
        pairs.map(|(row, to)| row / to).collect()
    }

    /// The times of a row in milliseconds, round by round.
    ///
    /// # Panics
    ///
    /// When there is no such row.
    #[must_use]
    pub fn times(&self, name: &str) -> &[f64] {
        let row = self.rows.iter().find(|(row, _)| row == name);
        let (_, times) = row.expect("a row of this name");
        times
    }

    /// Prints the rows.
    pub fn print(&self, title: &str, profile: &str) {
        let rounds = self.rows.first().map_or(0, |(_, times)| times.len());
        let width = self.rows.iter().map(|(name, _)| name.chars().count()).max();
        let width = width.unwrap_or(0);
        println!("\n{title}");
        println!("profile {profile}, {rounds} rounds, in ms\n");
        println!(
            "{:width$} {:>10} {:>10} {:>10}",
            "", "median", "shortest", "longest"
        );
        for (name, times) in &self.rows {
            let shortest = times.iter().copied().fold(f64::INFINITY, f64::min);
            let longest = times.iter().copied().fold(0.0, f64::max);
            let median = median(times);
            // Requests take less than a millisecond.
            let digits = if median < 10.0 { 3 } else { 1 };
            println!(
                "{name:width$} {median:>10.digits$} {shortest:>10.digits$} {longest:>10.digits$}",
            );
        }
        println!();
    }
}

/// The middle value, or the mean of the two in the middle.
#[must_use]
pub fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let middle = times.len() / 2;
    if times.len() % 2 == 1 {
        times[middle]
    } else {
        (times[middle - 1] + times[middle]) / 2.0
    }
}

/// Prints a figure beside the most that it may be.
pub fn at_most(figure: &str, value: f64, target: f64, unit: &str) {
    print(
        figure,
        value,
        &format!("at most {target}"),
        unit,
        value <= target,
    );
}

/// Prints a figure beside the least that it may be.
pub fn at_least(figure: &str, value: f64, target: f64, unit: &str) {
    print(
        figure,
        value,
        &format!("at least {target}"),
        unit,
        value >= target,
    );
}

fn print(figure: &str, value: f64, target: &str, unit: &str, met: bool) {
    let met = if met { "met" } else { "MISSED" };
    println!("{figure}: {value:.2}{unit} (target: {target}{unit}) {met}");
}
