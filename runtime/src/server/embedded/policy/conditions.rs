//! What a statement makes its effect depend on (IAM User Guide, "IAM JSON policy elements: Condition operators").

use super::{Refusal, glob, malformed, strings, without_variables};
use ipnet::IpNet;
use serde_json::Value;
use std::{cmp::Ordering, net::IpAddr};
use time::{
    Date, OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description,
};

#[derive(Debug)]
pub(super) struct Condition {
    /// In lower case, but for what follows a slash: that is the key of a tag.
    pub(super) key: String,
    test: Test,
    negated: bool,
    if_exists: bool,
}

/// Any one of the values suffices.
#[derive(Debug)]
enum Test {
    Text(fn(&str, &str) -> bool, Vec<String>),
    Number(fn(Ordering) -> bool, Vec<f64>),
    Date(fn(Ordering) -> bool, Vec<OffsetDateTime>),
    Address(Vec<IpNet>),
    Absent(Vec<bool>),
}

impl Condition {
    pub(super) fn parse_all(conditions: &Value) -> Result<Vec<Self>, Refusal> {
        let mut parsed = Vec::new();
        for (operator, tests) in object(conditions)? {
            for (key, values) in object(tests)? {
                let key = lower_case(key);
                if !is_understood(&key) {
                    let what = format!("The policy condition key {key}");
                    return Err(Refusal::NotImplemented(what));
                }
                parsed.push(Self::parse(operator, key, values)?);
            }
        }
        Ok(parsed)
    }

    fn parse(operator: &str, key: String, values: &Value) -> Result<Self, Refusal> {
        let values =
            strings(values).ok_or_else(|| malformed("A condition's values must be strings"))?;
        without_variables(&values)?;
        let (name, if_exists) = match operator.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (operator, false),
        };
        let (positive, negated) = match name.split_once("Not") {
            Some(("", "IpAddress")) => ("IpAddress".to_owned(), true),
            Some((kind @ ("String" | "Arn" | "Numeric" | "Date"), rest)) => {
                (format!("{kind}{rest}"), true)
            }
            _ => (name.to_owned(), false),
        };
        let unknown = || Refusal::NotImplemented(format!("The policy condition {operator}"));
        let test = match positive.as_str() {
            "StringEquals" => Test::Text(|value, actual| value == actual, values),
            "StringEqualsIgnoreCase" => Test::Text(str::eq_ignore_ascii_case, values),
            "StringLike" | "ArnEquals" | "ArnLike" => Test::Text(glob, values),
            "Bool" if !negated => Test::Text(str::eq_ignore_ascii_case, values),
            "Null" if !negated && !if_exists => {
                Test::Absent(read(&values, |value| value.parse().ok())?)
            }
            "IpAddress" => Test::Address(read(&values, network)?),
            _ => match (
                positive.strip_prefix("Numeric"),
                positive.strip_prefix("Date"),
            ) {
                (Some(order), _) => Test::Number(
                    comparison(order, negated).ok_or_else(unknown)?,
                    read(&values, |value| value.parse().ok())?,
                ),
                (_, Some(order)) => Test::Date(
                    comparison(order, negated).ok_or_else(unknown)?,
                    read(&values, date)?,
                ),
                _ => return Err(unknown()),
            },
        };
        Ok(Self {
            key,
            test,
            negated,
            if_exists,
        })
    }

    pub(super) fn holds(&self, actual: Option<&str>) -> bool {
        if let Test::Absent(values) = &self.test {
            return values.contains(&actual.is_none());
        }
        match actual {
            Some(actual) => self.test.passes(actual) != self.negated,
            None => self.negated || self.if_exists,
        }
    }
}

impl Test {
    fn passes(&self, actual: &str) -> bool {
        match self {
            Self::Text(matches, values) => values.iter().any(|value| matches(value, actual)),
            Self::Number(holds, values) => compare(actual.parse().ok(), values, *holds),
            Self::Date(holds, values) => compare(date(actual), values, *holds),
            Self::Address(networks) => actual
                .parse::<IpAddr>()
                .is_ok_and(|actual| networks.iter().any(|network| network.contains(&actual))),
            Self::Absent(_) => false,
        }
    }
}

fn compare<T: PartialOrd>(actual: Option<T>, values: &[T], holds: fn(Ordering) -> bool) -> bool {
    let ordered = |value| actual.as_ref().and_then(|actual| actual.partial_cmp(value));
    values.iter().any(|value| ordered(value).is_some_and(holds))
}

/// There is a `NotEquals` and no other.
fn comparison(name: &str, negated: bool) -> Option<fn(Ordering) -> bool> {
    match name {
        "Equals" => Some(Ordering::is_eq),
        _ if negated => None,
        "LessThan" => Some(Ordering::is_lt),
        "LessThanEquals" => Some(Ordering::is_le),
        "GreaterThan" => Some(Ordering::is_gt),
        "GreaterThanEquals" => Some(Ordering::is_ge),
        _ => None,
    }
}

fn object(value: &Value) -> Result<&serde_json::Map<String, Value>, Refusal> {
    value
        .as_object()
        .ok_or_else(|| malformed("A condition must be an object"))
}

