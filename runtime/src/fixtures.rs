//! Placeholder until the real one is merged.
use std::path::Path;
use crate::{Error, TestBucket, options::Fixture};
pub(crate) async fn upload(_fixtures: &[Fixture], _package: &Path, _bucket: &TestBucket) -> Result<(), Error> { Ok(()) }
