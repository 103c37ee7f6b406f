//! What the values of options may be. Each function takes what was written and says what is wrong with it, in words
//! that stand by themselves.

use std::time::Duration;

use crate::row;

/// Where the buckets of a test live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backend {
    /// A container where there is one, else the embedded server.
    #[default]
    Auto,
    /// A container that all tests share.
    Container,
    /// A server inside the test process.
    Embedded,
    /// A server that somebody runs.
    External,
}

/// What becomes of a test's buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keep {
    /// They are deleted.
    #[default]
    Never,
    /// They stay when the test has failed.
    OnFailure,
    /// They stay.
    Always,
}

/// The tokio runtime of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flavor {
    /// Everything on the test's own thread.
    #[default]
    CurrentThread,
    /// A pool of worker threads.
    MultiThread,
}

/// A backend by its name.
///
/// # Errors
///
/// Tells the names there are.
pub fn backend(name: &str) -> Result<Backend, String> {
    match name {
        "auto" => Ok(Backend::Auto),
        "container" => Ok(Backend::Container),
        "embedded" => Ok(Backend::Embedded),
        "external" => Ok(Backend::External),
        other => Err(format!(
            "there is no backend \"{other}\": the backends are \"auto\", \"container\", \"embedded\" and \"external\""
        )),
    }
}

/// When to keep a bucket.
///
/// # Errors
///
/// Tells the words there are.
pub fn keep(when: &str) -> Result<Keep, String> {
    match when {
        "never" => Ok(Keep::Never),
        "on-failure" => Ok(Keep::OnFailure),
        "always" => Ok(Keep::Always),
        other => Err(format!(
            "a bucket cannot be kept \"{other}\": write \"never\", \"on-failure\" or \"always\""
        )),
    }
}

/// A flavor by its name.
///
/// # Errors
///
/// Tells the names there are, and today's name for one of yesterday's.
pub fn flavor(name: &str) -> Result<Flavor, String> {
    Err(match name {
        "current_thread" => return Ok(Flavor::CurrentThread),
        "multi_thread" => return Ok(Flavor::MultiThread),
        "single_thread" | "single_threaded" | "basic_scheduler" => {
            "the flavor with a single thread is called \"current_thread\"".to_owned()
        }
        "threaded_scheduler" | "multi_threaded" => {
            "the flavor with several threads is called \"multi_thread\"".to_owned()
        }
        other => format!(
            "there is no flavor \"{other}\": the flavors are \"current_thread\" and \"multi_thread\""
        ),
    })
}

/// A text that is not blank.
///
/// # Errors
///
/// Tells what holds where the option is left out.
pub fn text(option: &str, value: &str) -> Result<(), String> {
    if value.trim().is_empty() {
        return Err(format!(
            "`{option}` is empty: write a value, or leave the option out for {}",
            when_left_out(option)
        ));
    }
    Ok(())
}

/// A duration above zero, such as `1m 30s`.
///
/// # Errors
///
/// Tells what a duration looks like.
pub fn duration(option: &str, value: &str) -> Result<Duration, String> {
    match humantime::parse_duration(value) {
        Ok(duration) if duration.is_zero() => Err(format!(
            "`{option}` is a duration above zero: leave the option out for {}",
            when_left_out(option)
        )),
        Ok(duration) => Ok(duration),
        Err(_) => Err(format!(
            "\"{value}\" is not a duration: write a number with its unit, such as \"30s\", \"1m 30s\" or \"500ms\""
        )),
    }
}

/// A port that a server can listen on.
///
/// # Errors
///
/// Tells the range.
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
/// Tells how one is written.
pub fn count(option: &str, value: u64) -> Result<usize, String> {
    match usize::try_from(value) {
        Ok(count) if count > 0 => Ok(count),
        _ => Err(format!("`{option}` is at least 1, as in `{option} = 4`")),
    }
}

/// The address of a server: a scheme, a host, and perhaps a port.
///
/// # Errors
///
/// Tells which part is wrong.
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

/// What stands before the keys of a fixture.
///
/// # Errors
///
/// Tells why no key can begin so.
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

/// Variables that the server is given already, and the option that sets each.
const OWNED: [(&str, &str); 2] = [
    ("RUSTFS_ACCESS_KEY", "access_key"),
    ("RUSTFS_SECRET_KEY", "secret_key"),
];

/// The name of a variable for the server.
///
/// # Errors
///
/// Tells what a name may be, and which option sets the variable where one does.
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

fn when_left_out(option: &str) -> &'static str {
    row(option).map_or("its default", |row| row.default)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn durations() {
        assert_eq!(duration("timeout", "1m 30s"), Ok(Duration::from_secs(90)));
        let zero = duration("timeout", "0s").expect_err("zero");
        assert_eq!(
            zero,
            "`timeout` is a duration above zero: leave the option out for no limit"
        );
        assert!(duration("timeout", "soon").is_err());
    }
}
