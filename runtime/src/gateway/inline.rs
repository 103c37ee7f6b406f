//! Expectations and faults that an attribute writes as text.

use s3_test_options::{Comparison, Effect, Expectation, Fault, FaultKey, expectation, fault};

use super::{
    faults::{Any, Cut, Faults, S3Error},
    operation::Operation,
    requests::Requests,
};

/// Adds an expectation such as `ListObjectsV2 <= 3`.
pub(super) fn expect(requests: &Requests, text: &str) -> Result<(), String> {
    let Expectation {
        operation,
        comparison,
        count,
    } = expectation(text)?;
    let expected = requests.expect(named(operation)?);
    match comparison {
        Comparison::AtMost => expected.at_most(count),
        Comparison::Exactly => expected.exactly(count),
        Comparison::AtLeast => expected.at_least(count),
    }
    Ok(())
}

/// Adds a fault such as `PutObject: SlowDown x2`.
pub(super) fn add_fault(faults: &Faults, text: &str) -> Result<(), String> {
    let Fault {
        operation,
        key,
        effect,
        times,
    } = fault(text)?;
    let rule = match operation {
        Some(name) => faults.on(named(name)?),
        None => faults.on(Any),
    };
    let rule = match key {
        Some(FaultKey::Exactly(key)) => rule.key(key),
        Some(FaultKey::Prefix(prefix)) => rule.key_prefix(prefix),
        None => rule,
    };
    let rule = match times {
        Some(times) => rule.times(times),
        None => rule,
    };
    match effect {
        Effect::Error(code) => {
            let error = S3Error::of_code(code);
            rule.respond(error.ok_or_else(|| format!("`{code}` has no text: use `Faults` for it"))?)
        }
        Effect::Status(status) => rule.respond_status(status),
        Effect::Reset => rule.reset(),
        Effect::Lost => rule.commit_then(Cut::BeforeAnswer),
        Effect::Twice => rule.deliver_twice(),
        Effect::Cut(bytes) => rule.cut_body_after(bytes),
        Effect::Delay(delay) => rule.delay(delay),
    };
    Ok(())
}

fn named(name: &str) -> Result<Operation, String> {
    name.parse().map_err(|error| format!("{error}"))
}

#[cfg(test)]
mod tests {
    use s3_test_options::{ERROR_CODES, OPERATIONS};

    use super::*;

    #[test]
    fn the_attribute_knows_every_operation_and_every_error() {
        let mut names: Vec<&str> = Operation::ALL.iter().map(|it| it.name()).collect();
        names.retain(|name| *name != "Unknown");
        names.sort_unstable();
        assert_eq!(names, OPERATIONS);
        let mut codes: Vec<&str> = S3Error::ALL.iter().map(S3Error::code).collect();
        codes.sort_unstable();
        assert_eq!(codes, ERROR_CODES);
    }
}
