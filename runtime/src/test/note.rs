//! A note on a test that failed for another reason.

/// Prints the note when it is dropped, which is below the panic's message and the report.
pub(crate) struct Note(Option<String>);

impl Note {
    /// A note on expectations and faults that did not come true.
    pub(crate) fn new(missed: Option<String>) -> Self {
        Self(missed)
    }
}

impl Drop for Note {
    #[allow(clippy::print_stderr)]
    fn drop(&mut self) {
        if let Some(missed) = &self.0 {
            eprintln!(
                "s3-test: the test failed for the reason above. Also, {}",
                missed.trim_end()
            );
        }
    }
}
