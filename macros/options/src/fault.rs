//! The grammar of `faults("…")`:
//!
//! ```text
//! fault     = operation [ key ] ":" effect [ "x" times ]
//! operation = "Any" | the name of an operation
//! key       = a key without spaces; a prefix of keys, if "*" is its end
//! effect    = the code of an error | a status from 200 to 599 | "reset" | "lost" | "twice" | "cut" bytes | "delay" duration
//! ```

use std::time::Duration;

use crate::{
    expectation::operation,
    s3_names::{ERROR_CODES, OPERATIONS, nearest},
};

const EFFECTS: &str = "an error's code such as `SlowDown`, a status such as `502`, `reset`, `lost`, `twice`, \
                       `cut 300` or `delay 50ms`";

/// A fault in one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault<'a> {
    /// The name of the operation; none for `Any`.
    pub operation: Option<&'a str>,
    /// The keys; none for all requests.
    pub key: Option<FaultKey<'a>>,
    /// The thing that happens to the request.
    pub effect: Effect<'a>,
    /// The number of requests that it happens to; none for all.
    pub times: Option<usize>,
}

/// The keys of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKey<'a> {
    /// This key.
    Exactly(&'a str),
    /// Keys that begin so.
    Prefix(&'a str),
}

/// The thing that happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect<'a> {
    /// S3's error of this code instead of an answer.
    Error(&'a str),
    /// A bare HTTP status instead of an answer.
    Status(u16),
    /// A connection that is reset before the server sees the request.
    Reset,
    /// A connection that is reset after the server has acted.
    Lost,
    /// A request that is delivered twice.
    Twice,
    /// An answer whose body ends after so many bytes.
    Cut(u64),
    /// A wait before the server sees the request.
    Delay(Duration),
}

/// Parses a fault, such as `PutObject: SlowDown x2`.
///
/// ```
/// use s3_test_options::{Effect, fault};
///
/// let slow = fault("PutObject data/*: SlowDown x2").expect("a fault");
/// assert_eq!((slow.effect, slow.times), (Effect::Error("SlowDown"), Some(2)));
/// ```
///
/// # Errors
///
/// Names the part that is wrong and a valid one.
pub fn fault(text: &str) -> Result<Fault<'_>, String> {
    // A key may have colons in it, an effect has none.
    let Some((requests, effect)) = text.rsplit_once(':') else {
        return Err(format!(
            "\"{text}\" has no colon: write an operation, `:` and what happens to it, such as \
             \"PutObject: SlowDown x2\""
        ));
    };
    let mut words = requests.split_whitespace();
    let name = words.next().unwrap_or_default();
    let key = words.next().map(|key| match key.strip_suffix('*') {
        Some(prefix) => FaultKey::Prefix(prefix),
        None => FaultKey::Exactly(key),
    });
    if let Some(more) = words.next() {
        return Err(format!(
            "`{more}` is one word too many before the colon: write an operation and at most one key without spaces"
        ));
    }
    let mut words: Vec<&str> = effect.split_whitespace().collect();
    let times = match words.last().and_then(|word| word.strip_prefix('x')) {
        Some(count) if count.parse::<u64>().is_ok() => {
            words.pop();
            Some(times(count)?)
        }
        _ => None,
    };
    Ok(Fault {
        operation: match name {
            "Any" => None,
            name => Some(operation(name)?),
        },
        key,
        effect: self::effect(&words)?,
        times,
    })
}

fn times(count: &str) -> Result<usize, String> {
    match count.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err(format!(
            "`x{count}` is no number of times: write `x1` or more"
        )),
    }
}

fn effect<'a>(words: &[&'a str]) -> Result<Effect<'a>, String> {
    Ok(match *words {
        ["reset"] => Effect::Reset,
        ["lost"] => Effect::Lost,
        ["twice"] => Effect::Twice,
        ["cut", bytes] => Effect::Cut(bytes.parse().map_err(|_| {
            format!("`{bytes}` is no number of bytes: write a whole number, such as `cut 300`")
        })?),
        ["delay", duration] => Effect::Delay(humantime::parse_duration(duration).map_err(|_| {
            format!("`{duration}` is not a duration: write a number with its unit, such as `delay 50ms`")
        })?),
        [code] if ERROR_CODES.contains(&code) => Effect::Error(code),
        [status] if status.parse::<u16>().is_ok() => match status.parse() {
            Ok(status @ 200..=599) => Effect::Status(status),
            _ => return Err(format!("`{status}` is no status of an answer: write one from 200 to 599")),
        },
        [] => return Err(format!("nothing stands behind the colon: write {EFFECTS}")),
        [word, ..] => {
            let known: Vec<&str> = ERROR_CODES
                .iter()
                .copied()
                .chain(["reset", "lost", "twice", "cut", "delay"])
                .collect();
            let near = match (OPERATIONS.contains(&word), nearest(word, &known)) {
                (false, Some(near)) if near != word => format!("did you mean `{near}`? "),
                _ => String::new(),
            };
            return Err(format!(
                "`{}` is no fault: {near}write {EFFECTS}",
                words.join(" ")
            ));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read() {
        let put = Fault {
            operation: Some("PutObject"),
            key: None,
            effect: Effect::Error("SlowDown"),
            times: None,
        };
        let key = Some(FaultKey::Exactly("a:b"));
        let prefix = Some(FaultKey::Prefix("data/"));
        for (text, expected) in [
            ("PutObject: SlowDown", put),
            (
                "PutObject:SlowDown x2",
                Fault {
                    times: Some(2),
                    ..put
                },
            ),
            (
                "Any: 502",
                Fault {
                    operation: None,
                    effect: Effect::Status(502),
                    ..put
                },
            ),
            (
                "PutObject a:b: reset",
                Fault {
                    key,
                    effect: Effect::Reset,
                    ..put
                },
            ),
            (
                "PutObject data/*: lost x1",
                Fault {
                    key: prefix,
                    effect: Effect::Lost,
                    times: Some(1),
                    ..put
                },
            ),
            (
                "PutObject: twice",
                Fault {
                    effect: Effect::Twice,
                    ..put
                },
            ),
            (
                "PutObject: cut 300 x1",
                Fault {
                    effect: Effect::Cut(300),
                    times: Some(1),
                    ..put
                },
            ),
            (
                "PutObject: delay 50ms",
                Fault {
                    effect: Effect::Delay(Duration::from_millis(50)),
                    ..put
                },
            ),
        ] {
            assert_eq!(fault(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_mistake_is_told_with_what_to_write() {
        for (text, words) in [
            ("", "has no colon"),
            ("PutObject", "has no colon"),
            ("PutObject:", "nothing stands behind the colon"),
            ("PutObject: x2", "nothing stands behind the colon"),
            ("PutObject: SlowDwn", "did you mean `SlowDown`?"),
            ("PutObject: SlowDown x0", "`x0` is no number of times"),
            (
                "PutObject: SlowDown twice",
                "`SlowDown twice` is no fault: write an error's code",
            ),
            ("PutObject: 99", "`99` is no status"),
            ("PutObject: 1000", "`1000` is no status"),
            ("PutObject: cut", "`cut` is no fault: write"),
            ("PutObject: cut all", "`all` is no number of bytes"),
            ("PutObject: delay 50", "`50` is not a duration"),
            ("PutObjct: reset", "did you mean `PutObject`?"),
            (": reset", "no operation ``"),
            ("PutObject a b: reset", "`b` is one word too many"),
        ] {
            let message = fault(text).expect_err(text);
            assert!(message.contains(words), "{text}: {message}");
        }
    }
}
