//! Bucket policies (IAM User Guide, "IAM JSON policy elements reference").
//!
//! A policy with an element that is not understood here is refused when it is put: half a policy would be a wrong answer.

use serde_json::{Map, Value};

#[derive(Debug)]
pub(crate) struct Policy {
    /// As it was put.
    pub(crate) text: String,
    statements: Vec<Statement>,
}

#[derive(Debug)]
struct Statement {
    allow: bool,
    principals: Matcher,
    actions: Matcher,
    resources: Matcher,
    conditions: Vec<Condition>,
}

/// Patterns of which one must match or, for `NotAction` and its like, none may.
#[derive(Debug)]
struct Matcher {
    patterns: Vec<String>,
    negated: bool,
}

#[derive(Debug)]
struct Condition {
    operator: Operator,
    negated: bool,
    if_exists: bool,
    key: String,
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equals,
    EqualsIgnoreCase,
    Like,
    Null,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Not a policy.
    Malformed(String),
    /// A policy, but with something that this server does not do.
    NotImplemented(String),
}

/// What a request would do, as policies see it.
pub(crate) struct Access<'a> {
    /// None where the request is anonymous.
    pub(crate) principal: Option<&'a str>,
    /// `s3:GetObject` and so on.
    pub(crate) action: &'a str,
    /// `arn:aws:s3:::bucket/key` or `arn:aws:s3:::bucket`.
    pub(crate) resource: &'a str,
    /// The values of condition keys, in lower case.
    pub(crate) context: &'a dyn Fn(&str) -> Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    Denied,
    /// No statement speaks of it.
    Silent,
}

impl Policy {
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let document: Value =
            serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
        let statements = match document.get("Statement") {
            Some(Value::Array(statements)) => statements
                .iter()
                .map(Statement::parse)
                .collect::<Result<Vec<_>, _>>()?,
            Some(statement) => vec![Statement::parse(statement)?],
            None => return Err(malformed("Missing required field Statement")),
        };
        Ok(Self {
            text: text.to_owned(),
            statements,
        })
    }

    /// A matching Deny outweighs every Allow.
    pub(crate) fn decide(&self, access: &Access<'_>) -> Verdict {
        let mut verdict = Verdict::Silent;
        for statement in self
            .statements
            .iter()
            .filter(|statement| statement.speaks_of(access))
        {
            if !statement.allow {
                return Verdict::Denied;
            }
            verdict = Verdict::Allowed;
        }
        verdict
    }

    /// Whether it lets everybody in somewhere, unconditionally (GetBucketPolicyStatus).
    pub(crate) fn is_public(&self) -> bool {
        let public = |statement: &Statement| {
            statement.allow
                && statement.conditions.is_empty()
                && !statement.principals.negated
                && statement
                    .principals
                    .patterns
                    .iter()
                    .any(|pattern| pattern == "*")
        };
        self.statements.iter().any(public)
    }
}

impl Statement {
    fn parse(statement: &Value) -> Result<Self, Refusal> {
        let statement = statement
            .as_object()
            .ok_or_else(|| malformed("A statement must be an object"))?;
        let allow = match statement.get("Effect").and_then(Value::as_str) {
            Some("Allow") => true,
            Some("Deny") => false,
            _ => return Err(malformed("Effect must be Allow or Deny")),
        };
        let known = [
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ];
        if let Some(unknown) = statement.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(malformed(format!("Unknown field {unknown}")));
        }
        Ok(Self {
            allow,
            principals: Matcher::parse(statement, "Principal", "NotPrincipal", principals)?,
            actions: Matcher::parse(statement, "Action", "NotAction", strings)?.lower_case(),
            resources: Matcher::parse(statement, "Resource", "NotResource", strings)?,
            conditions: match statement.get("Condition") {
                None => Vec::new(),
                Some(conditions) => Condition::parse_all(conditions)?,
            },
        })
    }

    fn speaks_of(&self, access: &Access<'_>) -> bool {
        let principal = self.principals.matches(|pattern| match access.principal {
            _ if pattern == "*" => true,
            None => false,
            // `arn:aws:iam::123456789012:user/NAME`, or the access key alone.
            Some(name) => {
                pattern == name
                    || pattern
                        .rsplit_once(":user/")
                        .is_some_and(|(_, user)| user == name)
            }
        });
        principal
            && self
                .actions
                .matches(|pattern| glob(pattern, &access.action.to_ascii_lowercase()))
            && self
                .resources
                .matches(|pattern| glob(pattern, access.resource))
            && self
                .conditions
                .iter()
                .all(|condition| condition.holds((access.context)(&condition.key)))
    }
}

