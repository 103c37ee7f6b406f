//! The table of options. Everything that knows options is derived from its rows.
//!
//! A row reads `name: Kind(rule) { columns }`. A new option needs a row here and the code that uses its value.

use crate::{
    bucket_name, choice,
    choice::Backend,
    expectation, fault,
    row::{Backends, DefaultValue, Kind, Row, Scope},
    value,
};

/// Calls a macro with the rows of all options that the runtime knows: `name: Kind(rule) { columns }`.
///
/// `expect`, `faults`, `matrix` and `crate` are not among them, since only an attribute can set them.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_option {
    ($callback:ident) => {
        $callback! {
            bucket: Text(|_, name| bucket_name::bucket(name)) {
                scope: Scope::Bucket,
                backends: Backends::Every,
                default: DefaultValue::none("a fresh unique name, so that tests run at the same time"),
                example: "bucket = \"test-uploads\"",
                meaning: "The name of the bucket. Tests with the same name take turns.",
                type_words: "string: a [bucket's name](https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html)",
            }
            bucket_prefix: Text(|_, prefix| bucket_name::bucket_prefix(prefix)) {
                scope: Scope::Bucket,
                backends: Backends::Every,
                default: DefaultValue::value("test-bucket"),
                example: "bucket_prefix = \"uploads\"",
                meaning: "The beginning of the unique name. It excludes `bucket`.",
                type_words: "string: 1 to 40 characters of such a name",
            }
            backend: Text(|_, name| problems(choice::backend(name))) {
                scope: Scope::Test,
                backends: Backends::Every,
                default: DefaultValue::value("auto"),
                example: "backend = \"container\"",
                meaning: "The kind of server: a container shared by all tests, a server inside the test process, or an external one that is already running. `auto` takes a container if one can be started, otherwise the embedded server. An `endpoint` alone selects `external`.",
                type_words: "string: `\"auto\"`, `\"container\"`, `\"embedded\"` or `\"external\"`",
            }
            image: Text(|row, text| problems(value::text(row, text))) {
                scope: Scope::Test,
                backends: Backends::Container,
                default: DefaultValue::value("rustfs/rustfs:1.0.1"),
                example: "image = \"rustfs/rustfs:1.0.1\"",
                meaning: "The container's image.",
                type_words: "string: an image's name",
            }
            port: Port {
                scope: Scope::Test,
                backends: Backends::Container,
                default: DefaultValue::value("9000"),
                example: "port = 9000",
                meaning: "The S3 port in the container.",
                type_words: "number: 1 to 65535",
            }
            console_port: Port {
                scope: Scope::Test,
                backends: Backends::Container,
                default: DefaultValue::value("9001"),
                example: "console_port = 9001",
                meaning: "The port of the web console in the container.",
                type_words: "number: 1 to 65535",
            }
            command: Command {
                scope: Scope::Test,
                backends: Backends::Container,
                default: DefaultValue::none("the image's own"),
                example: "command(\"server\", \"/data\")",
                meaning: "The container's command, word by word.",
                type_words: "list of strings",
            }
            access_key: Text(|row, text| problems(value::text(row, text))) {
                scope: Scope::Test,
                backends: Backends::Every,
                default: DefaultValue::described("rustfsadmin", "the default key"),
                example: "access_key = \"rustfsadmin\"",
                meaning: "The server's access key.",
                type_words: "string",
            }
            secret_key: Text(|row, text| problems(value::text(row, text))) {
                scope: Scope::Test,
                backends: Backends::Every,
                default: DefaultValue::described("rustfsadmin", "the default key"),
                example: "secret_key = \"rustfsadmin\"",
                meaning: "The server's secret key.",
                type_words: "string",
            }
            region: Text(|row, text| problems(value::text(row, text))) {
                scope: Scope::Test,
                backends: Backends::Every,
                default: DefaultValue::value("us-east-1"),
                example: "region = \"us-east-1\"",
                meaning: "The region for signatures.",
                type_words: "string",
            }
            environment: Environment {
                scope: Scope::Test,
                backends: Backends::Container,
                default: DefaultValue::none("none"),
                example: "environment(NAME = \"value\")",
                meaning: "More environment variables for the container. Quote a name that is no Rust identifier: `\"other.name\" = \"value\"`.",
                type_words: "names and strings",
            }
            endpoint: Text(|_, address| problems(value::endpoint(address))) {
                scope: Scope::Test,
                backends: Backends::External,
                default: DefaultValue::none("none"),
                example: "endpoint = \"http://localhost:9000\"",
                meaning: "The address of a server that is already running.",
                type_words: "string: `http://` or `https://`, a host, and optionally a port",
            }
            fixtures: Fixtures {
                scope: Scope::Bucket,
                backends: Backends::Every,
                default: DefaultValue::none("none"),
                example: "fixtures(\"tests/data\", \"extra\" => \"prefix/\")",
                meaning: "Files that are in the bucket when the test begins.",
                type_words: "list of paths, each with an optional prefix",
            }
            versioning: Switch {
                scope: Scope::Bucket,
                backends: Backends::Every,
                default: DefaultValue::value("false"),
                example: "versioning = true",
                meaning: "Switches versioning on for the bucket.",
                type_words: "`true` or `false`",
            }
            keep: Text(|_, when| problems(choice::keep(when))) {
                scope: Scope::Bucket,
                backends: Backends::Lasting,
                default: DefaultValue::value("never"),
                example: "keep = \"on-failure\"",
                meaning: "Keeps the bucket after the test.",
                type_words: "string: `\"never\"`, `\"on-failure\"` or `\"always\"`",
            }
            unfinished_uploads: Text(|_, meaning| problems(choice::unfinished_uploads(meaning))) {
                scope: Scope::Bucket,
                backends: Backends::Every,
                default: DefaultValue::value("report"),
                example: "unfinished_uploads = \"fail\"",
                meaning: "Multipart uploads that are neither completed nor aborted at the end: `report` shows them if the test fails, and `fail` also makes a test fail that would succeed.",
                type_words: "string: `\"report\"` or `\"fail\"`",
            }
            requests: Switch {
                scope: Scope::Test,
                backends: Backends::Every,
                default: DefaultValue::value("false"),
                example: "requests = true",
                meaning: "Notes the test's requests without a parameter `Requests`, so that the report of a failing test shows the last ones.",
                type_words: "`true` or `false`",
            }
            dump: Text(|row, text| problems(value::text(row, text))) {
                scope: Scope::Test,
                backends: Backends::Every,
                default: DefaultValue::none("no dump"),
                example: "dump = \"target/s3-test\"",
                meaning: "The folder into which a failing test writes the contents of its buckets and its requests, relative to the workspace.",
                type_words: "string: a path",
            }
            dump_limit: Text(|row, text| problems(value::size(row, text))) {
                scope: Scope::Test,
                backends: Backends::Every,
                default: DefaultValue::value("64MiB"),
                example: "dump_limit = \"64MiB\"",
                meaning: "The size of the objects that `dump` writes for each bucket.",
                type_words: "string: a number with `B`, `KB`, `MB`, `KiB`, `MiB` or `GiB`",
            }
            shared: Switch {
                scope: Scope::Bucket,
                backends: Backends::Every,
                default: DefaultValue::value("false"),
                example: "shared",
                meaning: "Shares the files of `fixtures` with all tests that read them, so that they are uploaded once.",
                type_words: "nothing, or `true` or `false`",
            }
            startup_timeout: Duration {
                scope: Scope::Test,
                backends: Backends::Startup,
                default: DefaultValue::described("60s", "60 seconds"),
                example: "startup_timeout = \"60s\"",
                meaning: "The limit for the server to answer after its start.",
                type_words: "string: a [duration](https://docs.rs/humantime/latest/humantime/fn.parse_duration.html)",
            }
            idle_timeout: Duration {
                scope: Scope::Test,
                backends: Backends::Container,
                default: DefaultValue::described("10s", "10 seconds"),
                example: "idle_timeout = \"10s\"",
                meaning: "The time that the container stays after the last test process that used it.",
                type_words: "string: a [duration](https://docs.rs/humantime/latest/humantime/fn.parse_duration.html)",
            }
            timeout: Duration {
                scope: Scope::Body,
                backends: Backends::Every,
                default: DefaultValue::none("no limit"),
                example: "timeout = \"30s\"",
                meaning: "The limit for the test's body.",
                type_words: "string: a [duration](https://docs.rs/humantime/latest/humantime/fn.parse_duration.html)",
            }
            flavor: Text(|_, name| problems(choice::flavor(name))) {
                scope: Scope::Body,
                backends: Backends::Every,
                default: DefaultValue::value("current_thread"),
                example: "flavor = \"multi_thread\"",
                meaning: "The tokio runtime of an `async` test, as in `#[tokio::test]`.",
                type_words: "string: `\"current_thread\"` or `\"multi_thread\"`",
            }
            worker_threads: Count {
                scope: Scope::Body,
                backends: Backends::Every,
                default: DefaultValue::none("one for each CPU"),
                example: "worker_threads = 4",
                meaning: "The number of threads of that runtime. It needs `flavor = \"multi_thread\"`.",
                type_words: "number: at least 1",
            }
            start_paused: Switch {
                scope: Scope::Body,
                backends: Backends::Every,
                default: DefaultValue::value("false"),
                example: "start_paused = true",
                meaning: "Starts that runtime with a paused clock, as in `#[tokio::test]`. It needs the flavor `\"current_thread\"`.",
                type_words: "`true` or `false`",
            }
        }
    };
}

