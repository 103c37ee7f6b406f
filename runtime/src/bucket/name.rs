//! Unique names of buckets.

use std::{
    hash::{BuildHasher, RandomState},
    sync::OnceLock,
};

/// The longest name that S3 allows. (S3 user guide: General purpose bucket naming rules.)
const LONGEST_NAME: usize = 63;
/// The length of the part that all buckets of one run share.
const RUN_DIGITS: usize = 8;
/// The length of the part that tells the buckets of one run apart.
const RANDOM_DIGITS: usize = 6;

/// Returns a name that no other test has on any machine: `<prefix>-<path>-<run>-<random>`, with as much of the test's
/// path as fits.
pub(crate) fn unique_name(prefix: &str, test_path: &str) -> String {
    let room = LONGEST_NAME - prefix.len() - RUN_DIGITS - RANDOM_DIGITS - 3;
    // The crate's name says least about the test.
    let path = test_path
        .split_once("::")
        .map_or(test_path, |(_, path)| path);
    let mut readable = String::new();
    for character in path.chars() {
        match character.to_ascii_lowercase() {
            character @ ('a'..='z' | '0'..='9') => readable.push(character),
            _ if readable.ends_with('-') => {}
            _ => readable.push('-'),
        }
    }
    // The end of the path is the test's own name.
    let start = readable.len().saturating_sub(room);
    let readable = readable[start..].trim_matches('-');
    let mut parts = vec![prefix, readable, run_id()];
    parts.retain(|part| !part.is_empty());
    let random = random_digits(RANDOM_DIGITS);
    parts.push(&random);
    parts.join("-")
}

/// Returns a mark that no other claim of a bucket has on any machine: `<run>-<random>`.
pub(super) fn unique_mark() -> String {
    format!("{}-{}{}", run_id(), random_digits(8), random_digits(8))
}

/// Returns the id of the run: nextest's, which all processes and machines of one run share, or one for this process.
pub(super) fn run_id() -> &'static str {
    static ID: OnceLock<String> = OnceLock::new();
    ID.get_or_init(|| {
        let id: String = std::env::var("NEXTEST_RUN_ID")
            .unwrap_or_default()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(RUN_DIGITS)
            .collect();
        if id.is_empty() {
            return random_digits(RUN_DIGITS);
        }
        id.to_ascii_lowercase()
    })
}

fn random_digits(count: usize) -> String {
    // `RandomState` takes its keys from the operating system.
    let mut random = RandomState::new().hash_one(());
    let mut digits = String::new();
    for _ in 0..count {
        digits.extend(char::from_digit((random % 36) as u32, 36));
        random /= 36;
    }
    digits
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const DEFAULT_PREFIX: &str = "test-bucket";

    #[test]
    fn a_unique_name_tells_its_test() {
        let name = unique_name(
            DEFAULT_PREFIX,
            "uploads::storage::Übertragung::saves_and_finds",
        );
        assert!(
            name.starts_with("test-bucket-storage-bertragung-saves-and-finds-"),
            "{name}"
        );
    }

    #[test]
    fn a_unique_name_keeps_the_rules_of_s3() {
        let long = format!("a_crate::{}::the_test", "module".repeat(20));
        for path in [
            long.as_str(),
            "a_crate::t",
            "a_crate::ÄÖÜ",
            "a_crate::__x__",
            "t",
        ] {
            for prefix in [DEFAULT_PREFIX, &"p".repeat(40)] {
                let name = unique_name(prefix, path);
                assert!(name.starts_with(&format!("{prefix}-")), "{name}");
                assert!(name.len() <= LONGEST_NAME, "{name}");
                assert!(!name.ends_with('-') && !name.contains("--"), "{name}");
                assert!(
                    name.chars()
                        .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-')),
                    "{name}"
                );
            }
        }
        assert!(unique_name(DEFAULT_PREFIX, &long).contains("-the-test-"));
    }

    #[test]
    fn unique_names_are_unique() {
        let names: HashSet<String> = (0..1000)
            .map(|_| unique_name(DEFAULT_PREFIX, "a::b"))
            .collect();
        assert_eq!(names.len(), 1000);
        let start = format!("{DEFAULT_PREFIX}-b-{}-", run_id());
        assert!(names.iter().all(|name| name.starts_with(&start)));
    }
}
