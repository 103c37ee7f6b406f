//! Words for people: keys without surprises, sizes, ages.

use std::time::{Duration, SystemTime};

use humantime::parse_rfc3339;

/// The length from which on a text in a report is cut.
const LONGEST: usize = 160;

/// Returns a text of somebody else's as one line that a terminal shows as it is: whatever is no visible character is
/// escaped as in Rust, and so is the backslash.
pub(crate) fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\'' | '"' => shown.push(c),
            c => shown.extend(c.escape_debug()),
        }
    }
    shown
}

/// Returns the beginning of such a text, if it is long.
pub(crate) fn shortened(text: &str) -> String {
    cut(escaped(text))
}

/// Cuts a text that is long.
pub(crate) fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// Returns a line without the sequences by which a program colours it on a terminal.
pub(crate) fn without_colours(line: &str) -> String {
    let mut parts = line.split("\x1b[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| c.is_ascii_alphabetic());
        plain.push_str(end.map_or("", |end| &part[end + 1..]));
    }
    plain
}

/// Returns a number of bytes in the largest unit of which there is at least one.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 4] = [
        ("TiB", 1 << 40),
        ("GiB", 1 << 30),
        ("MiB", 1 << 20),
        ("KiB", 1 << 10),
    ];
    for (name, unit) in UNITS {
        if bytes >= unit {
            let tenths = u128::from(bytes) * 10 / u128::from(unit);
            return format!("{}.{} {name}", tenths / 10, tenths % 10);
        }
    }
    format!("{bytes} B")
}

/// Returns a number with its noun, whose plural ends with an `s`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// Returns the age of what a server says is of this date. Servers' clocks differ: what is of the future is new.
pub(crate) fn age(date: &str, now: SystemTime) -> Option<String> {
    let age = now.duration_since(parse_rfc3339(date).ok()?);
    Some(duration(age.unwrap_or_default()))
}

/// Returns a duration in its largest unit.
fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_leave_its_line() {
        assert_eq!(escaped("a b'\"ä漢"), "a b'\"ä漢");
        assert_eq!(escaped("a\n\r\t\\"), "a\\n\\r\\t\\\\");
        assert_eq!(escaped("\x1b[31m\0"), "\\u{1b}[31m\\0");
        assert_eq!(escaped("\u{202e}\u{feff}"), "\\u{202e}\\u{feff}");
        assert_eq!(shortened(&"ä".repeat(160)), "ä".repeat(160));
        assert_eq!(shortened(&"ä".repeat(161)), format!("{}…", "ä".repeat(160)));
    }

    #[test]
    fn colours_are_left_out() {
        let line = "\x1b[2m2026\x1b[0m \x1b[38;5;1mERROR\x1b[0m text";
        assert_eq!(without_colours(line), "2026 ERROR text");
        assert_eq!(without_colours("plain"), "plain");
    }

    #[test]
    fn a_size_has_the_largest_unit() {
        for (bytes, shown) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1024 * 1024 - 1, "1023.9 KiB"),
            (64 << 20, "64.0 MiB"),
            (u64::MAX, "16777215.9 TiB"),
        ] {
            assert_eq!(size(bytes), shown, "{bytes}");
        }
        assert_eq!(
            (count(1, "part"), count(0, "part")),
            ("1 part".to_owned(), "0 parts".to_owned())
        );
    }

    #[test]
    fn an_age_has_one_unit() {
        let now = parse_rfc3339("2026-01-10T00:00:00Z").expect("a date");
        for (date, shown) in [
            ("2026-01-09T23:59:58.500Z", "1 s"),
            ("2026-01-10T00:00:07Z", "0 s"),
            ("2026-01-09T23:57:00Z", "3 min"),
            ("2026-01-09T00:00:00Z", "24 h"),
            ("2026-01-01T00:00:00Z", "9 d"),
        ] {
            assert_eq!(age(date, now).as_deref(), Some(shown), "{date}");
        }
        assert_eq!(age("yesterday", now), None);
    }
}
