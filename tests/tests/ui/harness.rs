//! Builds each file of a folder as a test binary of one small package, without running any.
use s3_test_suite::target_directory;
use serde_json::Value;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The package that the files of one folder become.
pub(crate) struct Harness {
    folder: PathBuf,
    package: PathBuf,
    /// The name under which the package knows s3-test.
    dependency: &'static str,
}

/// One file and what the compiler said about it.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The tests of the binary, sorted, where there is one.
    pub(crate) tests: Vec<String>,
    source: PathBuf,
}

pub(crate) struct Diagnostic {
    level: String,
    /// The text as a user sees it, with nothing in it that differs between machines.
    pub(crate) rendered: String,
}

impl Diagnostic {
    pub(crate) fn is_error(&self) -> bool {
        self.level == "error"
    }
}

impl Harness {
    pub(crate) fn new(folder: &str, dependency: &'static str) -> Self {
        Self {
            folder: suite().join("tests/ui").join(folder),
            package: target_directory().join("tests/ui").join(folder),
            dependency,
        }
    }

    /// Builds the package. Its target directory is the workspace's, where all dependencies are built already.
    pub(crate) fn build(&self) -> Vec<Case> {
        let mut cases = self.cases();
        self.write_package(&cases);
        let output = Command::new(env!("CARGO"))
            .args([
                "build",
                "--tests",
                "--keep-going",
                "--offline",
                "--message-format=json",
            ])
            .current_dir(&self.package)
            .env("CARGO_TARGET_DIR", target_directory())
            .output()
            .expect("cargo starts");
        let mut built = 0;
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let message: Value = serde_json::from_str(line).expect("cargo writes JSON");
            let name = message["target"]["name"].as_str().unwrap_or_default();
            let Some(case) = cases.iter_mut().find(|case| case.name == name) else {
                continue;
            };
            built += 1;
            match message["reason"].as_str() {
                Some("compiler-message") => case.add(&message["message"]),
                Some("compiler-artifact") => {
                    let executable = message["executable"].as_str().expect("a test binary");
                    case.tests = list_tests(executable);
                }
                _ => {}
            }
        }
        assert!(
            built >= cases.len(),
            "cargo did not get as far as the cases:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        cases
    }

    fn cases(&self) -> Vec<Case> {
        let mut sources: Vec<PathBuf> = fs::read_dir(&self.folder)
            .expect("the folder is there")
            .map(|entry| entry.expect("the entry can be read").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .collect();
        sources.sort();
        let case = |source: PathBuf| Case {
            name: source
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned(),
            diagnostics: Vec::new(),
            tests: Vec::new(),
            source,
        };
        sources.into_iter().map(case).collect()
    }

    fn write_package(&self, cases: &[Case]) {
        let workspace = suite().join("..");
        let runtime = workspace.join("runtime");
        let mut manifest = format!(
            "[package]\nname = \"s3-test-ui\"\nedition = \"2024\"\nautotests = false\n\n\
             [workspace]\n\n\
             [lib]\npath = \"lib.rs\"\n\n\
             [dependencies]\n\
             {} = {{ package = \"s3-test\", path = {runtime:?} }}\n",
            self.dependency
        );
        for case in cases {
            manifest += &format!(
                "\n[[test]]\nname = {:?}\npath = {:?}\n",
                case.name, case.source
            );
        }
        fs::create_dir_all(&self.package).expect("the package's folder");
        fs::write(self.package.join("Cargo.toml"), manifest).expect("the manifest");
        fs::write(self.package.join("lib.rs"), "").expect("the library");
        fs::copy(
            workspace.join("Cargo.lock"),
            self.package.join("Cargo.lock"),
        )
        .expect("the lock file");
    }
}

impl Case {
    fn add(&mut self, message: &Value) {
        let rendered = message["rendered"].as_str().unwrap_or_default();
        // "aborting due to 2 previous errors" says nothing about the file.
        if message["spans"].as_array().is_some_and(Vec::is_empty) {
            return;
        }
        self.diagnostics.push(Diagnostic {
            level: message["level"].as_str().unwrap_or_default().to_owned(),
            rendered: normalize(rendered, &self.source),
        });
    }

    /// Compares what was said with the file beside the case.
    pub(crate) fn compare(&self) {
        let said: String = self
            .diagnostics
            .iter()
            .map(|diagnostic| diagnostic.rendered.as_str())
            .collect();
        let file = self.source.with_extension("stderr");
        if env::var_os("TRYBUILD").is_some_and(|value| value == "overwrite") {
            fs::write(&file, &said).expect("the expectation can be written");
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        assert!(
            expected == said,
            "{} expects\n\n{expected}\nbut the compiler said\n\n{said}",
            file.display()
        );
    }
}

fn list_tests(executable: &str) -> Vec<String> {
    let output = Command::new(executable)
        .args(["--list", "--format=terse"])
        .output()
        .expect("the test binary starts");
    let mut tests: Vec<String> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .map(str::to_owned)
        .collect();
    tests.sort();
    tests
}

/// Removes what depends on the machine or on another file: folders, places outside of the case, and the margin, whose
/// width is that of the longest line number.
fn normalize(rendered: &str, source: &Path) -> String {
    let mut text = String::new();
    let mut foreign = false;
    for line in rendered.lines() {
        let trimmed = line.trim_start();
        let (margin, rest) =
            trimmed.split_at(trimmed.find(|c: char| !c.is_ascii_digit()).unwrap_or(0));
        if let Some((arrow, place)) = trimmed.split_once(' ')
            && matches!(arrow, "-->" | ":::")
        {
            foreign = !Path::new(place.split(".rs:").next().unwrap_or_default())
                .with_extension("rs")
                .ends_with(source.file_name().expect("a name"));
            let file = place.rsplit('/').next().unwrap_or_default();
            let shown = match foreign {
                true => file.split(':').next().unwrap_or_default(),
                false => file,
            };
            text += &format!("    {arrow} {shown}\n");
        } else if rest.starts_with("|") || rest.starts_with(" |") || trimmed == "..." {
            // The excerpt of another file.
            if !foreign {
                text += &format!("{margin:>4} {}\n", rest.trim_start());
            }
        } else if trimmed.starts_with("= ") {
            text += &format!("     {trimmed}\n");
        } else {
            foreign = false;
            text += &format!("{line}\n");
        }
    }
    text
}

fn suite() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
