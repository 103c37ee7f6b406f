//! Every option: its name, how it is written, and where else it may be set.

use crate::Backend;

/// One option.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its name inside the attribute, which is also its key in `s3-test.toml`.
    pub name: &'static str,
    /// How it is written inside the attribute.
    pub example: &'static str,
    /// The environment variable that sets it, where one can.
    pub variable: Option<&'static str>,
    /// What holds where it is left out.
    pub default: &'static str,
}

const fn option(
    name: &'static str,
    example: &'static str,
    variable: &'static str,
    default: &'static str,
) -> Row {
    Row {
        name,
        example,
        variable: Some(variable),
        default,
    }
}

/// All options, in the order in which people are told of them.
#[rustfmt::skip]
pub const OPTIONS: [Row; 22] = [
    option("bucket", "bucket = \"test-uploads\"", "S3_TEST_BUCKET", "a fresh unique name"),
    option("bucket_prefix", "bucket_prefix = \"uploads\"", "S3_TEST_BUCKET_PREFIX", "test-bucket"),
    option("backend", "backend = \"container\"", "S3_TEST_BACKEND", "auto"),
    option("image", "image = \"rustfs/rustfs:latest\"", "S3_TEST_IMAGE", "rustfs/rustfs:latest"),
    option("port", "port = 9000", "S3_TEST_PORT", "9000"),
    option("console_port", "console_port = 9001", "S3_TEST_CONSOLE_PORT", "9001"),
    option("command", "command(\"server\", \"/data\")", "S3_TEST_COMMAND", "the image's own"),
    option("access_key", "access_key = \"rustfsadmin\"", "S3_TEST_ACCESS_KEY", "the default key"),
    option("secret_key", "secret_key = \"rustfsadmin\"", "S3_TEST_SECRET_KEY", "the default key"),
    option("region", "region = \"us-east-1\"", "S3_TEST_REGION", "us-east-1"),
    option("environment", "environment(NAME = \"value\")", "S3_TEST_ENVIRONMENT", "none"),
    option("endpoint", "endpoint = \"http://localhost:9000\"", "S3_TEST_ENDPOINT", "none"),
    option("fixtures", "fixtures(\"tests/data\", \"extra\" => \"prefix/\")", "S3_TEST_FIXTURES", "none"),
    option("versioning", "versioning = true", "S3_TEST_VERSIONING", "false"),
    option("keep", "keep = \"on-failure\"", "S3_TEST_KEEP", "never"),
    option("startup_timeout", "startup_timeout = \"60s\"", "S3_TEST_STARTUP_TIMEOUT", "60 seconds"),
    option("idle_timeout", "idle_timeout = \"10s\"", "S3_TEST_IDLE_TIMEOUT", "10 seconds"),
    option("timeout", "timeout = \"30s\"", "S3_TEST_TIMEOUT", "no limit"),
    option("flavor", "flavor = \"multi_thread\"", "S3_TEST_FLAVOR", "current_thread"),
    option("worker_threads", "worker_threads = 4", "S3_TEST_WORKER_THREADS", "one for each CPU"),
    option("start_paused", "start_paused = true", "S3_TEST_START_PAUSED", "false"),
    Row { name: "crate", example: "crate = my_crate::s3_test", variable: None, default: "::s3_test" },
];

/// Names from elsewhere that mean one of ours, and are not spelt like it.
const SYNONYMS: [(&str, &str); 8] = [
    ("name", "bucket"),
    ("bucket_name", "bucket"),
    ("env", "environment"),
    ("url", "endpoint"),
    ("cmd", "command"),
    ("versioned", "versioning"),
    ("core_threads", "worker_threads"),
    ("threads", "worker_threads"),
];

/// The option of this name.
#[must_use]
pub fn row(name: &str) -> Option<&'static Row> {
    OPTIONS.iter().find(|row| row.name == name)
}

/// The options that each bucket of a test may have for itself.
#[must_use]
pub fn bucket_options() -> [&'static str; 5] {
    ["bucket", "bucket_prefix", "fixtures", "versioning", "keep"]
}

/// The name among `known` that a mistyped one most likely stands for.
#[must_use]
pub fn suggestion<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = name.to_lowercase().replace('-', "_");
    let meant = SYNONYMS
        .iter()
        .find_map(|(other, ours)| (*other == name).then_some(*ours));
    let synonym = known.iter().copied().find(|known| meant == Some(*known));
    synonym.or_else(|| {
        known
            .iter()
            .map(|known| (strsim::jaro_winkler(&name, known), *known))
            .filter(|(similarity, _)| *similarity > 0.87)
            .max_by(|(one, _), (other, _)| one.total_cmp(other))
            .map(|(_, known)| known)
    })
}

/// Why an option makes no sense together with a backend, where it does not.
#[must_use]
pub fn misplaced(option: &str, backend: Backend) -> Option<String> {
    let of_a_container = matches!(
        option,
        "image" | "port" | "console_port" | "command" | "environment" | "idle_timeout"
    );
    match (option, backend) {
        (_, Backend::Embedded) if of_a_container || option == "startup_timeout" => Some(format!(
            "`{option}` is for a container, and this test asks for the embedded server: remove one of the two"
        )),
        (_, Backend::External) if of_a_container => Some(format!(
            "`{option}` is for a container, and this test asks for a server that is already running: remove one of the two"
        )),
        ("endpoint", Backend::Auto | Backend::Container | Backend::Embedded) => Some(
            "`endpoint` is a server that is already running: write `backend = \"external\"` with it, or nothing".to_owned(),
        ),
        ("keep", Backend::Embedded) => Some(
            "`keep` has no bucket to keep on the embedded server, which ends with its test: remove one of the two".to_owned(),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_suggested_and_a_far_one_is_not() {
        let names = OPTIONS.map(|row| row.name);
        for (name, expected) in [
            ("bukcet", Some("bucket")),
            ("Bucket", Some("bucket")),
            ("buckets", Some("bucket")),
            ("bucket-prefix", Some("bucket_prefix")),
            ("name", Some("bucket")),
            ("env", Some("environment")),
            ("access_key_id", Some("access_key")),
            ("secret", Some("secret_key")),
            ("startup", Some("startup_timeout")),
            ("worker_thread", Some("worker_threads")),
            ("time_out", Some("timeout")),
            ("flavour", Some("flavor")),
            ("fixture", Some("fixtures")),
            ("x", None),
            ("kubernetes", None),
        ] {
            assert_eq!(suggestion(name, &names), expected, "{name}");
        }
        assert_eq!(suggestion("env", &["bucket"]), None);
    }

    #[test]
    fn every_variable_is_named_after_its_option() {
        for row in OPTIONS {
            let expected = format!("S3_TEST_{}", row.name.to_uppercase());
            assert!(row.variable.is_none_or(|variable| variable == expected));
            assert!(row.example.starts_with(row.name), "{row:?}");
        }
    }
}