impl Matcher {
    fn parse(
        statement: &Map<String, Value>,
        name: &str,
        negated_name: &str,
        read: impl Fn(&Value) -> Option<Vec<String>>,
    ) -> Result<Self, Refusal> {
        let (value, negated) = match (statement.get(name), statement.get(negated_name)) {
            (Some(value), None) => (value, false),
            (None, Some(value)) => (value, true),
            _ => {
                return Err(malformed(format!(
                    "A statement must have either {name} or {negated_name}"
                )));
            }
        };
        let patterns = read(value).ok_or_else(|| malformed(format!("{name} is invalid")))?;
        without_variables(&patterns)?;
        Ok(Self { patterns, negated })
    }

    /// Actions are matched without regard to case.
    fn lower_case(mut self) -> Self {
        self.patterns
            .iter_mut()
            .for_each(|pattern| pattern.make_ascii_lowercase());
        self
    }

    fn matches(&self, matches: impl Fn(&str) -> bool) -> bool {
        self.patterns.iter().any(|pattern| matches(pattern)) != self.negated
    }
}

impl Condition {
    fn parse_all(conditions: &Value) -> Result<Vec<Self>, Refusal> {
        let mut parsed = Vec::new();
        for (operator, tests) in conditions
            .as_object()
            .ok_or_else(|| malformed("Condition must be an object"))?
        {
            let (name, if_exists) = match operator.strip_suffix("IfExists") {
                Some(name) => (name, true),
                None => (operator.as_str(), false),
            };
            let (kind, negated) = match name {
                "StringEquals" | "ArnEquals" | "Bool" => (Operator::Equals, false),
                "StringNotEquals" => (Operator::Equals, true),
                "StringEqualsIgnoreCase" => (Operator::EqualsIgnoreCase, false),
                "StringNotEqualsIgnoreCase" => (Operator::EqualsIgnoreCase, true),
                "StringLike" | "ArnLike" => (Operator::Like, false),
                "StringNotLike" => (Operator::Like, true),
                "Null" => (Operator::Null, false),
                _ => {
                    return Err(Refusal::NotImplemented(format!(
                        "The policy condition {operator}"
                    )));
                }
            };
            for (key, values) in tests
                .as_object()
                .ok_or_else(|| malformed("A condition must be an object"))?
            {
                let values = strings(values)
                    .ok_or_else(|| malformed("A condition's values must be strings"))?;
                without_variables(&values)?;
                let key = key.to_ascii_lowercase();
                if !is_understood(&key) {
                    return Err(Refusal::NotImplemented(format!(
                        "The policy condition key {key}"
                    )));
                }
                parsed.push(Self {
                    operator: kind,
                    negated,
                    if_exists,
                    key,
                    values,
                });
            }
        }
        Ok(parsed)
    }

    fn holds(&self, actual: Option<String>) -> bool {
        if self.operator == Operator::Null {
            return self
                .values
                .iter()
                .any(|value| (value == "true") == actual.is_none());
        }
        let Some(actual) = actual else {
            return self.negated || self.if_exists;
        };
        let matches = |value: &String| match self.operator {
            Operator::Equals | Operator::Null => *value == actual,
            Operator::EqualsIgnoreCase => value.eq_ignore_ascii_case(&actual),
            Operator::Like => glob(value, &actual),
        };
        self.values.iter().any(matches) != self.negated
    }
}

/// Of S3's own keys, those that `access.rs` has values for. Others come with a request or do not.
fn is_understood(key: &str) -> bool {
    key.strip_prefix("s3:").is_none_or(|key| {
        matches!(key, "prefix" | "delimiter" | "max-keys" | "versionid")
            || key.starts_with("x-amz-")
    })
}

/// `${aws:username}` and its like would have to be replaced.
fn without_variables(texts: &[String]) -> Result<(), Refusal> {
    match texts.iter().find(|text| text.contains("${")) {
        Some(text) => Err(Refusal::NotImplemented(format!(
            "The policy variable in {text}"
        ))),
        None => Ok(()),
    }
}

fn malformed(why: impl Into<String>) -> Refusal {
    Refusal::Malformed(why.into())
}

