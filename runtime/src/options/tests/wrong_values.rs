//! The message and the place of an invalid value.

use super::*;

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
            "`image` is empty: write a value, or leave the option out for rustfs/rustfs:1.0.1",
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
        (
            "unfinished_uploads",
            "ignore",
            "unfinished uploads cannot \"ignore\": write \"report\" or \"fail\"",
        ),
        ("dump", " ", "`dump` is empty"),
        (
            "dump_limit",
            "64 megabytes",
            "\"64 megabytes\" is not a size",
        ),
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
        ("requests", "yes", "it is either `true` or `false`"),
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
