//! Every option from every source, the order between the sources, and what is wrong with a value of each.

use std::fs;

use super::*;

/// What a test of a package is given, with these options, these variables, and this text in its `s3-test.toml`.
fn resolve_with(
    options: Options,
    buckets: Vec<Options>,
    variables: &[(&str, &str)],
    file: &str,
) -> Result<Settings, Arc<Error>> {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("s3-test.toml"), file).expect("a file");
    let asked = Asked {
        package: folder.path().to_owned(),
        options,
        main_bucket: true,
        buckets,
    };
    Settings::resolve(asked, |name| {
        let variable = variables.iter().find(|(known, _)| *known == name);
        variable.map(|(_, value)| (*value).to_owned())
    })
}

fn resolve(options: Options, variables: &[(&str, &str)], file: &str) -> Result<Settings, String> {
    resolve_with(options, Vec::new(), variables, file).map_err(|error| error.to_string())
}

/// One option: how each source sets it, and how its final value is shown.
struct Row {
    option: &'static str,
    inline: fn(Options) -> Options,
    variable: &'static str,
    file: &'static str,
    shown: fn(&Settings) -> String,
    /// From the attribute, the variable, the file, and from nowhere.
    values: [&'static str; 4],
}

fn name(settings: &Settings) -> String {
    format!("{:?}", settings.buckets[0].name)
}

/// The table of the documentation, line by line. `crate` is not in it: it is settled when the test is compiled.
const ROWS: [Row; 21] = [
    Row {
        option: "bucket",
        inline: |options| options.bucket("inline"),
        variable: "variable",
        file: "'file'",
        shown: name,
        values: [
            "Exactly(\"inline\")",
            "Exactly(\"variable\")",
            "Exactly(\"file\")",
            "Fresh(\"test-bucket\")",
        ],
    },
    Row {
        option: "bucket_prefix",
        inline: |options| options.bucket_prefix("inline"),
        variable: "variable",
        file: "'file'",
        shown: name,
        values: [
            "Fresh(\"inline\")",
            "Fresh(\"variable\")",
            "Fresh(\"file\")",
            "Fresh(\"test-bucket\")",
        ],
    },
    Row {
        option: "backend",
        inline: |options| options.backend("embedded"),
        variable: "external",
        file: "'container'",
        shown: |settings| format!("{:?}", settings.backend),
        values: ["Embedded", "External", "Container", "Auto"],
    },
    Row {
        option: "image",
        inline: |options| options.image("inline"),
        variable: "variable",
        file: "'file'",
        shown: |settings| settings.server.image.clone(),
        values: ["inline", "variable", "file", "rustfs/rustfs:latest"],
    },
    Row {
        option: "port",
        inline: |options| options.port(1),
        variable: "2",
        file: "3",
        shown: |settings| settings.server.port.to_string(),
        values: ["1", "2", "3", "9000"],
    },
    Row {
        option: "console_port",
        inline: |options| options.console_port(1),
        variable: "2",
        file: "3",
        shown: |settings| settings.server.console_port.to_string(),
        values: ["1", "2", "3", "9001"],
    },
    Row {
        option: "command",
        inline: |options| options.command(&["in", "line"]),
        variable: "[\"vari\", 'able']",
        file: "[\"file\"]",
        shown: |settings| settings.server.command.join(" "),
        values: ["in line", "vari able", "file", ""],
    },
    Row {
        option: "access_key",
        inline: |options| options.access_key("inline"),
        variable: "variable",
        file: "'file'",
        shown: |settings| settings.server.access_key.clone(),
        values: ["inline", "variable", "file", "rustfsadmin"],
    },
    Row {
        option: "secret_key",
        inline: |options| options.secret_key("inline"),
        variable: "variable",
        file: "'file'",
        shown: |settings| settings.server.secret_key.clone(),
        values: ["inline", "variable", "file", "rustfsadmin"],
    },
    Row {
        option: "region",
        inline: |options| options.region("inline"),
        variable: "variable",
        file: "'file'",
        shown: |settings| settings.server.region.clone(),
        values: ["inline", "variable", "file", "us-east-1"],
    },
    Row {
        option: "environment",
        inline: |options| options.environment(&[("NAME", "inline")]),
        variable: "{ NAME = 'variable' }",
        file: "{ NAME = 'file' }",
        shown: |settings| format!("{:?}", settings.server.environment.get("NAME")),
        values: [
            "Some(\"inline\")",
            "Some(\"variable\")",
            "Some(\"file\")",
            "None",
        ],
    },
    Row {
        option: "endpoint",
        inline: |options| options.endpoint("http://inline"),
        variable: "http://variable/",
        file: "'http://file:80'",
        shown: |settings| format!("{:?}", settings.server.endpoint),
        values: [
            "Some(\"http://inline\")",
            "Some(\"http://variable\")",
            "Some(\"http://file:80\")",
            "None",
        ],
    },
    Row {
        option: "fixtures",
        inline: |options| options.fixtures(&[("inline", Some("prefix/"))]),
        variable: "['variable']",
        file: "['file', { path = 'other', prefix = 'x' }]",
        shown: |settings| {
            let fixtures = &settings.buckets[0].fixtures;
            let shown = fixtures
                .iter()
                .map(|fixture| format!("{} {:?}", fixture.path, fixture.prefix));
            shown.collect::<Vec<_>>().join(", ")
        },
        values: [
            "inline Some(\"prefix/\")",
            "variable None",
            "file None, other Some(\"x\")",
            "",
        ],
    },
    Row {
        option: "versioning",
        inline: |options| options.versioning(true),
        variable: "1",
        file: "true",
        shown: |settings| settings.buckets[0].versioning.to_string(),
        values: ["true", "true", "true", "false"],
    },
    Row {
        option: "keep",
        inline: |options| options.keep("on-failure"),
        variable: "always",
        file: "'never'",
        shown: |settings| format!("{:?}", settings.buckets[0].keep),
        values: ["OnFailure", "Always", "Never", "Never"],
    },
    Row {
        option: "startup_timeout",
        inline: |options| options.startup_timeout("1s"),
        variable: "2s",
        file: "'3s'",
        shown: |settings| format!("{:?}", settings.server.startup_timeout),
        values: ["1s", "2s", "3s", "60s"],
    },
    Row {
        option: "idle_timeout",
        inline: |options| options.idle_timeout("1s"),
        variable: "2s",
        file: "'3s'",
        shown: |settings| format!("{:?}", settings.server.idle_timeout),
        values: ["1s", "2s", "3s", "10s"],
    },
    Row {
        option: "timeout",
        inline: |options| options.timeout("1s"),
        variable: "2s",
        file: "'3s'",
        shown: |settings| format!("{:?}", settings.timeout),
        values: ["Some(1s)", "Some(2s)", "Some(3s)", "None"],
    },
    Row {
        option: "flavor",
        inline: |options| options.flavor("current_thread"),
        variable: "multi_thread",
        file: "'multi_thread'",
        shown: |settings| match settings.runtime {
            RuntimeSettings::CurrentThread { .. } => "current".to_owned(),
            RuntimeSettings::MultiThread { .. } => "multi".to_owned(),
        },
        values: ["current", "multi", "multi", "current"],
    },
    Row {
        option: "worker_threads",
        inline: |options| options.flavor("multi_thread").worker_threads(1),
        variable: "2",
        file: "3\nflavor = 'multi_thread'",
        shown: |settings| match settings.runtime {
            RuntimeSettings::MultiThread { worker_threads } => format!("{worker_threads:?}"),
            RuntimeSettings::CurrentThread { .. } => "none".to_owned(),
        },
        values: ["Some(1)", "Some(2)", "Some(3)", "none"],
    },
    Row {
        option: "start_paused",
        inline: |options| options.start_paused(false),
        variable: "true",
        file: "false",
        shown: |settings| match settings.runtime {
            RuntimeSettings::CurrentThread { start_paused } => start_paused.to_string(),
            RuntimeSettings::MultiThread { .. } => "none".to_owned(),
        },
        values: ["false", "true", "false", "false"],
    },
];

#[test]
fn every_option_has_every_source_and_the_most_specific_wins() {
    let tested: Vec<&str> = ROWS.iter().map(|row| row.option).collect();
    let all: Vec<&str> = rules::OPTIONS.iter().map(|row| row.name).collect();
    assert_eq!(tested, all[..all.len() - 1], "and `crate`");
    assert_eq!(tested, Layer::NAMES);
    for row in ROWS {
        let variable = format!("S3_TEST_{}", row.option.to_uppercase());
        let variables = [(variable.as_str(), row.variable)];
        let file = format!("{} = {}", row.option, row.file);
        let [inline, from_variable, from_file, default] = row.values;
        let shown = |options: Options, variables: &[(&str, &str)], file: &str| {
            let settings = resolve(options, variables, file);
            (row.shown)(&settings.unwrap_or_else(|error| panic!("{}: {error}", row.option)))
        };
        let attribute = || (row.inline)(Options::new());
        let none: [(&str, &str); 0] = [];
        // Each by itself.
        assert_eq!(shown(attribute(), &none, ""), inline, "{}", row.option);
        assert_eq!(
            shown(Options::new(), &none, &file),
            from_file,
            "{}",
            row.option
        );
        assert_eq!(shown(Options::new(), &none, ""), default, "{}", row.option);
        // Each before the next.
        assert_eq!(
            shown(Options::new(), &variables, &file),
            from_variable,
            "{}",
            row.option
        );
        assert_eq!(
            shown(attribute(), &variables, &file),
            inline,
            "{}",
            row.option
        );
        assert_eq!(shown(attribute(), &none, &file), inline, "{}", row.option);
        // An empty variable is one that is not set.
        let empty = [(variable.as_str(), "")];
        assert_eq!(
            shown(Options::new(), &empty, &file),
            from_file,
            "{}",
            row.option
        );
        if row.option != "worker_threads" {
            assert_eq!(
                shown(Options::new(), &variables, ""),
                from_variable,
                "{}",
                row.option
            );
        }
    }
}

#[test]
fn a_wrong_value_is_told_with_its_place_whatever_the_place() {
    for (option, value, words) in [
        (
            "bucket",
            "My_Bucket",
            "a bucket name has no uppercase letters: write \"my-bucket\"",
        ),
        (
            "bucket_prefix",
            "a..b",
            "a bucket name has no two dots in a row",
        ),
        (
            "backend",
            "minio",
            "there is no backend \"minio\": the backends are \"auto\"",
        ),
        (
            "image",
            " ",
            "`image` is empty: write a value, or leave the option out for rustfs/rustfs:latest",
        ),
        ("access_key", " ", "`access_key` is empty"),
        ("secret_key", " ", "`secret_key` is empty"),
        ("region", " ", "`region` is empty"),
        (
            "endpoint",
            "localhost:9000",
            "an endpoint begins with \"http://\" or \"https://\"",
        ),
        ("keep", "yes", "a bucket cannot be kept \"yes\""),
        ("startup_timeout", "-1s", "\"-1s\" is not a duration"),
        ("idle_timeout", "soon", "\"soon\" is not a duration"),
        (
            "timeout",
            "0s",
            "`timeout` is a duration above zero: leave the option out for no limit",
        ),
        (
            "flavor",
            "basic_scheduler",
            "the flavor with a single thread is called \"current_thread\"",
        ),
    ] {
        let variable = format!("S3_TEST_{}", option.to_uppercase());
        let by_variable = resolve(Options::new(), &[(&variable, value)], "").expect_err(option);
        let expected = format!("the variable {variable} is `{value}`: {words}");
        assert!(by_variable.starts_with(&expected), "{by_variable}");

        let by_file =
            resolve(Options::new(), &[], &format!("\n{option} = '{value}'")).expect_err(option);
        let expected = format!("s3-test.toml:2: the key `{option}` is `{value}`: {words}");
        assert!(by_file.contains(&expected), "{by_file}");
    }
    let by_attribute = resolve(Options::new().bucket("No"), &[], "").expect_err("a bad name");
    assert!(
        by_attribute
            .starts_with("the option `bucket` is `No`: a bucket name has no uppercase letters"),
        "{by_attribute}"
    );
}

#[test]
fn a_wrong_number_list_or_table_is_told_with_its_place() {
    for (option, value, words) in [
        (
            "port",
            "0",
            "`port` is the port that the server in the container listens on, from 1 to 65535, not 0",
        ),
        ("port", "many", "it is a whole number, without quotes"),
        ("console_port", "65536", "from 1 to 65535, not 65536"),
        ("worker_threads", "0", "`worker_threads` is at least 1"),
        (
            "fixtures",
            "[{ path = 'a', prefix = '/a' }]",
            "the prefix of a fixture does not begin with a slash: remove it",
        ),
        ("versioning", "yes", "it is either `true` or `false`"),
        ("start_paused", "2", "it is either `true` or `false`"),
        ("command", "server", ""),
        ("environment", "NAME=value", ""),
        (
            "environment",
            "{ RUSTFS_ACCESS_KEY = 'x' }",
            "`RUSTFS_ACCESS_KEY` follows from an option: write `access_key = ",
        ),
        ("fixtures", "[1]", "a fixture is a path, or a table such as"),
    ] {
        let variable = format!("S3_TEST_{}", option.to_uppercase());
        let message = resolve(Options::new(), &[(&variable, value)], "").expect_err(option);
        let expected = format!("the variable {variable} is `");
        assert!(
            message.starts_with(&expected) && message.contains(words),
            "{message}"
        );
    }
}

#[test]
fn of_two_answers_to_one_question_the_more_specific_source_counts() {
    let prefix = || Options::new().bucket_prefix("inline");
    let settings = resolve(prefix(), &[("S3_TEST_BUCKET", "variable")], "").expect("valid");
    assert_eq!(name(&settings), "Fresh(\"inline\")");
    let settings = resolve(
        Options::new().bucket("inline"),
        &[("S3_TEST_BUCKET_PREFIX", "v")],
        "",
    )
    .expect("valid");
    assert_eq!(name(&settings), "Exactly(\"inline\")");

    let endpoint = || Options::new().endpoint("http://inline");
    let settings = resolve(endpoint(), &[("S3_TEST_BACKEND", "embedded")], "").expect("valid");
    assert_eq!(settings.backend, Choice::External);
    let variables = [("S3_TEST_ENDPOINT", "http://variable")];
    let settings = resolve(Options::new(), &variables, "backend = 'container'").expect("valid");
    assert_eq!(settings.backend, Choice::External);
    let settings = resolve(Options::new().backend("container"), &variables, "").expect("valid");
    assert_eq!(settings.backend, Choice::Container);
    let file = "endpoint = 'http://file'";
    let settings = resolve(Options::new(), &[], file).expect("valid");
    assert_eq!(settings.backend, Choice::External);
    let settings =
        resolve(Options::new(), &[("S3_TEST_BACKEND", "embedded")], file).expect("valid");
    assert_eq!(settings.backend, Choice::Embedded);
}

#[test]
fn variables_for_the_server_add_up_by_name() {
    let options = Options::new().environment(&[("A", "inline"), ("B", "inline")]);
    let variables = [("S3_TEST_ENVIRONMENT", "{ B = 'variable', C = 'variable' }")];
    let settings = resolve(
        options,
        &variables,
        "environment = { C = 'file', D = 'file' }",
    )
    .expect("valid");
    let all: Vec<String> = settings
        .server
        .environment
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(all, ["A=inline", "B=inline", "C=variable", "D=file"]);
}

#[test]
fn a_bucket_of_a_parameter_takes_over_what_is_meant_for_all() {
    let test = Options::new()
        .bucket("main")
        .keep("always")
        .versioning(true)
        .fixtures(&[("data", None)]);
    let own = vec![
        Options::new().bucket("archive").keep("never"),
        Options::new().fixtures(&[("extra", None)]),
    ];
    let variables = [
        ("S3_TEST_BUCKET_PREFIX", "variable"),
        ("S3_TEST_BUCKET", "nobodys"),
    ];
    let settings = resolve_with(test, own, &variables, "").expect("valid");
    let [main, archive, fresh] = &settings.buckets[..] else {
        panic!("three buckets: {:?}", settings.buckets);
    };
    assert_eq!(main.name, BucketName::Exactly("main".to_owned()));
    assert!(main.versioning && main.fixtures.len() == 1);
    assert_eq!(archive.name, BucketName::Exactly("archive".to_owned()));
    assert_eq!(
        (archive.keep, archive.versioning, archive.fixtures.len()),
        (Keep::Never, false, 0)
    );
    assert_eq!(fresh.name, BucketName::Fresh("variable".to_owned()));
    assert_eq!((fresh.keep, fresh.fixtures.len()), (Keep::Always, 1));
}

#[test]
fn two_buckets_of_one_name_and_options_beside_the_wrong_backend_are_refused() {
    let test = Options::new().bucket("same");
    let error =
        resolve_with(test, vec![Options::new().bucket("same")], &[], "").expect_err("twice");
    assert!(
        error
            .to_string()
            .contains("another bucket of the test has this name"),
        "{error}"
    );

    for (options, words) in [
        (
            Options::new().backend("embedded").image("x"),
            "`image` is for a container",
        ),
        (
            Options::new().backend("external").port(1),
            "`port` is for a container",
        ),
        (
            Options::new().endpoint("http://x").command(&["x"]),
            "the option `endpoint` is `http://x`: `command` is for a container",
        ),
        (
            Options::new().backend("auto").endpoint("http://x"),
            "`endpoint` is a server that is already running",
        ),
        (
            Options::new().backend("embedded").keep("always"),
            "`keep` has no bucket to keep",
        ),
    ] {
        let error = resolve(options, &[], "").expect_err(words);
        assert!(error.contains(words), "{error}");
    }
    let fine = Options::new().backend("embedded").keep("never");
    assert!(resolve(fine, &[("S3_TEST_IMAGE", "x")], "port = 1").is_ok());
}

#[test]
fn a_clock_that_stands_still_needs_one_thread() {
    let error = resolve(
        Options::new().start_paused(true),
        &[("S3_TEST_FLAVOR", "multi_thread")],
        "",
    );
    let error = error.expect_err("two threads");
    assert!(
        error.starts_with("the option `start_paused` is `true`: only the clock"),
        "{error}"
    );
}

#[test]
fn testcontainers_keep_is_longer_than_any_idle_timeout() {
    let inline = Options::new().idle_timeout("3s");
    let settings = resolve(inline, &[("TESTCONTAINERS_COMMAND", "keep")], "").expect("valid");
    assert_eq!(settings.server.idle_timeout, FOR_EVER);
}
