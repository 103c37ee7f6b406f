//! The table of options in the attribute's documentation, and the pages that people read.
//!
//! `UPDATE_TABLES=1 cargo test -p s3-test-suite --test documentation` writes them.

use std::{env, fs};

use s3_test_options::{OPTIONS, markdown};
use s3_test_suite::{Sandbox, Subject, report, without_numbers, workspace};

const FILES: [&str; 1] = ["macros/src/s3_test/options.md"];

/// Returns a text with its table of options replaced by another.
fn with_table(text: &str, table: &str) -> String {
    let Some(start) = text.find("| Option |") else {
        return format!("{text}{table}");
    };
    let is_row = |line: &&str| line.starts_with('|');
    let length: usize = text[start..]
        .split_inclusive('\n')
        .take_while(is_row)
        .map(str::len)
        .sum();
    format!("{}{table}{}", &text[..start], &text[start + length..])
}

#[test]
fn the_tables_are_those_of_the_options() {
    for file in FILES {
        let path = workspace().join(file);
        let text = fs::read_to_string(&path).expect("the documentation");
        let expected = with_table(&text, &markdown());
        if env::var_os("UPDATE_TABLES").is_some() {
            fs::write(&path, expected).expect("the documentation");
        } else {
            assert!(
                text == expected,
                "the table in {file} is not the one of the options: run \
                 `UPDATE_TABLES=1 cargo test -p s3-test-suite --test documentation`"
            );
        }
    }
}

/// Every option with its name, an example, its variable, its key and its default.
#[test]
fn the_tables_tell_every_option_and_each_of_its_sources() {
    let table = markdown();
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    assert_eq!(rows.len(), OPTIONS.len());
    for (row, option) in rows.iter().zip(OPTIONS) {
        let [_, name, meaning, kind, inline, variable, key, default, _] = row[..] else {
            panic!("seven cells: {row:?}");
        };
        assert_eq!(name, format!("`{}`", option.name));
        assert!(!meaning.is_empty() && !kind.is_empty(), "{row:?}");
        assert!(inline.starts_with(&format!("`{}", option.name)), "{row:?}");
        let expected = option.variable().map(|variable| format!("`{variable}`"));
        assert_eq!(variable, expected.unwrap_or_default());
        let expected = option.variable().map(|_| format!("`{}`", option.name));
        assert_eq!(key, expected.unwrap_or_default());
        assert!(!default.is_empty(), "{row:?}");
    }
}

/// Every figure of the README stands in the benchmarks' own page, and every page that it names is there.
#[test]
fn the_readme_has_its_figures_and_pages_from_this_repository() {
    let read = |path: &str| fs::read_to_string(workspace().join(path)).expect(path);
    let readme = read("README.md");
    let benchmarks = read("benches/README.md");
    let (_, figures) = readme.split_once("## How fast").expect("figures");
    let (figures, _) = figures.split_once("\n## ").expect("a next section");
    let rows: Vec<&str> = figures
        .lines()
        .filter(|line| line.ends_with("` |"))
        .collect();
    assert_eq!(rows.len(), 7, "{figures}");
    for row in rows {
        let benchmark = row.rsplit('`').nth(1).expect("a benchmark");
        let path = workspace().join(format!("benches/benches/{benchmark}.rs"));
        assert!(path.is_file(), "{row}");
        let figure = row.split('|').nth(2).expect("a figure");
        let numbers: Vec<&str> = figure
            .split_whitespace()
            .filter(|word| word.parse::<f64>().is_ok())
            .collect();
        assert!(!numbers.is_empty(), "{row}");
        for number in numbers {
            assert!(
                benchmarks.contains(number),
                "{number} of `{benchmark}` is not in benches/README.md"
            );
        }
    }
    for target in readme
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
    {
        let own = !target.starts_with("http") && !target.starts_with('#');
        assert!(!own || workspace().join(target).exists(), "{target}");
    }
    let guides = read("runtime/src/lib.rs");
    for rest in readme.split("s3_test/guide/").skip(1) {
        let name = rest.split('/').next().expect("a guide");
        assert!(guides.contains(&format!("pub mod {name} {{}}")), "{name}");
    }
}

#[test]
fn a_table_is_replaced_and_the_text_around_it_stays() {
    let text = "before\n\n| Option | x |\n| --- | --- |\n| old | |\n\nafter\n| other |\n";
    assert_eq!(
        with_table(text, "| new |\n"),
        "before\n\n| new |\n\nafter\n| other |\n"
    );
    assert_eq!(with_table("", "| new |\n"), "| new |\n");
}

/// Numbers, ids and the room for them differ from run to run.
#[test]
fn the_report_in_the_guide_is_a_real_one() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let guide = workspace().join("runtime/src/guides/failing-tests.md");
    let guide = fs::read_to_string(guide).expect("the guide");
    let (_, shown) = guide.split_once("```text\n").expect("a report");
    let (shown, _) = shown.split_once("```").expect("its end");
    let name = "invoices::an_invoice_is_archived";
    let finished = sandbox.run(&Subject::build("reports"), &["--exact", name]);
    let real = report(&finished.failed_with("1 failed"), name);
    let real = real.replace("subject_reports::", "my_crate::");
    let (shown, blank) = (without_numbers(shown), without_numbers(&real));
    assert!(
        shown == blank,
        "the guide shows:\n{shown}\nand it is:\n{real}"
    );
}

/// Returns the sources of the runtime as one text, with texts over several lines put together.
fn sources(folder: &std::path::Path) -> String {
    let entries = fs::read_dir(folder).expect("a folder");
    let texts = entries.map(|entry| {
        let path = entry.expect("an entry").path();
        match path.extension() {
            _ if path.is_dir() => sources(&path),
            Some(extension) if extension == "rs" => fs::read_to_string(&path).expect("a source"),
            _ => String::new(),
        }
    });
    let text: String = texts.collect();
    let mut parts = text.split("\\\n");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.trim_start())
}

#[test]
fn the_messages_of_the_troubleshooting_guide_are_those_of_the_code() {
    let runtime = workspace().join("runtime/src");
    let guide = fs::read_to_string(runtime.join("guides/troubleshooting.md")).expect("the guide");
    let sources = sources(&runtime);
    let messages: Vec<&str> = guide
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    assert!(messages.len() > 15, "{messages:?}");
    for message in messages {
        for part in message
            .split('…')
            .map(str::trim)
            .filter(|part| part.len() > 2)
        {
            assert!(sources.contains(part), "{part:?} of {message:?}");
        }
    }
}
