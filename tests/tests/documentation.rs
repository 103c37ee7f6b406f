//! The tables of options in the README and in the attribute's documentation.
//!
//! `UPDATE_TABLES=1 cargo test -p s3-test-suite --test documentation` writes them.

use std::{env, fs};

use s3_test_options::{OPTIONS, markdown};
use s3_test_suite::workspace;

const FILES: [&str; 2] = ["README.md", "macros/src/s3_test/options.md"];

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

/// Every option with its name, an example, its variable, its key and its default, in both tables.
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

#[test]
fn a_table_is_replaced_and_the_text_around_it_stays() {
    let text = "before\n\n| Option | x |\n| --- | --- |\n| old | |\n\nafter\n| other |\n";
    assert_eq!(
        with_table(text, "| new |\n"),
        "before\n\n| new |\n\nafter\n| other |\n"
    );
    assert_eq!(with_table("", "| new |\n"), "| new |\n");
}
