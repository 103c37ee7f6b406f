//! The folder of one attempt of one test.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The variable in which nextest counts the attempts of a test that it repeats.
const ATTEMPT: &str = "NEXTEST_ATTEMPT";
/// The file by which a folder is known to be a dump, which a later one replaces.
const MARK: &str = ".s3-test-dump";
/// The longest name of a test's folder.
const LONGEST: usize = 150;

/// Makes the folder of the test's running attempt, empty.
///
/// # Errors
///
/// Those of the file system; and if there is a folder of that name which is no dump.
pub(super) fn make(dump: &Path, test_path: &str, attempt: u32) -> io::Result<PathBuf> {
    let folder = dump
        .join(name(test_path))
        .join(format!("attempt-{attempt}"));
    if folder.exists() {
        if !folder.join(MARK).is_file() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                format!("{} is there, and s3-test has not made it", folder.display()),
            ));
        }
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(MARK), "")?;
    Ok(folder)
}

/// Returns the number of the test's attempt, from 1.
pub(super) fn attempt() -> u32 {
    let attempt = std::env::var(ATTEMPT).ok();
    attempt.and_then(|it| it.parse().ok()).unwrap_or(1)
}

/// Returns the folder of all dumps: relative to the workspace, which is where the nearest `Cargo.lock` is.
pub(super) fn of_all(dump: &str, package: &Path) -> PathBuf {
    let has_lock = |folder: &&Path| folder.join("Cargo.lock").is_file();
    let workspace = package.ancestors().find(has_lock);
    workspace.unwrap_or(package).join(dump)
}

/// Returns the name of a test's folder: its path, with dots.
fn name(test_path: &str) -> String {
    let safe = |c: char| match c {
        c if c.is_alphanumeric() || c == '_' || c == '-' => c,
        _ => '_',
    };
    let parts = test_path.split("::").map(|part| part.chars().map(safe));
    let parts: Vec<String> = parts.map(Iterator::collect).collect();
    let name = parts.join(".");
    match name.char_indices().find(|(end, _)| *end >= LONGEST) {
        None => name,
        // The end of a path tells most.
        Some(_) => {
            let from = name.len() - LONGEST;
            let start = (from..).find(|start| name.is_char_boundary(*start));
            format!("-{}", &name[start.unwrap_or(from)..])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_replaces_a_dump_and_nothing_else() {
        let all = tempfile::tempdir().expect("a folder");
        let folder = make(all.path(), "a_crate::a::r#test", 2).expect("made");
        assert_eq!(folder, all.path().join("a_crate.a.r_test/attempt-2"));
        fs::write(folder.join("old"), "").expect("written");
        let again = make(all.path(), "a_crate::a::r#test", 2).expect("made again");
        assert!(again == folder && !folder.join("old").exists());

        let theirs = all.path().join("a_crate.b/attempt-1");
        fs::create_dir_all(&theirs).expect("a folder");
        fs::write(theirs.join("precious"), "").expect("written");
        let refused = make(all.path(), "a_crate::b", 1).expect_err("not ours");
        assert!(refused.to_string().contains("s3-test has not made it"));
        assert!(theirs.join("precious").exists());
    }

    #[test]
    fn a_long_path_keeps_its_end() {
        let path = format!("a_crate::{}::the_test", "ü".repeat(200));
        let name = name(&path);
        assert!(
            name.len() <= LONGEST + 1 && name.ends_with(".the_test"),
            "{name}"
        );
    }

    #[test]
    fn a_relative_folder_is_of_the_workspace() {
        let workspace = tempfile::tempdir().expect("a folder");
        let package = workspace.path().join("crates/one");
        fs::create_dir_all(&package).expect("a folder");
        assert_eq!(of_all("d", &package), package.join("d"));
        fs::write(workspace.path().join("Cargo.lock"), "").expect("written");
        assert_eq!(of_all("d", &package), workspace.path().join("d"));
        let absolute = workspace.path().join("elsewhere");
        assert_eq!(of_all(absolute.to_str().expect("text"), &package), absolute);
    }
}