macro_rules! table {
    ($($name:ident: $kind:ident $(($rule:expr))? { $($columns:tt)* })*) => {
        /// The rows of the options that the runtime knows, by name.
        #[derive(Debug)]
        pub struct Table {
            $(#[allow(missing_docs)] pub $name: Row,)*
        }

        /// The rows of the options that the runtime knows, by name. It is no constant: each mention of one copies all rows,
        /// and a test mentions it a hundred times.
        pub static TABLE: Table = ROWS;

        const ROWS: Table = Table {
            $($name: Row {
                name: stringify!($name),
                kind: Kind::$kind $(($rule))?,
                $($columns)*
            },)*
        };

        /// All options, in the order of the documentation.
        pub const OPTIONS: &[Row] = &[$(ROWS.$name,)* SETUP, EXPECT, FAULTS, MATRIX, CRATE];
    };
}

for_each_option!(table);

/// An option that only the expansion uses, since no other source can name a function.
const SETUP: Row = Row {
    name: "setup",
    kind: Kind::Function,
    scope: Scope::Body,
    backends: Backends::Every,
    default: DefaultValue::none("none"),
    example: "setup = path::to::function",
    meaning: "An `async` function that runs before the body. It takes up to three parameters, as a test does.",
    type_words: "the path of a function",
};

/// Expectations about requests, which belong to one test.
const EXPECT: Row = Row {
    name: "expect",
    kind: Kind::Texts(|_, text| problems(expectation::expectation(text))),
    scope: Scope::Test,
    backends: Backends::Every,
    default: DefaultValue::none("none"),
    example: "expect(\"ListObjectsV2 <= 3\", \"PutObject == 1\")",
    meaning: "Numbers of requests, checked at the end of the test.",
    type_words: "list of strings: an operation, `<=`, `==` or `>=`, a number",
};

/// Faults in the test's requests, which belong to one test.
const FAULTS: Row = Row {
    name: "faults",
    kind: Kind::Texts(|_, text| problems(fault::fault(text))),
    scope: Scope::Test,
    backends: Backends::Every,
    default: DefaultValue::none("none"),
    example: "faults(\"PutObject: SlowDown x2\")",
    meaning: "Requests that go wrong. A fault that never happens fails the test.",
    type_words: "list of strings: see [the grammar](#faults-and-expectations)",
};

/// The servers that a test runs on, one after the other.
const MATRIX: Row = Row {
    name: "matrix",
    kind: Kind::Matrix,
    scope: Scope::Test,
    backends: Backends::Every,
    default: DefaultValue::none("one test"),
    example: "matrix(rustfs(backend = \"container\"), embedded(backend = \"embedded\"))",
    meaning: "Makes a module of the function's name with one test for each entry, whose options override those outside.",
    type_words: "list of names, each with options",
};

/// The path of the runtime, which only the expansion uses.
const CRATE: Row = Row {
    name: "crate",
    kind: Kind::Path,
    scope: Scope::Test,
    backends: Backends::Every,
    default: DefaultValue::none("`::s3_test`"),
    example: "crate = my_crate::s3_test",
    meaning: "The path of the crate `s3-test`, if it was renamed or another crate re-exports it.",
    type_words: "a path, in quotes or not",
};

/// Names from other tools, with the option of the same meaning.
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

/// The sentence for a shared data set without files.
pub const NOTHING_SHARED: &str = "`shared` shares the files of `fixtures`: write `fixtures(\"tests/data\")` beside it, or remove `shared`";

/// The options that describe a bucket of one test, which a shared data set is not.
pub const NOT_SHARED: [&str; 4] = ["bucket", "bucket_prefix", "versioning", "keep"];

/// Returns the sentence for an option of [`NOT_SHARED`] beside `shared`.
#[must_use]
pub fn beside_shared(option: &str) -> String {
    format!(
        "`{option}` is for the bucket of one test, and `shared` for files that all tests read: remove one of the two"
    )
}

/// The sentence for a bucket that has both a name and a prefix.
pub const NAMED_TWICE: &str = "`bucket` is the whole name of a bucket and `bucket_prefix` the beginning of a unique one: keep \
                               one of the two";

/// Returns the option of this name.
#[must_use]
pub fn row(name: &str) -> Option<&'static Row> {
    OPTIONS.iter().find(|row| row.name == name)
}

