//! Conditions of statements (IAM User Guide, "IAM JSON policy elements: Condition operators").

use crate::policy::{
    Refusal,
    keys::{self, lower_case},
    malformed,
    patterns::{Pattern, Token, equal, equal_ignoring_case, glob},
    strings,
};
use ipnet::IpNet;
use serde_json::Value;
use std::{cmp::Ordering, net::IpAddr};
use time::{
    Date, OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description,
};

#[derive(Debug)]
pub(super) struct Condition {
    key: String,
    test: Test,
    negated: bool,
    if_exists: bool,
}

/// The test of a condition. One of the values must pass it.
#[derive(Debug)]
enum Test {
    Text(fn(&[Token], &str) -> bool, Vec<Pattern>),
    Number(fn(Ordering) -> bool, Vec<f64>),
    Date(fn(Ordering) -> bool, Vec<OffsetDateTime>),
    Address(Vec<IpNet>),
    Bool(Vec<bool>),
    Absent(Vec<bool>),
}

/// Prefixes of operators that S3 supports and this server does not.
const NOT_IMPLEMENTED: [&str; 3] = ["ForAllValues:", "ForAnyValue:", "BinaryEquals"];

/// Keys that make a statement non-public if their value is fixed (S3 User Guide, "The meaning of 'public'").
const LIMITS: [&str; 4] = [
    "aws:principalarn",
    "aws:sourceip",
    "aws:userid",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

impl Condition {
    /// `variables` tells whether the version of the policy has variables.
    pub(super) fn parse_all(conditions: &Value, variables: bool) -> Result<Vec<Self>, Refusal> {
        let mut parsed = Vec::new();
        for (operator, tests) in object(conditions)? {
            for (key, values) in object(tests)? {
                let condition = Self::parse(operator, lower_case(key), values, variables)?;
                keys::check(&condition.key)?;
                parsed.push(condition);
            }
        }
        Ok(parsed)
    }

    fn parse(
        operator: &str,
        key: String,
        values: &Value,
        variables: bool,
    ) -> Result<Self, Refusal> {
        let values =
            strings(values).ok_or_else(|| malformed("A condition's values must be strings"))?;
        if NOT_IMPLEMENTED
            .iter()
            .any(|name| operator.starts_with(name))
        {
            let what = format!("The policy condition {operator}");
            return Err(Refusal::NotImplemented(what));
        }
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
        let unknown = || malformed(format!("Invalid Condition type : {operator}"));
        let patterns = || {
            let pattern = |value: &String| match variables {
                true => Pattern::parse(value),
                false => Ok(Pattern::literal(value)),
            };
            values.iter().map(pattern).collect::<Result<Vec<_>, _>>()
        };
        let yes_or_no = |value: &str| value.to_ascii_lowercase().parse().ok();
        let test = match positive.as_str() {
            "StringEquals" => Test::Text(equal, patterns()?),
            "StringEqualsIgnoreCase" => Test::Text(equal_ignoring_case, patterns()?),
            "StringLike" | "ArnEquals" | "ArnLike" => Test::Text(glob, patterns()?),
            "Bool" if !negated => Test::Bool(read(&values, yes_or_no)?),
            "Null" if !negated && !if_exists => Test::Absent(read(&values, yes_or_no)?),
            "IpAddress" => Test::Address(
                read(&values, network)
                    .map_err(|_| malformed("Invalid IP address in Conditions"))?,
            ),
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

    pub(super) fn holds(&self, context: &dyn Fn(&str) -> Option<String>) -> bool {
        let actual = context(&self.key);
        if let Test::Absent(values) = &self.test {
            return values.contains(&actual.is_none());
        }
        match actual {
            Some(actual) => self.test.passes(&actual, context) != self.negated,
            None => self.negated || self.if_exists,
        }
    }

    /// Returns true if the condition admits only fixed values.
    pub(super) fn keeps_out_the_public(&self) -> bool {
        let fixed = match &self.test {
            Test::Text(_, values) => values.iter().all(Pattern::is_fixed),
            Test::Address(networks) => networks.iter().all(is_narrow),
            _ => false,
        };
        fixed && !self.negated && !self.if_exists && LIMITS.contains(&self.key.as_str())
    }
}

/// "bucket policies that grant access to a wide range of IP addresses, broader than /8 for IPv4 and /32 for IPv6" are public
/// (S3 User Guide, "The meaning of 'public'").
fn is_narrow(network: &IpNet) -> bool {
    match network {
        IpNet::V4(network) => network.prefix_len() >= 8,
        IpNet::V6(network) => network.prefix_len() >= 32,
    }
}

impl Test {
    fn passes(&self, actual: &str, context: &dyn Fn(&str) -> Option<String>) -> bool {
        match self {
            Self::Text(matches, values) => values.iter().any(|value| {
                let value = value.replaced(context);
                value.is_some_and(|value| matches(&value, actual))
            }),
            Self::Number(holds, values) => compare(actual.parse().ok(), values, *holds),
            Self::Date(holds, values) => compare(date(actual), values, *holds),
            Self::Address(networks) => actual
                .parse::<IpAddr>()
                .is_ok_and(|actual| networks.iter().any(|network| network.contains(&actual))),
            Self::Bool(values) => actual.parse().is_ok_and(|actual| values.contains(&actual)),
            Self::Absent(_) => false,
        }
    }
}

fn compare<T: PartialOrd>(actual: Option<T>, values: &[T], holds: fn(Ordering) -> bool) -> bool {
    let ordered = |value| actual.as_ref().and_then(|actual| actual.partial_cmp(value));
    values.iter().any(|value| ordered(value).is_some_and(holds))
}

/// Only `Equals` has a negation.
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

/// Parses a network. A single address is a network of one.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(text: &str) -> Result<Vec<Condition>, Refusal> {
        Condition::parse_all(&serde_json::from_str(text).expect("JSON"), true)
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
            let text = format!(r#"{{"{operator}": {{"aws:UserAgent": {values}}}}}"#);
            let conditions = conditions(&text).expect("conditions that are understood");
            let context = |key: &str| match key {
                "aws:useragent" => actual.map(str::to_owned),
                _ => None,
            };
            assert_eq!(conditions[0].holds(&context), holds, "{text} of {actual:?}");
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
        let not_implemented = |what: &str| Refusal::NotImplemented(what.to_owned());
        let invalid_key = || malformed("Policy has an invalid condition key");
        for (condition, refusal) in [
            (
                r#"{"StringEquals": {"s3:RequestObjectTag/a": "b"}}"#,
                not_implemented("The policy condition key s3:requestobjecttag/a"),
            ),
            (
                r#"{"StringEquals": {"aws:PrincipalOrgID": "o-1"}}"#,
                not_implemented("The policy condition key aws:principalorgid"),
            ),
            (
                r#"{"StringLike": {"s3:prefix": "${aws:PrincipalTag/a}/*"}}"#,
                not_implemented("The policy variable in ${aws:PrincipalTag/a}/*"),
            ),
            (
                r#"{"BinaryEquals": {"aws:UserAgent": "QQ=="}}"#,
                not_implemented("The policy condition BinaryEquals"),
            ),
            (
                r#"{"ForAnyValue:StringEquals": {"aws:UserAgent": "a"}}"#,
                not_implemented("The policy condition ForAnyValue:StringEquals"),
            ),
            (r#"{"StringEquals": {"foo:bar": "a"}}"#, invalid_key()),
            (r#"{"StringEquals": {"UserAgent": "a"}}"#, invalid_key()),
            (r#"{"StringEquals": {"s3:x-acl": "a"}}"#, invalid_key()),
            (
                r#"{"StringEquals": {"s3:x-amz-meta-a": "a"}}"#,
                invalid_key(),
            ),
        ] {
            assert_eq!(conditions(condition).err(), Some(refusal), "{condition}");
        }
        for operator in [
            "FooEquals",
            "NumericNotLessThan",
            "NotStringEquals",
            "NullIfExists",
        ] {
            let condition = format!(r#"{{"{operator}": {{"aws:UserAgent": "1"}}}}"#);
            let refusal = malformed(format!("Invalid Condition type : {operator}"));
            assert_eq!(conditions(&condition).err(), Some(refusal), "{condition}");
        }
        for condition in [
            r#"{"IpAddress": {"aws:SourceIp": "somewhere"}}"#,
            r#"{"NumericEquals": {"s3:max-keys": "ten"}}"#,
            r#"{"DateLessThan": {"aws:CurrentTime": "tomorrow"}}"#,
            r#"{"Null": {"aws:UserAgent": "maybe"}}"#,
            r#"{"Bool": {"aws:SecureTransport": "maybe"}}"#,
            r#"{"Bool": "true"}"#,
        ] {
            let refused = conditions(condition);
            assert!(matches!(refused, Err(Refusal::Malformed(_))), "{condition}");
        }
    }

    /// "Inverted condition operators like StringNotEquals or StringNotLike do match on a null value" (IAM User Guide, "Policy
    /// variables with no value").
    #[test]
    fn variables_are_replaced_where_they_have_a_value() {
        for (operator, referer, holds) in [
            ("StringEquals", Some("a"), true),
            ("StringEquals", Some("b"), false),
            ("StringEquals", None, false),
            ("StringNotEquals", Some("a"), false),
            ("StringNotEquals", None, true),
        ] {
            let text = format!(r#"{{"{operator}": {{"aws:UserAgent": "${{aws:Referer}}"}}}}"#);
            let conditions = conditions(&text).expect("conditions that are understood");
            let context = |key: &str| match key {
                "aws:useragent" => Some("a".to_owned()),
                _ => referer.map(str::to_owned),
            };
            let got = conditions[0].holds(&context);
            assert_eq!(got, holds, "{operator} of {referer:?}");
        }
    }
}
