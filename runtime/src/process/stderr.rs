//! Lines that a person sees in spite of the test harness' capturing: it captures the printing macros, not the stream.

use std::io::Write;

/// The variable that silences notes. Warnings are always printed.
pub(crate) const QUIET: &str = "S3_TEST_QUIET";

/// Says something that is worth a line, such as a container that was started.
pub(crate) fn note(message: &str) {
    if !is_quiet() {
        line("", message);
    }
}

/// Returns true if nobody wants to read notes.
pub(crate) fn is_quiet() -> bool {
    std::env::var_os(QUIET).is_some_and(|value| value == "1")
}

/// Says that something did not work which does not make a test fail.
pub(crate) fn warn(message: &str) {
    line("warning: ", message);
}

/// Says why the program failed, also to somebody who wants to read no notes.
#[cfg(feature = "cli")]
pub(crate) fn error(message: &str) {
    line("", message);
}

fn line(kind: &str, message: &str) {
    // One write for the whole line, so that lines of several processes do not mix.
    let text = format!("s3-test: {kind}{message}\n");
    let _ = std::io::stderr().write_all(text.as_bytes());
}