/// Returns the names of the options that an attribute accepts.
#[must_use]
pub fn names(scope: Scope) -> Vec<&'static str> {
    let accepted = OPTIONS
        .iter()
        .filter(|row| scope == Scope::Test || row.scope == scope);
    accepted.map(|row| row.name).collect()
}

/// Returns the sentence for an option that has no effect on the requested backend.
#[must_use]
pub fn misplaced(option: &str, backend: Backend) -> Option<String> {
    row(option)?.backends.problem(option, backend)
}

/// Returns the table of the documentation in Markdown.
#[must_use]
pub fn markdown() -> String {
    let head = "| Option | Meaning | Type | Inline | Variable | Key | Default |\n\
                | --- | --- | --- | --- | --- | --- | --- |\n";
    OPTIONS
        .iter()
        .fold(head.to_owned(), |table, row| table + &row.markdown())
}

/// Returns the known name that is most similar to a mistyped one.
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

/// The mistake as a list.
fn problems<T>(checked: Result<T, String>) -> Vec<String> {
    checked.err().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_suggested_and_a_far_one_is_not() {
        let names = names(Scope::Test);
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
    fn every_default_follows_the_rule_of_its_option() {
        for row in OPTIONS {
            let Some(default) = row.default.value else {
                continue;
            };
            let number = default.parse::<u64>();
            let valid = match row.kind {
                Kind::Text(rule) => rule(row, default).is_empty(),
                Kind::Duration => value::duration(row, default).is_ok(),
                Kind::Port => number.is_ok_and(|number| value::port(row.name, number).is_ok()),
                Kind::Count => number.is_ok_and(|number| value::count(row.name, number).is_ok()),
                Kind::Switch => default.parse::<bool>().is_ok(),
                Kind::Command
                | Kind::Environment
                | Kind::Fixtures
                | Kind::Texts(_)
                | Kind::Matrix
                | Kind::Path
                | Kind::Function => false,
            };
            assert!(valid, "{row:?}");
        }
    }

    #[test]
    fn every_variable_is_named_after_its_option() {
        for row in OPTIONS {
            let expected = format!("S3_TEST_{}", row.name.to_uppercase());
            assert!(row.variable().is_none_or(|variable| variable == expected));
            assert!(row.example.starts_with(row.name), "{row:?}");
        }
    }
}
