//! Names of files for keys. No key leads out of the folder, and no two to the same file, on any file system.

use std::collections::HashSet;

/// The longest name of a file or folder.
const LONGEST_NAME: usize = 150;
/// The longest path below the folder of a bucket.
const LONGEST_PATH: usize = 400;
/// The folder of keys that cannot be paths. No escaped key begins so.
const ODD: &str = "%odd";

/// The paths that are given away, in lower case: some file systems see no difference.
#[derive(Debug, Default)]
pub(super) struct Names {
    files: HashSet<String>,
    folders: HashSet<String>,
    odd: usize,
}

impl Names {
    /// Returns the path of the file for a key, relative and with `/` between its names.
    pub(super) fn of(&mut self, key: &str) -> String {
        let path = escaped(key);
        let lower = path.to_ascii_lowercase();
        let folders: Vec<String> = lower
            .match_indices('/')
            .map(|(end, _)| lower[..end].to_owned())
            .collect();
        let is_free = path.len() <= LONGEST_PATH
            && path.split('/').all(|name| name.len() <= LONGEST_NAME)
            && !self.files.contains(&lower)
            && !self.folders.contains(&lower)
            && !folders.iter().any(|folder| self.files.contains(folder));
        if !is_free {
            self.odd += 1;
            return format!("{ODD}/{}", self.odd);
        }
        self.files.insert(lower);
        self.folders.extend(folders);
        path
    }
}

/// Escapes every name of a key as in an address, with what a file system would not take or understand otherwise.
fn escaped(key: &str) -> String {
    let names: Vec<String> = key.split('/').map(name).collect();
    names.join("/")
}

fn name(part: &str) -> String {
    // No escaped name is a single `%`.
    if part.is_empty() {
        return "%".to_owned();
    }
    let is_device = is_device(part);
    let last = part.len() - 1;
    let mut name = String::new();
    for (index, byte) in part.bytes().enumerate() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-_+=@,".contains(&byte);
        // A dot at the start hides a file or leads upwards; one at the end is dropped by some systems.
        let is_dot_inside = byte == b'.' && index > 0 && index < last;
        if (is_plain || is_dot_inside) && !(is_device && index == 0) {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    name
}

/// Returns true for the names of devices, which Windows takes for such with any ending.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default();
    let stem = stem.to_ascii_uppercase();
    let is_numbered = |kind: &str| {
        stem.strip_prefix(kind)
            .is_some_and(|number| number.len() == 1 && number.as_bytes()[0].is_ascii_digit())
    };
    ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str())
        || is_numbered("COM")
        || is_numbered("LPT")
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use super::*;

    #[test]
    fn a_plain_key_is_its_own_path() {
        let mut names = Names::default();
        for key in ["a", "folder/b-1_2.parquet", "folder/x=1/y,z@v+w"] {
            assert_eq!(names.of(key), key);
        }
    }

    #[test]
    fn no_key_leaves_the_folder() {
        let long = "long/".repeat(100);
        let keys = [
            "..",
            "../../etc/passwd",
            "/etc/passwd",
            "//",
            "a//b",
            "a/",
            ".",
            "./a",
            "a/../b",
            "a\0b",
            "\0",
            "C:\\x",
            "\\\\server\\x",
            "con",
            "NUL.txt",
            "lpt1",
            ".hidden",
            "dot.",
            "sp ace ",
            "new\nline",
            "ünï",
            "%",
            "%2E%2E",
            "%odd/1",
            &long,
            &"x".repeat(1024),
            "~/x",
            "*?<>|\":",
            "",
        ];
        let mut names = Names::default();
        let mut seen = HashSet::new();
        for key in keys {
            let path = names.of(key);
            let path = Path::new(&path);
            assert!(
                path.components()
                    .all(|part| matches!(part, Component::Normal(_))),
                "{key:?}: {path:?}"
            );
            let text = path.to_str().expect("text");
            assert!(text.len() <= LONGEST_PATH && !text.contains("//"), "{text}");
            let is_safe = |c: char| c.is_ascii_alphanumeric() || "-_+=@,.%/".contains(c);
            assert!(text.chars().all(is_safe), "{text}");
            assert!(text.split('/').all(|name| !is_device(name)), "{text}");
            assert!(
                seen.insert(text.to_ascii_lowercase()),
                "{key:?}: {text} twice"
            );
        }
    }

    #[test]
    fn no_two_keys_share_a_file_nor_a_file_a_folder() {
        let mut names = Names::default();
        for (key, path) in [
            ("a", "a"),
            ("A", "%odd/1"),
            ("a/b", "%odd/2"),
            ("A/c", "%odd/3"),
            ("f/g", "f/g"),
            ("F", "%odd/4"),
            ("F/h", "F/h"),
            ("%2E", "%252E"),
            (".", "%2E"),
        ] {
            assert_eq!(names.of(key), path, "{key}");
        }
    }
}