fn read<T>(values: &[String], read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Refusal> {
    let read = |value: &String| {
        read(value).ok_or_else(|| malformed(format!("Invalid value in a condition: {value}")))
    };
    values.iter().map(read).collect()
}

/// An address alone is a network of one.
fn network(value: &str) -> Option<IpNet> {
    let alone = || value.parse::<IpAddr>().ok().map(IpNet::from);
    value.parse().ok().or_else(alone)
}

/// "Date and time values in ISO 8601 or in epoch (UNIX) time" (IAM User Guide, "Date condition operators").
fn date(value: &str) -> Option<OffsetDateTime> {
    let day = format_description!("[year]-[month]-[day]");
    let day = || Some(Date::parse(value, day).ok()?.midnight().assume_utc());
    let epoch = || OffsetDateTime::from_unix_timestamp(value.parse().ok()?).ok();
    let instant = OffsetDateTime::parse(value, &Rfc3339).ok();
    instant.or_else(day).or_else(epoch)
}

fn lower_case(key: &str) -> String {
    let (name, tag) = key.split_at(key.find('/').unwrap_or(key.len()));
    name.to_ascii_lowercase() + tag
}

/// Of S3's own keys, those that `access.rs` has values for. Others come with a request or do not.
fn is_understood(key: &str) -> bool {
    key.strip_prefix("s3:").is_none_or(|key| {
        matches!(key, "prefix" | "delimiter" | "max-keys" | "versionid")
            || key.starts_with("x-amz-")
            || key.starts_with("existingobjecttag/")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(text: &str) -> Result<Vec<Condition>, Refusal> {
        Condition::parse_all(&serde_json::from_str(text).expect("JSON"))
    }

    #[test]
    fn operators() {
        for (operator, values, actual, holds) in [
            ("StringEquals", r#"["a", "b"]"#, Some("b"), true),
            ("StringEquals", r#""a""#, Some("A"), false),
            ("StringEquals", r#""a""#, None, false),
            ("StringEqualsIfExists", r#""a""#, None, true),
            ("StringNotEquals", r#"["a", "b"]"#, Some("b"), false),
            ("StringNotEquals", r#""a""#, None, true),
            ("StringEqualsIgnoreCase", r#""a""#, Some("A"), true),
            ("StringLike", r#""a/*""#, Some("a/b"), true),
            ("StringNotLike", r#""a/*""#, Some("a/b"), false),
            ("ArnEquals", r#""arn:*:b""#, Some("arn:a:b"), true),
            ("Bool", "true", Some("true"), true),
            ("Bool", r#""False""#, Some("false"), true),
            ("Null", "true", None, true),
            ("Null", "false", None, false),
            ("NumericLessThanEquals", "10", Some("10"), true),
            ("NumericLessThanEquals", r#""10""#, Some("11"), false),
            ("NumericGreaterThan", "9", Some("10"), true),
            ("NumericNotEquals", "[1, 2]", Some("2"), false),
            ("NumericEquals", "1", Some("one"), false),
            (
                "DateLessThan",
                r#""2030-01-01""#,
                Some("2029-12-31T23:59:59Z"),
                true,
            ),
            (
                "DateGreaterThan",
                r#""2030-01-01T00:00:00+01:00""#,
                Some("2029-12-31T23:30:00Z"),
                true,
            ),
            (
                "DateGreaterThanEquals",
                r#""1893456000""#,
                Some("2030-01-01T00:00:00Z"),
                true,
            ),
            (
                "IpAddress",
                r#"["10.0.0.0/8", "127.0.0.1"]"#,
                Some("127.0.0.1"),
                true,
            ),
            ("IpAddress", r#""127.0.0.0/8""#, Some("127.0.0.1"), true),
            ("IpAddress", r#""::1/128""#, Some("127.0.0.1"), false),
            ("NotIpAddress", r#""10.0.0.0/8""#, Some("127.0.0.1"), true),
        ] {
            let text = format!(r#"{{"{operator}": {{"aws:Any": {values}}}}}"#);
            let conditions = conditions(&text).expect("conditions that are understood");
            assert_eq!(conditions[0].holds(actual), holds, "{text} of {actual:?}");
            assert_eq!(conditions[0].key, "aws:any");
        }
    }

    #[test]
    fn the_key_of_a_tag_keeps_its_case() {
        let one = conditions(r#"{"StringEquals": {"s3:ExistingObjectTag/Kind": "a"}}"#);
        assert_eq!(
            one.expect("a condition")[0].key,
            "s3:existingobjecttag/Kind"
        );
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for condition in [
            r#"{"StringEquals": {"s3:RequestObjectTag/a": "b"}}"#,
            r#"{"StringLike": {"s3:prefix": "${aws:username}/*"}}"#,
            r#"{"BinaryEquals": {"aws:any": "QQ=="}}"#,
            r#"{"ForAnyValue:StringEquals": {"aws:any": "a"}}"#,
            r#"{"NumericNotLessThan": {"aws:any": "1"}}"#,
            r#"{"NotStringEquals": {"aws:any": "1"}}"#,
        ] {
            let refused = conditions(condition);
            assert!(
                matches!(refused, Err(Refusal::NotImplemented(_))),
                "{condition}"
            );
        }
        for condition in [
            r#"{"IpAddress": {"aws:SourceIp": "somewhere"}}"#,
            r#"{"NumericEquals": {"s3:max-keys": "ten"}}"#,
            r#"{"DateLessThan": {"aws:CurrentTime": "tomorrow"}}"#,
            r#"{"Null": {"aws:any": "maybe"}}"#,
            r#"{"Bool": "true"}"#,
        ] {
            let refused = conditions(condition);
            assert!(matches!(refused, Err(Refusal::Malformed(_))), "{condition}");
        }
    }
}
