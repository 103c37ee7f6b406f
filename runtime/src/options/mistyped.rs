//! The warning for variables whose names are similar to ours.

use std::sync::Once;

use s3_test_options::{OPTIONS, suggestion};

use super::{ALLOW_REMOTE, CA_BUNDLE, IMAGE_MIRRORS};
use crate::process::stderr;

const PREFIX: &str = "S3_TEST_";

/// Warns once in a process of variables with mistyped names. Other variables that begin with `S3_TEST_` may have another
/// owner.
pub(crate) fn warn_of_mistyped_variables() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if let Some(meant) = meant(&name) {
                let line =
                    format!("the variable {name} does nothing. If you meant {meant}, rename it.");
                stderr::warn(&line);
            }
        }
    });
}

/// Returns the variable that a mistyped name probably stands for.
fn meant(name: &str) -> Option<String> {
    // First of all, since a shell has dozens of variables, and every process looks at each.
    let name = name.strip_prefix(PREFIX)?.to_lowercase();
    let options = OPTIONS.iter().filter(|row| row.variable().is_some());
    let mut known = Vec::from_iter(options.map(|row| row.name.to_owned()));
    let others = [ALLOW_REMOTE, CA_BUNDLE, IMAGE_MIRRORS, stderr::QUIET];
    known.extend(others.map(|own| own.trim_start_matches(PREFIX).to_lowercase()));
    let known = Vec::from_iter(known.iter().map(String::as_str));
    if known.contains(&name.as_str()) {
        return None;
    }
    let near = suggestion(&name, &known)?;
    Some(PREFIX.to_owned() + &near.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn only_what_is_nearly_one_of_ours_is_pointed_out() {
        for (name, expected) in [
            ("S3_TEST_BAKEND", Some("S3_TEST_BACKEND")),
            ("S3_TEST_CA_BUNDEL", Some("S3_TEST_CA_BUNDLE")),
            ("S3_TEST_IDLE_TIMOUT", Some("S3_TEST_IDLE_TIMEOUT")),
            ("S3_TEST_IMAGE_MIRROR", Some("S3_TEST_IMAGE_MIRRORS")),
            ("S3_TEST_BACKEND", None),
            ("S3_TEST_ALLOW_REMOTE", None),
            ("S3_TEST_OF_MINE", None),
            ("BAKEND", None),
        ] {
            assert_eq!(meant(name).as_deref(), expected, "{name}");
        }
    }
}
