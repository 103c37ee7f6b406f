//! Every option from every source, and the order of the sources.

use s3_test_options as rules;

use super::*;

/// One option: a value from each source, and the code that shows the setting.
struct Case {
    option: &'static str,
    inline: fn(Options) -> Options,
    variable: &'static str,
    file: &'static str,
    shown: fn(&Settings) -> String,
    /// From the attribute, the variable, the file, and from nowhere.
    values: [&'static str; 4],
}

/// One case for each row of the table. `setup` and `crate` have none, since only the expansion uses them.
const ROWS: &[Case] = &[
    Case {
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
    Case {
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
    Case {
        option: "backend",
        inline: |options| options.backend("embedded"),
        variable: "external",
        file: "'container'",
        shown: |settings| format!("{:?}", settings.backend),
        values: ["Embedded", "External", "Container", "Auto"],
    },
    Case {
        option: "image",
        inline: |options| options.image("inline"),
        variable: "variable",
        file: "'file'",
        shown: |settings| settings.server.image.clone(),
        values: ["inline", "variable", "file", "rustfs/rustfs:1.0.1"],
    },
    Case {
        option: "port",
        inline: |options| options.port(1),
        variable: "2",
        file: "3",
        shown: |settings| settings.server.port.to_string(),
        values: ["1", "2", "3", "9000"],
    },
    Case {
        option: "console_port",
        inline: |options| options.console_port(1),
        variable: "2",
        file: "3",
        shown: |settings| settings.server.console_port.to_string(),
        values: ["1", "2", "3", "9001"],
    },
    Case {
        option: "command",
        inline: |options| options.command(&["in", "line"]),
        variable: "[\"vari\", 'able']",
        file: "[\"file\"]",
        shown: |settings| settings.server.command.join(" "),
        values: ["in line", "vari able", "file", ""],
    },
    Case {
        option: "access_key",
        inline: |options| options.access_key("inline"),
        variable: "variable",
        file: "'file'",
        shown: |settings| settings.server.access_key.clone(),
        values: ["inline", "variable", "file", "rustfsadmin"],
    },
    Case {
        option: "secret_key",
        inline: |options| options.secret_key("inline"),
        variable: "variable",
        file: "'file'",
        shown: |settings| settings.server.secret_key.clone(),
        values: ["inline", "variable", "file", "rustfsadmin"],
    },
    Case {
        option: "region",
        inline: |options| options.region("inline"),
        variable: "variable",
        file: "'file'",
        shown: |settings| settings.server.region.clone(),
        values: ["inline", "variable", "file", "us-east-1"],
    },
    Case {
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
    Case {
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
    Case {
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
    Case {
        option: "versioning",
        inline: |options| options.versioning(true),
        variable: "1",
        file: "true",
        shown: |settings| settings.buckets[0].versioning.to_string(),
        values: ["true", "true", "true", "false"],
    },
    Case {
        option: "keep",
        inline: |options| options.keep("on-failure"),
        variable: "always",
        file: "'never'",
        shown: |settings| format!("{:?}", settings.buckets[0].keep),
        values: ["OnFailure", "Always", "Never", "Never"],
    },
    Case {
        option: "unfinished_uploads",
        inline: |options| options.unfinished_uploads("fail"),
        variable: "report",
        file: "'fail'",
        shown: |settings| format!("{:?}", settings.buckets[0].unfinished_uploads),
        values: ["Fail", "Report", "Fail", "Report"],
    },
    Case {
        option: "requests",
        inline: |options| options.requests(true),
        variable: "1",
        file: "true",
        shown: |settings| settings.requests.to_string(),
        values: ["true", "true", "true", "false"],
    },
    Case {
        option: "dump",
        inline: |options| options.dump("inline"),
        variable: "variable",
        file: "'file'",
        shown: |settings| format!("{:?}", settings.dump),
        values: [
            "Some(\"inline\")",
            "Some(\"variable\")",
            "Some(\"file\")",
            "None",
        ],
    },
    Case {
        option: "dump_limit",
        inline: |options| options.dump_limit("1KiB"),
        variable: "2 MiB",
        file: "'3B'",
        shown: |settings| settings.dump_limit.to_string(),
        values: ["1024", "2097152", "3", "67108864"],
    },
    Case {
        option: "startup_timeout",
        inline: |options| options.startup_timeout("1s".into()),
        variable: "2s",
        file: "'3s'",
        shown: |settings| format!("{:?}", settings.server.startup_timeout),
        values: ["1s", "2s", "3s", "60s"],
    },
    Case {
        option: "idle_timeout",
        inline: |options| options.idle_timeout("1s".into()),
        variable: "2s",
        file: "'3s'",
        shown: |settings| format!("{:?}", settings.server.idle_timeout),
        values: ["1s", "2s", "3s", "10s"],
    },
    Case {
        option: "timeout",
        inline: |options| options.timeout("1s".into()),
        variable: "2s",
        file: "'3s'",
        shown: |settings| format!("{:?}", settings.timeout),
        values: ["Some(1s)", "Some(2s)", "Some(3s)", "None"],
    },
    Case {
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
    Case {
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
    Case {
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
    // Options without a variable are inside the attribute only, and `shared` needs `fixtures` beside it.
    let has_sources = |row: &&rules::Row| row.variable().is_some() && row.name != "shared";
    let all = rules::OPTIONS.iter().filter(has_sources);
    assert_eq!(tested, all.map(|row| row.name).collect::<Vec<_>>());
    let all = Layer::NAMES.iter().copied().filter(|it| *it != "shared");
    assert_eq!(tested, all.collect::<Vec<_>>());
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
