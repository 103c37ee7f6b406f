//! The options as the tests of the package in this folder would have them.

use std::{env, io, path::PathBuf};

use crate::{
    options::{Options, Settings, TestOptions, warn_of_mistyped_variables},
    parameters::BoxError,
};

/// Resolves the options: environment, else `s3-test.toml`, else the defaults.
pub(super) fn settings() -> Result<Settings, BoxError> {
    warn_of_mistyped_variables();
    let asked = TestOptions {
        package: package()?,
        options: Options::new(),
        main_bucket: false,
        buckets: Vec::new(),
    };
    Ok(Settings::resolve(asked, |name| env::var(name).ok())?)
}

/// Returns the folder of the package that the current folder belongs to, or the current folder if it belongs to none.
pub(super) fn package() -> io::Result<PathBuf> {
    let here = env::current_dir()?;
    let package = here
        .ancestors()
        .find(|folder| folder.join("Cargo.toml").is_file());
    Ok(package.map_or_else(|| here.clone(), PathBuf::from))
}
