//! Other people's texts as parts of the page.

use crate::words::escaped;

/// Returns a text of somebody else's for the page: characters that are not visible are escaped as in Rust.
pub(super) fn text(value: &str) -> String {
    markup(&escaped(value))
}

/// Returns a text of several lines for the page.
pub(super) fn lines(value: &str) -> String {
    let lines: Vec<String> = value.lines().map(markup).collect();
    lines.join("\n")
}

fn markup(value: &str) -> String {
    let mut safe = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\t' => safe.push('\t'),
            c if c.is_control() => safe.extend(c.escape_debug()),
            c => safe.push(c),
        }
    }
    safe
}

/// Returns the address of a file of the dump, whose name has no other character that means something in an address.
pub(super) fn address(file: &str) -> String {
    file.replace('%', "%25")
}
