//! Principals of statements (IAM User Guide, "AWS JSON policy elements: Principal").

use crate::policy::{Refusal, malformed, strings};
use serde_json::Value;

/// The account of all users of a server. S3 has accounts, so there is one here too, but nobody has to name it.
pub(crate) const ACCOUNT: &str = "000000000000";

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Principal {
    Everybody,
    /// A user, by access key.
    User(String),
    /// Everybody in the account of this server's users.
    Account,
    /// Amazon's services, roles and other accounts, which never send requests here.
    Nobody,
}

impl Principal {
    pub(super) fn parse_all(value: &Value) -> Result<Vec<Self>, Refusal> {
        let invalid = || malformed("Invalid principal in policy");
        let kinds = match value {
            Value::String(everybody) if everybody == "*" => return Ok(vec![Self::Everybody]),
            Value::Object(kinds) if !kinds.is_empty() => kinds,
            _ => return Err(invalid()),
        };
        let mut all = Vec::new();
        for (kind, names) in kinds {
            let names = strings(names).filter(|names| !names.is_empty());
            for name in names.ok_or_else(invalid)? {
                all.push(match kind.as_str() {
                    "AWS" => Self::parse(&name).ok_or_else(invalid)?,
                    "CanonicalUser" if is_access_key(&name) => Self::User(name),
                    "Service" | "Federated" => Self::Nobody,
                    _ => return Err(invalid()),
                });
            }
        }
        Ok(all)
    }

    fn parse(name: &str) -> Option<Self> {
        if name == "*" {
            return Some(Self::Everybody);
        }
        let is_account = |id: &str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
        let whole = |account| match account {
            ACCOUNT => Self::Account,
            _ => Self::Nobody,
        };
        let Some(arn) = name.strip_prefix("arn:") else {
            return match name {
                account if is_account(account) => Some(whole(account)),
                key => is_access_key(key).then(|| Self::User(key.to_owned())),
            };
        };
        let [partition, service, "", account, who] = *arn.splitn(5, ':').collect::<Vec<_>>() else {
            return None;
        };
        // An origin access identity belongs to no account (CloudFront Developer Guide, "Restricting access").
        if !partition.starts_with("aws") || !(is_account(account) || account == "cloudfront") {
            return None;
        }
        match (service, who.split_once('/')) {
            ("iam", None) if who == "root" => Some(whole(account)),
            (_, Some((_, name))) if name.is_empty() || name.contains('*') => None,
            ("iam", Some(("user", path))) => Some(Self::User(path.rsplit('/').next()?.to_owned())),
            ("iam", Some(("role", _))) => Some(Self::Nobody),
            ("sts", Some(("assumed-role" | "federated-user", _))) => Some(Self::Nobody),
            _ => None,
        }
    }

    /// Returns true if this names a user, or the anonymous. Allowing an account leaves it to the account to allow its
    /// users in, which nothing here does; to keep it out is to keep out each of them (IAM User Guide, "AWS account principals").
    pub(super) fn is(&self, who: Option<&str>, lets_in: bool) -> bool {
        match self {
            Self::Everybody => true,
            Self::User(name) => who == Some(name),
            Self::Account => !lets_in && who.is_some(),
            Self::Nobody => false,
        }
    }

    /// The ARN of a user, as in `aws:PrincipalArn`.
    pub(super) fn arn(name: &str) -> String {
        format!("arn:aws:iam::{ACCOUNT}:user/{name}")
    }
}

fn is_access_key(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.+=,@".contains(&byte);
    !name.is_empty() && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_meant() {
        let user = |name: &str| Some(Principal::User(name.to_owned()));
        for (name, expected) in [
            ("*", Some(Principal::Everybody)),
            ("ann", user("ann")),
            ("AKIAIOSFODNN7EXAMPLE", user("AKIAIOSFODNN7EXAMPLE")),
            ("arn:aws:iam::000000000000:user/ann", user("ann")),
            ("arn:aws:iam::123456789012:user/dev/ann", user("ann")),
            ("arn:aws-cn:iam::123456789012:user/ann", user("ann")),
            ("arn:aws:iam::000000000000:root", Some(Principal::Account)),
            ("000000000000", Some(Principal::Account)),
            ("arn:aws:iam::123456789012:root", Some(Principal::Nobody)),
            ("123456789012", Some(Principal::Nobody)),
            ("arn:aws:iam::123456789012:role/r", Some(Principal::Nobody)),
            (
                "arn:aws:sts::123456789012:assumed-role/r/s",
                Some(Principal::Nobody),
            ),
            ("arn:aws:iam::1:user/ann", None),
            ("arn:aws:iam::123456789012:user/*", None),
            ("arn:aws:iam::123456789012:user/", None),
            ("arn:aws:s3:::bucket", None),
            ("arn:nonsense", None),
            ("ann*", None),
            ("", None),
        ] {
            assert_eq!(Principal::parse(name), expected, "{name}");
        }
    }
}
