//! What s3-test brings into the build of a user who asks for nothing more: none of what its optional features need.

use std::collections::BTreeSet;

use s3_test_suite::{Finished, cargo, workspace};

/// Crates of optional features that the default ones need as well, through other crates.
const SHARED: [&str; 2] = ["async-trait", "rustix"];

/// Returns the crates that a user with these features of s3-test compiles, each as `name vVERSION FEATURES`.
fn tree(features: &str) -> BTreeSet<String> {
    let mut tree = cargo();
    tree.args(["tree", "--offline", "--locked", "--package=s3-test"])
        .args(["--edges=normal,build", "--prefix=none", "--no-dedupe"])
        .args(["--format={p} {f}", "--features", features]);
    let finished: Finished = tree.output().expect("cargo runs").into();
    let lines = finished.passed().stdout;
    lines.lines().map(str::to_owned).collect()
}

/// Returns the optional dependencies that no default feature switches on, as `Cargo.toml` calls them.
fn optional() -> Vec<String> {
    let manifest = std::fs::read_to_string(workspace().join("runtime/Cargo.toml"));
    let manifest: toml::Table = manifest.expect("read").parse().expect("a manifest");
    let features = manifest["features"].as_table().expect("features");
    let defaults = features["default"].as_array().expect("a list");
    let others = features.iter().filter(|(name, _)| {
        *name != "default" && !defaults.contains(&toml::Value::from(name.as_str()))
    });
    let parts = others.flat_map(|(_, parts)| parts.as_array().expect("a list"));
    let parts = parts.filter_map(|part| part.as_str()?.strip_prefix("dep:"));
    parts.map(str::to_owned).collect()
}

#[test]
fn default_features_bring_nothing_of_the_program_the_bar_or_other_clients() {
    let default = tree("default");
    let optional = optional();
    for expected in ["clap", "indicatif", "opendal"] {
        assert!(optional.iter().any(|name| name == expected), "{expected}");
    }
    for optional in optional
        .iter()
        .filter(|name| !SHARED.contains(&name.as_str()))
    {
        // A second version of object_store has a name of its own in the manifest.
        let package = match optional.strip_prefix("object_store_") {
            Some(version) => format!("object_store v{}.", version.replace('_', ".")),
            None => format!("{optional} v"),
        };
        let found = default.iter().find(|line| line.starts_with(&package));
        assert_eq!(found, None, "{optional} is compiled for everybody");
    }
    // The same method finds them where they are.
    let program = tree("cli");
    for there in ["clap v", "indicatif v"] {
        assert!(
            program.iter().any(|line| line.starts_with(there)),
            "{there}"
        );
    }
}
