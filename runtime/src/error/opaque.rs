//! The error that callers of the public functions see.

use std::{fmt, sync::Arc};

/// The reason why there is no bucket, or why it does not show what is in it: one sentence for what happened and one for what to do.
///
/// `Debug` prints the same text as `Display`, so it is as readable when `main` or a test returns it.
///
/// ```
/// let error = s3_test::bucket().bucket("Uploads").create_blocking().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the option `bucket` is `Uploads`: a bucket name has no uppercase letters: write \"uploads\"."
/// );
/// ```
#[derive(Clone)]
pub struct Error(Arc<super::Error>);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

impl From<Arc<super::Error>> for Error {
    fn from(error: Arc<super::Error>) -> Self {
        Self(error)
    }
}

impl From<super::Error> for Error {
    fn from(error: super::Error) -> Self {
        Self(Arc::new(error))
    }
}
