//! The rules for free values: texts, durations, numbers, endpoints. Each function returns the value or a complete sentence
//! about the mistake.

use std::time::Duration;

use crate::row::Row;

/// A text that is not blank.
///
/// # Errors
///
/// Names the value that applies when the option is left out.
pub fn text(row: &Row, value: &str) -> Result<(), String> {
    if value.trim().is_empty() {
        return Err(format!(
            "`{}` is empty: write a value, or leave the option out for {}",
            row.name, row.default.words
        ));
    }
    Ok(())
}

/// A duration above zero, such as `1m 30s`.
///
/// # Errors
///
/// Shows how a duration is written.
pub fn duration(row: &Row, value: &str) -> Result<Duration, String> {
    match humantime::parse_duration(value) {
        Ok(duration) if duration.is_zero() => Err(format!(
            "`{}` is a duration above zero: leave the option out for {}",
            row.name, row.default.words
        )),
        Ok(duration) => Ok(duration),
        Err(_) => Err(format!(
            "\"{value}\" is not a duration: write a number with its unit, such as \"30s\", \"1m 30s\" or \"500ms\""
        )),
    }
}

/// A number of bytes above zero, such as `64MiB`.
///
/// # Errors
///
/// Shows how a size is written.
pub fn size(row: &Row, value: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 6] = [
        ("B", 1),
        ("KB", 1000),
        ("MB", 1_000_000),
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
    ];
    let text = value.trim();
    let end = text.find(|c: char| !c.is_ascii_digit());
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    let unit = UNITS.iter().find(|(name, _)| *name == unit.trim_start());
    let bytes = unit.and_then(|(_, unit)| number.parse::<u64>().ok()?.checked_mul(*unit));
    match bytes {
        Some(0) => Err(format!(
            "`{}` is a size above zero: leave the option out for {}",
            row.name, row.default.words
        )),
        Some(bytes) => Ok(bytes),
        None => Err(format!(
            "\"{value}\" is not a size: write a number with its unit, such as \"500KiB\", \"64MiB\" or \"1GiB\""
        )),
    }
}

/// A port that a server can listen on.
///
/// # Errors
///
/// Names the range.
pub fn port(option: &str, value: u64) -> Result<u16, String> {
    match u16::try_from(value) {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(format!(
            "`{option}` is the port that the server in the container listens on, from 1 to 65535, not {value}"
        )),
    }
}

/// A number above zero.
///
/// # Errors
///
/// Shows how one is written.
pub fn count(option: &str, value: u64) -> Result<usize, String> {
    match usize::try_from(value) {
        Ok(count) if count > 0 => Ok(count),
        _ => Err(format!("`{option}` is at least 1, as in `{option} = 4`")),
    }
}

/// The address of a server: a scheme, a host, and optionally a port.
///
/// # Errors
///
/// Names the part that is wrong.
pub fn endpoint(value: &str) -> Result<(), String> {
    let example = "as in \"http://localhost:9000\"";
    let rest = value
        .strip_prefix("http://")
        .or_else(|| value.strip_prefix("https://"));
    let Some(rest) = rest else {
        return Err(format!(
            "an endpoint begins with \"http://\" or \"https://\", {example}"
        ));
    };
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    if authority.contains('@') {
        return Err(
            "an endpoint has no keys in it: write the options `access_key` and `secret_key`"
                .to_owned(),
        );
    }
    if authority.contains(['/', '?', '#']) {
        return Err(format!(
            "an endpoint ends with its host and port, {example}: the bucket is added to it"
        ));
    }
    let port = authority
        .rsplit_once(':')
        .map(|(_, port)| port)
        .filter(|port| !port.ends_with(']'));
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err(format!("the port of an endpoint is a number, {example}"));
    }
    if authority.is_empty() || authority.starts_with(':') || authority.contains(char::is_whitespace)
    {
        return Err(format!("an endpoint names a host, {example}"));
    }
    Ok(())
}

