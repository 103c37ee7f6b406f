//! Lines that a person sees in spite of the test harness' capturing: it captures the printing macros, not the stream.

use std::io::Write;

/// Says something that is worth a line, such as a container that was started.
pub(crate) fn note(message: &str) {
    line("", message);
}

/// Says that something did not work which does not make a test fail.
pub(crate) fn warn(message: &str) {
    line("warning: ", message);
}

fn line(kind: &str, message: &str) {
    // One write for the whole line, so that lines of several processes do not mix.
    let text = format!("s3-test: {kind}{message}\n");
    let _ = std::io::stderr().write_all(text.as_bytes());
}
