//! Reports of failing tests, as the subject `reports` prints them.

use crate::Finished;

/// Returns the report of a test of the subject `reports`.
///
/// # Panics
///
/// If there is none, or it is longer than it may be.
#[must_use]
#[track_caller]
pub fn report(finished: &Finished, name: &str) -> String {
    let title = format!("s3-test: subject_reports::{name} failed\n");
    let stdout = &finished.stdout;
    let start = stdout.find(&title);
    let text = &stdout[start.unwrap_or_else(|| panic!("{stdout}"))..];
    let mut lines: Vec<String> = vec![title.trim_end().to_owned()];
    lines.extend(
        text.lines()
            .skip(1)
            .take_while(|line| line.starts_with("  "))
            .map(str::to_owned),
    );
    assert!(lines.len() <= 60, "{text}");
    lines.join("\n")
}

/// Returns the report without what differs from run to run and from server to server.
#[must_use]
pub fn stable(report: &str) -> String {
    let of_the_server = ["server ", "endpoint ", "console ", "keep it "];
    let fates = [
        ", deleted when the test ends",
        ", gone with its server when the test ends",
    ];
    let lines = report.lines().filter(|line| {
        let row = line.trim_start();
        !of_the_server.iter().any(|label| row.starts_with(label))
    });
    let lines = lines.map(|line| {
        let line = fates
            .iter()
            .fold(line.to_owned(), |line, fate| line.replace(fate, ", gone"));
        let line = blank_number(&line, " s ago");
        let line = blank_number(&line, " ms  ");
        let line = blank_after(&line, "(upload ");
        blank_after(&line, "(version ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Replaces the number before `unit` by one `N` in the same place.
fn blank_number(line: &str, unit: &str) -> String {
    let Some(end) = line.find(unit) else {
        return line.to_owned();
    };
    let digits = |c: char| c.is_ascii_digit() || c == '.';
    let start = line[..end].trim_end_matches(digits).len();
    let width = end - start;
    format!("{}{:>width$}{}", &line[..start], "N", &line[end..])
}

/// Replaces what stands between `before` and the parenthesis.
fn blank_after(line: &str, before: &str) -> String {
    match line.split_once(before) {
        Some((start, rest)) => {
            let (_, end) = rest.split_once(')').expect("a parenthesis");
            format!("{start}{before}…){end}")
        }
        None => line.to_owned(),
    }
}

/// Returns a report without its numbers and ids, and without the room for them.
#[must_use]
pub fn without_numbers(report: &str) -> String {
    let lines = report.lines().map(|line| {
        let line = blank_after(line, "(upload ");
        let words = line.split_whitespace().map(|word| {
            let is_id = word.starts_with("s3-test-");
            let is_number = |c: char| c.is_ascii_digit() || c == '.';
            match word {
                _ if is_id => "ID".to_owned(),
                _ if word.starts_with("rustfs/rustfs:") => "IMAGE".to_owned(),
                word if word.starts_with("http://") || word.chars().all(is_number) => {
                    word.replace(|c: char| c.is_ascii_digit(), "")
                }
                word => word.to_owned(),
            }
        });
        let words: Vec<String> = words.collect();
        words.join(" ").replace(" . ", "  ")
    });
    lines.collect::<Vec<_>>().join("\n")
}
