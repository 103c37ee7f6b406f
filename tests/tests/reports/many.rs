//! The report of a bucket with more objects than a slow server lists in time.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
    time::{Duration, Instant},
};

use s3_test_suite::{Sandbox, Server, on_both_servers, stable};

use crate::command;

on_both_servers! { ten_thousand_objects }

/// A report has five seconds. What a slow machine has not listed by then, it says, and the test ends as any other.
fn ten_thousand_objects(sandbox: Sandbox) {
    let name = "ten_thousand_objects";
    let mut command = command(&sandbox);
    command.args(["--exact", name, "--nocapture"]);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    let lines = BufReader::new(child.stderr.take().expect("its stderr")).lines();
    // Each line with the moment of its arrival.
    let lines: Vec<(Instant, String)> = lines
        .map(|line| (Instant::now(), line.expect("a line")))
        .collect();
    assert!(!child.wait().expect("it ends").success());
    let arrival = |words: &str| {
        let place = lines.iter().position(|(_, line)| line.contains(words));
        place.unwrap_or_else(|| panic!("no {words} in {lines:?}"))
    };
    let (panic, title) = (
        arrival("with ten thousand objects"),
        arrival(&format!("s3-test: subject_reports::{name} failed")),
    );
    let took = lines[title].0 - lines[panic].0;
    assert!(took < Duration::from_secs(7), "{took:?}");

    let rows = lines[title..].iter().map(|(_, line)| line.as_str());
    let rows =
        rows.take_while(|line| line.starts_with("  ") || line.starts_with("s3-test: subject"));
    let report = stable(&rows.collect::<Vec<_>>().join("\n"));
    let rows: Vec<&str> = report.lines().collect();
    assert_eq!(rows.len(), 24, "{report}");
    assert_eq!(rows[1], "  bucket    report-many (parameter bucket), gone");
    assert!(rows[3].ends_with("object-00000"), "{report}");
    assert!(rows[22].ends_with("object-00019"), "{report}");
    let (objects, rest) = rows[2].split_once(" objects, ").expect("a number");
    let listed = objects.trim_start_matches("  objects   ").parse();
    let listed: u32 = listed.expect("a number");
    assert_eq!(rows[23], format!("            … and {} more", listed - 20));
    match listed {
        10_000 => assert_eq!(rest, "97.6 KiB"),
        _ => {
            let cut = ", and more: the server did not list them within 5 s";
            assert!(
                sandbox.server() == Server::Container && rest.ends_with(cut),
                "{report}"
            );
        }
    }
    // The bucket is deleted with all of them, or there would be a warning.
    let after = &lines[title + rows.len()..];
    let warning = after.iter().find(|(_, line)| line.contains("report-many"));
    assert_eq!(warning, None);
}