fn strings(value: &Value) -> Option<Vec<String>> {
    let string = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match value {
        Value::Array(values) => values.iter().map(string).collect(),
        value => string(value).map(|one| vec![one]),
    }
}

fn principals(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(everybody) if everybody == "*" => Some(vec!["*".to_owned()]),
        Value::Object(kinds) => kinds.iter().try_fold(Vec::new(), |mut all, (kind, names)| {
            let names = strings(names)?;
            match kind.as_str() {
                "AWS" | "CanonicalUser" => all.extend(names),
                // Amazon's own services and users from elsewhere do not come here.
                "Service" | "Federated" => {}
                _ => return None,
            }
            Some(all)
        }),
        _ => None,
    }
}

/// `*` stands for any characters, `?` for one.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at_pattern, mut at_text, mut retry) = (0, 0, None);
    while at_text < text.len() {
        match pattern.get(at_pattern) {
            Some(b'*') => {
                retry = Some((at_pattern + 1, at_text));
                at_pattern += 1;
            }
            Some(byte) if *byte == b'?' || *byte == text[at_text] => {
                at_pattern += 1;
                at_text += 1;
            }
            // Let the last star take one character more.
            _ => match retry {
                Some((after_star, from)) => {
                    retry = Some((after_star, from + 1));
                    (at_pattern, at_text) = (after_star, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at_pattern..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("s3:Get*", "s3:GetObject", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b/x/y", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b", false),
            ("a*b*c", "aXbYbZc", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn deny_outweighs_allow_and_conditions_count() {
        let policy = Policy::parse(
            r#"{"Statement": [
                {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"},
                {"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::1:user/eve"}, "Action": "s3:Get*", "Resource": "*",
                 "Condition": {"StringLike": {"s3:prefix": "secret/*"}}}]}"#,
        )
        .expect("a policy that is understood");
        let decide = |principal, prefix: &'static str| {
            policy.decide(&Access {
                principal: Some(principal),
                action: "s3:GetObject",
                resource: "arn:aws:s3:::b/k",
                context: &|key| (key == "s3:prefix").then(|| prefix.to_owned()),
            })
        };
        assert_eq!(decide("eve", "secret/a"), Verdict::Denied);
        assert_eq!(decide("eve", "open/a"), Verdict::Allowed);
        assert_eq!(decide("ann", "secret/a"), Verdict::Allowed);
    }

    #[test]
    fn services_and_users_of_others_are_nobody_here() {
        let policy = |principal: &str| {
            Policy::parse(&format!(
                r#"{{"Statement": {{"Effect": "Allow", "Principal": {principal}, "Action": "*", "Resource": "*"}}}}"#
            ))
        };
        let decide = |principal: &str, who| {
            policy(principal).map(|policy| {
                policy.decide(&Access {
                    principal: who,
                    action: "s3:GetObject",
                    resource: "arn:aws:s3:::b/k",
                    context: &|_| None,
                })
            })
        };
        let service = r#"{"Service": "cloudfront.amazonaws.com"}"#;
        for who in [None, Some("ann"), Some("cloudfront.amazonaws.com")] {
            assert_eq!(decide(service, who), Ok(Verdict::Silent), "{who:?}");
        }
        let both = r#"{"Service": "cloudfront.amazonaws.com", "CanonicalUser": "ann"}"#;
        assert_eq!(decide(both, Some("ann")), Ok(Verdict::Allowed));
        assert!(matches!(
            policy(r#"{"Somebody": "*"}"#),
            Err(Refusal::Malformed(_))
        ));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let with = |condition: &str| {
            format!(
                r#"{{"Statement": {{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {condition}}}}}"#
            )
        };
        let date = Policy::parse(&with(
            r#"{"DateLessThan": {"aws:CurrentTime": "2030-01-01"}}"#,
        ));
        assert!(matches!(date, Err(Refusal::NotImplemented(_))));
        for condition in [
            r#"{"StringEquals": {"s3:ExistingObjectTag/a": "b"}}"#,
            r#"{"StringLike": {"s3:prefix": "${aws:username}/*"}}"#,
        ] {
            let refused = Policy::parse(&with(condition));
            assert!(
                matches!(refused, Err(Refusal::NotImplemented(_))),
                "{condition}"
            );
        }
        assert!(matches!(Policy::parse("{"), Err(Refusal::Malformed(_))));
    }
}
