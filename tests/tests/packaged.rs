//! The crates as they are published: packaged, unpacked, and used by a project outside of the workspace.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use s3_test_suite::{Finished, Sandbox, cargo, target_directory, workspace};

/// The published crates, from the one that needs no other to the one that users depend on.
const CRATES: [&str; 4] = [
    "s3-test-options",
    "s3-test-macros",
    "s3-test-embedded",
    "s3-test",
];

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Packages all crates and unpacks them, each into a folder of its name and version below the one that is returned.
///
/// The folder stays for the next run, so that it compiles only what has changed.
fn unpack(sandbox: &Sandbox) -> PathBuf {
    let into = sandbox.path().join("crates");
    fs::create_dir(&into).expect("a folder");
    let mut package = cargo();
    package
        .args([
            "package",
            "--offline",
            "--no-verify",
            "--allow-dirty",
            "--quiet",
        ])
        .args(CRATES.iter().flat_map(|name| ["-p", name]))
        .arg("--target-dir")
        .arg(into.join("target"))
        .current_dir(workspace());
    let packaged: Finished = package.output().expect("cargo runs").into();
    packaged.passed();
    for name in CRATES {
        let file = into.join(format!("target/package/{name}-{VERSION}.crate"));
        let mut unpack = Command::new("tar");
        unpack.arg("-xzf").arg(&file).arg("-C").arg(&into);
        assert!(unpack.status().expect("tar runs").success(), "{name}");
    }
    let kept = target_directory().join("packaged");
    for name in CRATES {
        let folder = format!("{name}-{VERSION}");
        mirror(&into.join(&folder), &kept.join(&folder));
    }
    kept
}

/// Makes a folder the same as another one. It writes only files that differ, because cargo goes by their times.
fn mirror(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    let names = |folder: &Path| -> Vec<_> {
        let entries = fs::read_dir(folder).expect("a folder");
        entries
            .map(|entry| entry.expect("an entry").file_name())
            .collect()
    };
    let wanted = names(from);
    for name in names(to).iter().filter(|name| !wanted.contains(name)) {
        let path = to.join(name);
        match path.is_dir() {
            true => fs::remove_dir_all(path).expect("removed"),
            false => fs::remove_file(path).expect("removed"),
        }
    }
    for name in wanted {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            mirror(&from, &to);
            continue;
        }
        let content = fs::read(&from).expect("read");
        if fs::read(&to).ok().as_ref() != Some(&content) {
            fs::write(&to, content).expect("written");
        }
    }
}

/// Writes a project that depends on the unpacked crates, and runs its test.
fn test(sandbox: &Sandbox, crates: &Path, name: &str, dependency: &str) -> Finished {
    let project = crates.join(format!("project-{name}"));
    fs::create_dir_all(project.join("tests")).expect("a folder");
    fs::create_dir_all(project.join("src")).expect("a folder");
    fs::write(project.join("src/lib.rs"), "").expect("written");
    fs::copy(workspace().join("Cargo.lock"), project.join("Cargo.lock")).expect("a lock file");
    let patches = CRATES.map(|name| {
        let path = crates.join(format!("{name}-{VERSION}"));
        format!("{name} = {{ path = {path:?} }}\n")
    });
    let manifest = format!(
        "[package]\nname = \"outside\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dev-dependencies]\ns3-test = {dependency}\n\n[patch.crates-io]\n{}",
        patches.concat()
    );
    fs::write(project.join("Cargo.toml"), manifest).expect("written");
    fs::write(
        project.join("tests/packaged.rs"),
        r#"
            use s3_test::{TestBucket, object_store::{self, ObjectStoreExt, path::Path}, s3_test};

            #[s3_test]
            async fn of_the_packaged_crates(bucket: TestBucket) -> object_store::Result<()> {
                let store = bucket.store()?;
                store.put(&Path::from("key"), "content".into()).await?;
                assert_eq!(store.get(&Path::from("key")).await?.bytes().await?, "content");
                Ok(())
            }
        "#,
    )
    .expect("written");
    let mut command = cargo();
    command
        .args(["test", "--offline", "--quiet"])
        .current_dir(&project)
        .env("CARGO_TARGET_DIR", target_directory());
    let output = sandbox.enter(&mut command).output();
    output.expect("cargo runs").into()
}

#[test]
fn the_packaged_crates_work_outside_with_and_without_default_features() {
    let sandbox = Sandbox::embedded();
    let crates = unpack(&sandbox);
    for name in CRATES {
        for file in ["README.md", "LICENSE-MIT", "LICENSE-APACHE"] {
            let path = crates.join(format!("{name}-{VERSION}")).join(file);
            assert!(path.is_file(), "{name} is published with its {file}");
        }
    }
    let default = format!("\"{VERSION}\"");
    let embedded = format!(
        "{{ version = \"{VERSION}\", default-features = false, features = [\"embedded\"] }}"
    );
    for (name, dependency) in [("default", &default), ("embedded", &embedded)] {
        let finished = test(&sandbox, &crates, name, dependency).passed();
        assert!(
            finished.stdout.contains("test result: ok. 1 passed"),
            "{}",
            finished.stdout
        );
    }
}
