//! The tables of options, in the README and in the attribute's documentation.

use std::fs;

use s3_test_options::OPTIONS;
use s3_test_suite::workspace;

/// Every option with its name, an example, its variable, its key and its default, in both tables.
#[test]
fn the_tables_tell_every_option_and_each_of_its_sources() {
    for file in ["README.md", "macros/src/s3_test.md"] {
        let text = fs::read_to_string(workspace().join(file)).expect("the documentation");
        let rows: Vec<Vec<&str>> = text
            .lines()
            .filter(|line| line.starts_with("| `") && line.matches('|').count() == 8)
            .map(|line| line.split('|').skip(1).take(7).map(str::trim).collect())
            .collect();
        let names: Vec<String> = OPTIONS
            .iter()
            .map(|row| format!("`{}`", row.name))
            .collect();
        let told: Vec<&str> = rows.iter().map(|row| row[0]).collect();
        assert_eq!(told, names, "{file}");
        for (row, option) in rows.iter().zip(OPTIONS) {
            let [_, meaning, kind, inline, variable, key, default] = row[..] else {
                panic!("{file}: {row:?}");
            };
            assert!(!meaning.is_empty() && !kind.is_empty(), "{file}: {row:?}");
            assert!(
                inline.starts_with(&format!("`{}", option.name)),
                "{file}: {row:?}"
            );
            let expected = option.variable.map(|variable| format!("`{variable}`"));
            assert_eq!(variable, expected.unwrap_or_default(), "{file}");
            let expected = option.variable.map(|_| format!("`{}`", option.name));
            assert_eq!(key, expected.unwrap_or_default(), "{file}");
            assert!(!default.is_empty(), "{file}: {row:?}");
        }
    }
}