/// The prefix of a fixture's keys.
///
/// # Errors
///
/// Names the part that no key can have.
pub fn fixture_prefix(prefix: &str) -> Result<(), String> {
    let folder = prefix.strip_suffix('/').unwrap_or(prefix);
    if folder.is_empty() {
        return Err("the prefix of a fixture is not empty: write one, or leave it out".to_owned());
    }
    if prefix.starts_with('/') {
        return Err("the prefix of a fixture does not begin with a slash: remove it".to_owned());
    }
    match folder
        .split('/')
        .find(|part| matches!(*part, "" | "." | ".."))
    {
        Some("") => {
            Err("the prefix of a fixture has no two slashes in a row: remove one".to_owned())
        }
        Some(part) => Err(format!(
            "the prefix of a fixture has no part \"{part}\": a key is a text, not a path"
        )),
        None => Ok(()),
    }
}

/// The variables of the server that an option sets, with that option.
const OWNED: [(&str, &str); 2] = [
    ("RUSTFS_ACCESS_KEY", "access_key"),
    ("RUSTFS_SECRET_KEY", "secret_key"),
];

/// The name of an environment variable for the server.
///
/// # Errors
///
/// Describes a valid name, or names the option that sets the variable.
pub fn variable_name(name: &str) -> Result<(), String> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err("the name of a variable is not empty and has no `=` in it".to_owned());
    }
    if let Some((_, option)) = OWNED.iter().find(|(owned, _)| *owned == name) {
        return Err(format!(
            "`{name}` follows from an option: write `{option} = \"…\"` outside of `environment`"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TABLE;

    #[test]
    fn endpoints() {
        for good in [
            "http://localhost:9000",
            "http://localhost:9000/",
            "https://s3.example.test",
            "http://127.0.0.1:9000",
            "http://[::1]:9000",
            "http://[::1]",
        ] {
            assert_eq!(endpoint(good), Ok(()), "{good}");
        }
        for (wrong, words) in [
            ("localhost:9000", "begins with"),
            ("ftp://localhost", "begins with"),
            ("", "begins with"),
            ("http://", "names a host"),
            ("http://:9000", "names a host"),
            ("http://a b", "names a host"),
            ("http://localhost:90000", "is a number"),
            ("http://localhost:s3", "is a number"),
            (
                "http://localhost:9000/bucket",
                "ends with its host and port",
            ),
            ("http://localhost?x", "ends with its host and port"),
            ("http://key:secret@localhost", "no keys in it"),
        ] {
            let message = endpoint(wrong).expect_err(wrong);
            assert!(message.contains(words), "{wrong}: {message}");
        }
    }

    #[test]
    fn numbers() {
        assert_eq!(port("port", 9000), Ok(9000));
        assert!(port("port", 0).is_err() && port("port", 65536).is_err());
        assert_eq!(count("worker_threads", 1), Ok(1));
        assert!(count("worker_threads", 0).is_err());
    }

    #[test]
    fn sizes() {
        let size = |text| size(&TABLE.dump_limit, text);
        assert_eq!(size("1B"), Ok(1));
        assert_eq!(size(" 64 MiB"), Ok(64 << 20));
        assert_eq!(size("2KB"), Ok(2000));
        // Nobody who writes a bare number thinks of bytes.
        for wrong in ["64", "", "MiB", "1.5MiB", "-1B", "64mb", "20000000000GiB"] {
            let message = size(wrong).expect_err(wrong);
            assert!(
                message.contains("is not a size: write a number with its unit"),
                "{message}"
            );
        }
        let zero = size("0MiB").expect_err("zero");
        assert_eq!(
            zero,
            "`dump_limit` is a size above zero: leave the option out for 64MiB"
        );
    }

    #[test]
    fn durations() {
        assert_eq!(
            duration(&TABLE.timeout, "1m 30s"),
            Ok(Duration::from_secs(90))
        );
        let zero = duration(&TABLE.timeout, "0s").expect_err("zero");
        assert_eq!(
            zero,
            "`timeout` is a duration above zero: leave the option out for no limit"
        );
        assert!(duration(&TABLE.timeout, "soon").is_err());
    }
}
