//! Bucket policies (IAM User Guide, "IAM JSON policy elements reference").
//!
//! A policy with an element that is not understood here is refused when it is put: half a policy would be a wrong answer.

mod conditions;

use conditions::Condition;
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
    pub(crate) fn parse(text: &str, bucket: &str) -> Result<Self, Refusal> {
        let document: Value =
            serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
        let statements = match document.get("Statement") {
            Some(Value::Array(statements)) => statements
                .iter()
                .map(|statement| Statement::parse(statement, bucket))
                .collect::<Result<Vec<_>, _>>()?,
            Some(statement) => vec![Statement::parse(statement, bucket)?],
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
    fn parse(statement: &Value, bucket: &str) -> Result<Self, Refusal> {
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
        let actions = Matcher::parse(statement, "Action", "NotAction", strings)?.lower_case();
        let resources = Matcher::parse(statement, "Resource", "NotResource", strings)?;
        if !resources
            .patterns
            .iter()
            .all(|pattern| is_in(bucket, pattern))
        {
            return Err(malformed("Policy has invalid resource"));
        }
        if !(actions.negated || resources.negated)
            && actions.patterns.iter().any(|action| {
                let resources = &mut resources.patterns.iter();
                resources.all(|resource| !applies(action, resource))
            })
        {
            let why = "Action does not apply to any resource(s) in statement";
            return Err(malformed(why));
        }
        Ok(Self {
            allow,
            principals: Matcher::parse(statement, "Principal", "NotPrincipal", principals)?,
            actions,
            resources,
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
                .all(|condition| condition.holds((access.context)(&condition.key).as_deref()))
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

/// `${aws:username}` and its like would have to be replaced.
fn without_variables(texts: &[String]) -> Result<(), Refusal> {
    match texts.iter().find(|text| text.contains("${")) {
        Some(text) => Err(Refusal::NotImplemented(format!(
            "The policy variable in {text}"
        ))),
        None => Ok(()),
    }
}

/// The policy of a bucket speaks of that bucket and its objects only.
fn is_in(bucket: &str, resource: &str) -> bool {
    let name = resource.strip_prefix("arn:aws:s3:::").map(|rest| {
        let (name, _) = rest.split_once('/').unwrap_or((rest, ""));
        name
    });
    name.is_some_and(|name| glob(name, bucket))
}

/// An action is about a bucket or about objects (Service Authorization Reference, "Actions defined by Amazon S3"), which a
/// pattern leaves open.
fn applies(action: &str, resource: &str) -> bool {
    let of_objects = match action.strip_prefix("s3:") {
        Some(name) if !name.contains(['*', '?']) => {
            name.contains("object") && !name.contains("bucket")
                || matches!(
                    name,
                    "abortmultipartupload"
                        | "listmultipartuploadparts"
                        | "bypassgovernanceretention"
                )
        }
        _ => return true,
    };
    match of_objects {
        true => resource.contains(['/', '*']),
        false => !resource.contains('/'),
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
                {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"},
                {"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::1:user/eve"}, "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*",
                 "Condition": {"StringLike": {"s3:prefix": "secret/*"}}}]}"#,
            "b",
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
            let text = r#"{"Statement": {"Effect": "Allow", "Principal": PRINCIPAL, "Action": "*", "Resource": "arn:aws:s3:::b/*"}}"#;
            Policy::parse(&text.replace("PRINCIPAL", principal), "b")
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
    fn what_is_no_policy_of_the_bucket_is_refused() {
        let parse = |action: &str, resource: &str| {
            let text = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": ACTION, "Resource": RESOURCE}}"#;
            let text = text.replace("ACTION", action);
            Policy::parse(&text.replace("RESOURCE", resource), "bucket").err()
        };
        let refused = |why: &str| Some(Refusal::Malformed(why.to_owned()));
        for resource in [r#""*""#, r#""arn:aws:s3:::other/*""#, r#""bucket/*""#] {
            let invalid = refused("Policy has invalid resource");
            assert_eq!(parse(r#""s3:*""#, resource), invalid, "{resource}");
        }
        let of_bucket = r#""arn:aws:s3:::bucket""#;
        let of_objects = r#""arn:aws:s3:::bucket/*""#;
        let does_not_apply = refused("Action does not apply to any resource(s) in statement");
        for (action, resource, refused) in [
            (r#""s3:ListBucket""#, of_bucket, &None),
            (r#""s3:ListBucket""#, of_objects, &does_not_apply),
            (r#""s3:GetObject""#, of_objects, &None),
            (r#""s3:GetObject""#, of_bucket, &does_not_apply),
            (r#""s3:AbortMultipartUpload""#, of_objects, &None),
            (r#""s3:PutBucketObjectLockConfiguration""#, of_bucket, &None),
            (r#""s3:Get*""#, of_bucket, &None),
            (
                r#"["s3:GetObject", "s3:ListBucket"]"#,
                of_objects,
                &does_not_apply,
            ),
            (
                r#"["s3:GetObject", "s3:ListBucket"]"#,
                r#"["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"]"#,
                &None,
            ),
            (r#""s3:ListBucket""#, r#""arn:aws:s3:::buck*""#, &None),
        ] {
            assert_eq!(&parse(action, resource), refused, "{action} on {resource}");
        }
        assert!(matches!(
            Policy::parse("{", "b"),
            Err(Refusal::Malformed(_))
        ));
    }
}
