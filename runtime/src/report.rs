//! What a failing test prints after its own message: which server answered, and where to look.

use crate::TestBucket;

/// Prints the block when it is dropped, which is after the panic's message where a panic drops it.
///
/// It uses the printing macros, so that the test harness shows the block with the failing test only.
pub(crate) struct Report<'a> {
    pub(crate) test_path: &'a str,
    pub(crate) bucket: &'a TestBucket,
}

impl Drop for Report<'_> {
    #[allow(clippy::print_stderr)]
    fn drop(&mut self) {
        eprint!("{}", self.block());
    }
}

impl Report<'_> {
    fn block(&self) -> String {
        let server = self.bucket.server();
        let gone = if server.is_lost() {
            ", which is gone"
        } else {
            ""
        };
        let description = format!("{}{gone}", server.description);
        let mut rows = vec![
            ("server", description.as_str()),
            ("endpoint", self.bucket.endpoint()),
        ];
        rows.extend(self.bucket.console_url().map(|url| ("console", url)));
        rows.push(("bucket", self.bucket.name()));
        let rows = rows
            .iter()
            .map(|(name, value)| format!("  {name:<9} {value}\n"));
        format!(
            "s3-test: {} failed\n{}",
            self.test_path,
            rows.collect::<String>()
        )
    }
}
