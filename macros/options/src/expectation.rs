//! The grammar of `expect("…")`: `Operation <= 3`, `Operation == 1` or `Operation >= 2`.

use crate::s3_names::{OPERATIONS, nearest};

/// A number of requests that a test expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expectation<'a> {
    /// The name of the operation in S3's reference.
    pub operation: &'a str,
    /// The comparison of the number of requests with `count`.
    pub comparison: Comparison,
    /// The number.
    pub count: usize,
}

/// A comparison of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<=`
    AtMost,
    /// `==`
    Exactly,
    /// `>=`
    AtLeast,
}

/// Parses an expectation, such as `ListObjectsV2 <= 3`.
///
/// ```
/// use s3_test_options::{Comparison, expectation};
///
/// let expected = expectation("ListObjectsV2 <= 3").expect("an expectation");
/// assert_eq!((expected.comparison, expected.count), (Comparison::AtMost, 3));
/// assert!(expectation("ListObjects < 3").is_err());
/// ```
///
/// # Errors
///
/// Names the part that is wrong and a valid one.
pub fn expectation(text: &str) -> Result<Expectation<'_>, String> {
    let sign = |c: char| matches!(c, '<' | '=' | '>' | '!');
    let start = text.find(sign);
    let Some(start) = start else {
        return Err(format!(
            "\"{text}\" has no comparison: write an operation, `<=`, `==` or `>=`, and a number, such as \
             \"PutObject == 1\""
        ));
    };
    let end = start
        + text[start..]
            .find(|c| !sign(c))
            .unwrap_or(text.len() - start);
    let comparison = match &text[start..end] {
        "<=" => Comparison::AtMost,
        "==" => Comparison::Exactly,
        ">=" => Comparison::AtLeast,
        other => {
            return Err(format!(
                "there is no comparison `{other}`: write `<=`, `==` or `>=`"
            ));
        }
    };
    let count = text[end..].trim();
    let count = count.parse().map_err(|_| {
        format!("\"{count}\" is not a number of requests: write a whole number, such as \"PutObject == 1\"")
    })?;
    Ok(Expectation {
        operation: operation(text[..start].trim())?,
        comparison,
        count,
    })
}

/// Checks the name of an operation.
pub(crate) fn operation(name: &str) -> Result<&str, String> {
    if OPERATIONS.contains(&name) {
        return Ok(name);
    }
    let near = nearest(name, OPERATIONS);
    Err(match near {
        Some(near) => format!("there is no operation `{name}`: did you mean `{near}`?"),
        None => format!(
            "there is no operation `{name}`: write it as S3's API reference does, such as `PutObject`"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expectations_are_read() {
        for (text, comparison, count) in [
            ("PutObject == 1", Comparison::Exactly, 1),
            ("PutObject==0", Comparison::Exactly, 0),
            ("  PutObject  <=  30 ", Comparison::AtMost, 30),
            ("PutObject >= 2", Comparison::AtLeast, 2),
        ] {
            let expected = Expectation {
                operation: "PutObject",
                comparison,
                count,
            };
            assert_eq!(expectation(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_mistake_is_told_with_what_to_write() {
        for (text, words) in [
            ("", "has no comparison"),
            ("PutObject", "has no comparison"),
            ("PutObject < 2", "no comparison `<`: write `<=`"),
            ("PutObject = 2", "no comparison `=`"),
            ("PutObject != 2", "no comparison `!=`"),
            ("PutObject == two", "\"two\" is not a number"),
            ("PutObject == -1", "\"-1\" is not a number"),
            ("PutObject <=", "\"\" is not a number"),
            (
                "PutObjct == 1",
                "no operation `PutObjct`: did you mean `PutObject`?",
            ),
            ("== 1", "no operation ``: write it as"),
            ("Any == 1", "no operation `Any`"),
        ] {
            let message = expectation(text).expect_err(text);
            assert!(message.contains(words), "{text}: {message}");
        }
    }
}
