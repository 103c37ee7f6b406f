//! One statement of a policy.

use crate::policy::{
    Access, Refusal,
    actions::Action,
    conditions::Condition,
    malformed,
    patterns::{Pattern, glob},
    principals::Principal,
    strings,
};
use serde_json::{Map, Value};

#[derive(Debug)]
pub(super) struct Statement {
    pub(super) allow: bool,
    principals: Matcher<Principal>,
    actions: Matcher<Action>,
    resources: Matcher<Pattern>,
    conditions: Vec<Condition>,
}

/// Elements of which one must match or, for `NotAction` and the like, none.
#[derive(Debug)]
struct Matcher<T> {
    any_of: Vec<T>,
    negated: bool,
}

const FIELDS: [&str; 9] = [
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

impl Statement {
    /// `variables` tells whether the version of the policy has variables.
    pub(super) fn parse(statement: &Value, bucket: &str, variables: bool) -> Result<Self, Refusal> {
        let statement = statement
            .as_object()
            .ok_or_else(|| malformed("A statement must be an object"))?;
        if let Some(unknown) = statement.keys().find(|key| !FIELDS.contains(&key.as_str())) {
            return Err(malformed(format!("Unknown field {unknown}")));
        }
        let allow = match statement.get("Effect") {
            Some(effect) if effect == "Allow" => true,
            Some(effect) if effect == "Deny" => false,
            Some(effect) => return Err(malformed(format!("Invalid effect: {effect}"))),
            None => return Err(malformed("Missing required field Effect")),
        };
        let principals =
            Matcher::parse(statement, "Principal", "NotPrincipal", Principal::parse_all)?;
        let actions = Matcher::parse(statement, "Action", "NotAction", |value| {
            let names = texts(value).ok_or_else(|| malformed("Policy has invalid action"))?;
            names.iter().map(|name| Action::parse(name)).collect()
        })?;
        let resources = Matcher::parse(statement, "Resource", "NotResource", |value| {
            texts(value)
                .filter(|resources| resources.iter().all(|resource| is_in(bucket, resource)))
                .ok_or_else(|| malformed("Policy has invalid resource"))
        })?;
        if !(actions.negated || resources.negated)
            && actions.any_of.iter().any(|action| {
                let mut resources = resources.any_of.iter();
                !resources.any(|resource| action.applies_to(resource))
            })
        {
            let why = "Action does not apply to any resource(s) in statement";
            return Err(malformed(why));
        }
        let pattern = |resource: &String| match variables {
            true => Pattern::parse(resource),
            false => Ok(Pattern::literal(resource)),
        };
        Ok(Self {
            allow,
            principals,
            actions,
            resources: Matcher {
                any_of: resources
                    .any_of
                    .iter()
                    .map(pattern)
                    .collect::<Result<_, _>>()?,
                negated: resources.negated,
            },
            conditions: match statement.get("Condition") {
                None => Vec::new(),
                Some(conditions) => Condition::parse_all(conditions, variables)?,
            },
        })
    }

    /// `action` is the action of the access, in lower case.
    pub(super) fn speaks_of(&self, access: &Access<'_>, action: &str) -> bool {
        let like = |pattern: &Pattern| {
            let tokens = pattern.replaced(access.context);
            tokens.is_some_and(|tokens| glob(&tokens, access.resource))
        };
        let conditions = &mut self.conditions.iter();
        let lets_in = self.allow != self.principals.negated;
        self.actions.matches(|one| one.matches(action))
            && self
                .principals
                .matches(|principal| principal.is(access.principal, lets_in))
            && self.resources.matches(like)
            && conditions.all(|condition| condition.holds(access.context))
    }

    /// S3 User Guide, "The meaning of 'public'".
    pub(super) fn is_public(&self) -> bool {
        let everybody =
            self.principals.negated || self.principals.any_of.contains(&Principal::Everybody);
        self.allow && everybody && !self.conditions.iter().any(Condition::keeps_out_the_public)
    }
}

impl<T> Matcher<T> {
    fn parse(
        statement: &Map<String, Value>,
        name: &str,
        negated_name: &str,
        read: impl Fn(&Value) -> Result<Vec<T>, Refusal>,
    ) -> Result<Self, Refusal> {
        let (value, negated) = match (statement.get(name), statement.get(negated_name)) {
            (Some(value), None) => (value, false),
            (None, Some(value)) => (value, true),
            (None, None) => return Err(malformed(format!("Missing required field {name}"))),
            (Some(_), Some(_)) => {
                return Err(malformed(format!(
                    "A statement must have either {name} or {negated_name}"
                )));
            }
        };
        Ok(Self {
            any_of: read(value)?,
            negated,
        })
    }

    fn matches(&self, matches: impl Fn(&T) -> bool) -> bool {
        self.any_of.iter().any(matches) != self.negated
    }
}

/// Returns the texts of a value, or `None` for an empty list, which would match nothing.
fn texts(value: &Value) -> Option<Vec<String>> {
    strings(value).filter(|texts| !texts.is_empty())
}

/// Returns true if the resource is the bucket or in it. A policy cannot apply to another bucket.
fn is_in(bucket: &str, resource: &str) -> bool {
    let name = resource.strip_prefix("arn:aws:s3:::").map(|rest| {
        let (name, _) = rest.split_once('/').unwrap_or((rest, ""));
        Pattern::literal(name)
    });
    let tokens = name.as_ref().and_then(|name| name.replaced(&|_| None));
    tokens.is_some_and(|tokens| glob(&tokens, bucket))
}
