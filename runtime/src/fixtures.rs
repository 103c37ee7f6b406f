//! Placeholder until the real one is merged.
use crate::{Error, TestBucket, options::Fixture};
use std::path::Path;
pub(crate) async fn upload(
    _fixtures: &[Fixture],
    _package: &Path,
    _bucket: &TestBucket,
) -> Result<(), Error> {
    Ok(())
}
