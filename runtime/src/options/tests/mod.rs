//! The settings that result from options.

mod sources;
mod together;
mod wrong_values;

use std::{fs, sync::Arc};

use super::*;
use crate::error::Error;

/// Resolves the options of a test, with these variables and this text in `s3-test.toml`.
fn resolve_with(
    options: Options,
    buckets: Vec<Options>,
    variables: &[(&str, &str)],
    file: &str,
) -> Result<Settings, Arc<Error>> {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("s3-test.toml"), file).expect("a file");
    let asked = TestOptions {
        package: folder.path().to_owned(),
        options,
        main_bucket: true,
        buckets,
    };
    Settings::resolve(asked, |name| {
        let variable = variables.iter().find(|(known, _)| *known == name);
        variable.map(|(_, value)| (*value).to_owned())
    })
}

fn resolve(options: Options, variables: &[(&str, &str)], file: &str) -> Result<Settings, String> {
    resolve_with(options, Vec::new(), variables, file).map_err(|error| error.to_string())
}

fn name(settings: &Settings) -> String {
    format!("{:?}", settings.buckets[0].name)
}
