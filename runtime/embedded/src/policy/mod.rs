//! Bucket policies (IAM User Guide, "IAM JSON policy elements reference").
//!
//! PutBucketPolicy refuses a policy with an unsupported element, because half a policy would decide wrongly.

mod actions;
mod conditions;
mod keys;
mod patterns;
mod principals;
mod statement;

pub(crate) use crate::policy::{keys::is_of_new_object, principals::ACCOUNT};

use crate::policy::{principals::Principal, statement::Statement};
use serde_json::Value;

/// S3 User Guide, "Bucket policies for Amazon S3".
const MOST_BYTES: usize = 20 << 10;

#[derive(Debug)]
pub(crate) struct Policy {
    /// The document as it was put.
    pub(crate) text: String,
    statements: Vec<Statement>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Not a policy.
    Malformed(String),
    /// A policy with an element that this server does not support.
    NotImplemented(String),
}

/// An access that policies decide on.
pub(crate) struct Access<'a> {
    /// `None` for anonymous requests.
    pub(crate) principal: Option<&'a str>,
    /// `s3:GetObject` and so on.
    pub(crate) action: &'a str,
    /// `arn:aws:s3:::bucket/key` or `arn:aws:s3:::bucket`.
    pub(crate) resource: &'a str,
    /// Returns the value of a condition key, which is in lower case.
    pub(crate) context: &'a dyn Fn(&str) -> Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    Denied,
    /// No statement matches.
    Silent,
}

impl Policy {
    pub(crate) fn parse(text: &str, bucket: &str) -> Result<Self, Refusal> {
        if text.len() > MOST_BYTES {
            let why = "Policy exceeds the maximum allowed document size.";
            return Err(malformed(why));
        }
        if !text.starts_with('{') {
            let why = "Policies must be valid JSON and the first byte must be '{'";
            return Err(malformed(why));
        }
        let document: Value = serde_json::from_str(text)
            .map_err(|_| malformed("This policy contains invalid Json"))?;
        let mut fields = document.as_object().into_iter().flat_map(|map| map.keys());
        if let Some(unknown) =
            fields.find(|field| !["Version", "Id", "Statement"].contains(&field.as_str()))
        {
            return Err(malformed(format!("Unknown field {unknown}")));
        }
        // "If you do not include a Version element, the value defaults to 2008-10-17" (IAM User Guide, "Version").
        let variables = match document.get("Version").map(Value::as_str) {
            None | Some(Some("2008-10-17")) => false,
            Some(Some("2012-10-17")) => true,
            Some(_) => {
                return Err(malformed("The policy must contain a valid version string"));
            }
        };
        let statements = match document.get("Statement") {
            None => return Err(malformed("Missing required field Statement")),
            Some(Value::Array(statements)) if statements.is_empty() => {
                let why = "Could not parse the policy: Statement is empty!";
                return Err(malformed(why));
            }
            Some(Value::Array(statements)) => statements.as_slice(),
            Some(statement) => std::slice::from_ref(statement),
        };
        let parse = |statement| Statement::parse(statement, bucket, variables);
        Ok(Self {
            text: text.to_owned(),
            statements: statements.iter().map(parse).collect::<Result<_, _>>()?,
        })
    }

    /// Decides on an access. A matching Deny outweighs every Allow.
    pub(crate) fn decide(&self, access: &Access<'_>) -> Verdict {
        let mut verdict = Verdict::Silent;
        let action = access.action.to_ascii_lowercase();
        for statement in self
            .statements
            .iter()
            .filter(|statement| statement.speaks_of(access, &action))
        {
            if !statement.allow {
                return Verdict::Denied;
            }
            verdict = Verdict::Allowed;
        }
        verdict
    }

    /// Returns true if the policy is public (GetBucketPolicyStatus).
    pub(crate) fn is_public(&self) -> bool {
        self.statements.iter().any(Statement::is_public)
    }
}

/// Returns the value of `aws:PrincipalArn` for a user.
pub(crate) fn principal_arn(name: &str) -> String {
    Principal::arn(name)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deny_outweighs_allow_and_conditions_count() {
        let policy = Policy::parse(
            r#"{"Statement": [
                {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"},
                {"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::123456789012:user/eve"}, "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*",
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
