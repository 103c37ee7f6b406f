//! The README, followed to the letter in an empty folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use s3_test_suite::{
    Finished, Sandbox, Server, cargo, on_both_servers, target_directory, workspace,
};

on_both_servers! {
    the_readme_works_in_an_empty_folder
    a_renamed_dependency_works
}

/// A project outside the workspace. It builds into the workspace's target directory, where most of it is built already.
struct Project {
    directory: PathBuf,
}

impl Project {
    /// `cargo new` in the sandbox's folder.
    fn new(sandbox: &Sandbox, name: &str) -> Self {
        let directory = sandbox.path().join(name);
        let mut command = cargo();
        command
            .args(["new", "--quiet", "--lib", "--vcs=none"])
            .arg(&directory);
        assert!(command.status().expect("cargo runs").success());
        // The same versions as the workspace's, so that nothing is compiled twice.
        fs::copy(workspace().join("Cargo.lock"), directory.join("Cargo.lock"))
            .expect("a lock file");
        Self { directory }
    }

    /// Adds lines to `Cargo.toml`, with this workspace's s3-test in place of the published one.
    fn depend(&self, lines: &str) {
        let path = self.directory.join("Cargo.toml");
        let manifest = fs::read_to_string(&path).expect("a manifest");
        let manifest = manifest.replace("[dependencies]\n", lines);
        let runtime = workspace().join("runtime");
        let manifest = manifest.replace("\"0.1\"", &format!("{{ path = {runtime:?} }}"));
        fs::write(path, manifest).expect("written");
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.directory.join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
        fs::write(path, content).expect("written");
    }

    fn test(&self, sandbox: &Sandbox) -> Finished {
        let mut command: Command = cargo();
        command.arg("test").current_dir(&self.directory);
        command.env("CARGO_TARGET_DIR", target_directory());
        sandbox
            .enter(&mut command)
            .output()
            .expect("cargo runs")
            .into()
    }
}

/// The lines that `cargo add --dev s3-test` writes, as the README says to.
fn cargo_add() -> String {
    let commands = readme_block("console");
    assert!(
        commands.starts_with("$ cargo add --dev s3-test\n"),
        "{commands}"
    );
    "[dependencies]\n\n[dev-dependencies]\ns3-test = \"0.1\"\n".to_owned()
}

/// The first block of the README in this language.
fn readme_block(language: &str) -> String {
    let readme = fs::read_to_string(workspace().join("README.md")).expect("the README");
    let (_, block) = readme
        .split_once(&format!("```{language}\n"))
        .expect("a block");
    let (block, _) = block.split_once("```").expect("its end");
    block.to_owned()
}

fn the_readme_works_in_an_empty_folder(sandbox: Sandbox) {
    let sandbox = sandbox.idle_timeout("60s");
    let project = Project::new(&sandbox, "newcomer");
    project.depend(&cargo_add());
    project.write("tests/uploads.rs", &readme_block("rust"));
    // Somebody else's re-export, and a module that looks like the crate.
    project.write("tests/renamed.rs", RENAMED);

    let first = project.test(&sandbox).passed();
    assert!(
        first.stdout.contains("test upload_round_trip ... ok"),
        "{}",
        first.stdout
    );
    assert!(
        first.stdout.contains("test through_a_re_export ... ok"),
        "{}",
        first.stdout
    );
    let started = usize::from(sandbox.server() == Server::Container);
    assert_eq!(
        first.stderr.matches("s3-test: ").count(),
        started,
        "{}",
        first.stderr
    );

    let second = project.test(&sandbox).passed();
    assert!(!second.stderr.contains("s3-test:"), "{}", second.stderr);
    sandbox.assert_at_most_one_container();
}

const RENAMED: &str = r#"
mod ours {
    pub use s3_test as testing;
}

#[ours::testing::s3_test(crate = crate::ours::testing)]
async fn through_a_re_export(bucket: ours::testing::TestBucket) {
    assert!(bucket.name().starts_with("test-bucket-through-a-re-export-"));
}
"#;

fn a_renamed_dependency_works(sandbox: Sandbox) {
    let project = Project::new(&sandbox, "renaming");
    let runtime = workspace().join("runtime");
    project.depend(&format!(
        "[dev-dependencies]\nbuckets = {{ package = \"s3-test\", path = {runtime:?} }}\n"
    ));
    project.write(
        "tests/renamed.rs",
        r#"
            use buckets::s3_test;

            #[s3_test(crate = buckets)]
            async fn with_another_name(bucket: buckets::TestBucket) -> Result<(), Box<dyn std::error::Error>> {
                bucket.store()?;
                Ok(())
            }
        "#,
    );
    let finished = project.test(&sandbox).passed();
    assert!(
        finished.stdout.contains("test with_another_name ... ok"),
        "{}",
        finished.stdout
    );
}

#[test]
fn a_file_beside_the_manifest_configures_the_tests() {
    let sandbox = Sandbox::embedded();
    let project = Project::new(&sandbox, "configured");
    project.depend(&cargo_add());
    project.write("data/hello.txt", "hello");
    project.write(
        "tests/configured.rs",
        r#"
            use s3_test::{TestBucket, object_store::{ObjectStoreExt, path::Path}, s3_test};

            #[s3_test]
            async fn by_the_file(bucket: &TestBucket) -> s3_test::object_store::Result<()> {
                assert!(bucket.name().starts_with("from-the-file-by-the-file-"));
                assert_eq!(bucket.region(), "eu-west-1");
                let hello = bucket.store()?.get(&Path::from("in/hello.txt")).await?;
                assert_eq!(hello.bytes().await?, "hello");
                Ok(())
            }
        "#,
    );
    let file = "bucket_prefix = \"from-the-file\"\nregion = \"eu-west-1\"\n\
                fixtures = [{ path = \"data\", prefix = \"in/\" }]\n";
    project.write("s3-test.toml", file);
    let finished = project.test(&sandbox).passed();
    assert!(
        finished.stdout.contains("test by_the_file ... ok"),
        "{}",
        finished.stdout
    );

    project.write("s3-test.toml", &format!("{file}imgae = \"x\"\n"));
    let finished = project
        .test(&sandbox)
        .failed_with("s3-test.toml:4: there is no key `imgae`: did you mean `image`?");
    let path = project.directory.join("s3-test.toml");
    let line = format!("s3-test: {}:4: ", path.display());
    assert!(finished.stdout.contains(&line), "{}", finished.stdout);
}
