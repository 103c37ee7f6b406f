//! Dumps of failing tests.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use s3_test_suite::{Finished, Sandbox, Subject, on_both_servers};
use serde_json::Value;

on_both_servers! {
    a_dump_has_everything
    every_attempt_has_its_own
}

fn run(sandbox: &Sandbox, folder: &Path, attempt: Option<&str>, name: &str) -> Finished {
    let mut command = sandbox.command(&Subject::build("reports"));
    command.args(["--exact", name]).env("S3_TEST_DUMP", folder);
    command.env_remove("NEXTEST_ATTEMPT");
    command.envs(attempt.map(|attempt| ("NEXTEST_ATTEMPT", attempt)));
    let finished: Finished = command.output().expect("the subject runs").into();
    finished.failed_with("1 failed")
}

fn read(path: PathBuf) -> String {
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns all files below a folder, relative, with their contents.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path
                .strip_prefix(folder)
                .expect("inside")
                .display()
                .to_string();
            files.insert(name, fs::read(&path).expect("a file"));
        }
    }
    files
}

fn a_dump_has_everything(sandbox: Sandbox) {
    let all = tempfile::tempdir().expect("a folder");
    let finished = run(&sandbox, all.path(), None, "dumps");
    let folder = all.path().join("subject_reports.dumps/attempt-1");
    let row = format!("  dump      {}/index.html\n", folder.display());
    let cut = "            report-dumped: the content of 1 object was not written: it is beyond the limit of 1.0 KiB for a \
               bucket (option `dump_limit`)\n";
    assert!(
        finished.stdout.contains(&format!("{row}{cut}")),
        "{}",
        finished.stdout
    );

    let files = files(&folder);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            ".s3-test-dump",
            "buckets/report-dumped/%odd/1",
            "buckets/report-dumped/%odd/2",
            "buckets/report-dumped/Notes/1",
            "buckets/report-dumped/question%3Fmark",
            "buckets/report-other/of%20the%20other",
            "index.html",
            "manifest.json",
            "requests.har",
            "requests.jsonl",
        ]
    );
    assert_eq!(files["buckets/report-dumped/%odd/2"], b"hello <again>");

    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).expect("JSON");
    assert_eq!(manifest["test"], "subject_reports::dumps");
    assert_eq!(manifest["message"], "the message <with> \"markup\"");
    let bucket = &manifest["buckets"][0];
    assert_eq!(bucket["parameter"], "bucket, store, requests");
    let objects = bucket["objects"].as_array().expect("objects");
    let keys: Vec<&str> = objects.iter().filter_map(|it| it["key"].as_str()).collect();
    assert_eq!(
        keys,
        ["Notes/1", "large", "notes", "notes/1", "question?mark"]
    );
    assert_eq!(objects[1]["file"], Value::Null);
    assert!(
        objects[1]["not_written"]
            .as_str()
            .expect("a reason")
            .contains("beyond the limit")
    );
    assert_eq!(objects[3]["size"], 13);
    assert_eq!(objects[3]["content_type"], "text/plain");
    assert_eq!(objects[3]["metadata"]["author"], "<Ada>");
    assert_eq!(objects[3]["tags"]["stage"], "raw + new");
    assert_eq!(
        objects[3]["etag"], "c60e009970459ea6125b6c561f90e1ca",
        "of its content"
    );
    let versions = bucket["versions"].as_array().expect("versions");
    assert_eq!(versions.len(), 8, "{versions:?}");
    assert_eq!(
        versions
            .iter()
            .filter(|it| it["is_delete_marker"] == true)
            .count(),
        1
    );
    assert_eq!(bucket["unfinished_uploads"][0]["key"], "unfinished");
    assert_eq!(manifest["buckets"][1]["objects"][0]["key"], "of the other");

    let lines = String::from_utf8(files["requests.jsonl"].clone()).expect("text");
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let missing = lines
        .iter()
        .find(|it| it["key"] == "missing")
        .expect("the request");
    assert_eq!(
        (&missing["status"], &missing["error_code"]),
        (&404.into(), &"NoSuchKey".into())
    );
    let har: Value = serde_json::from_slice(&files["requests.har"]).expect("JSON");
    assert_eq!(har["log"]["version"], "1.2");
    let entries = har["log"]["entries"].as_array().expect("entries");
    assert_eq!(entries.len(), lines.len());
    for entry in entries {
        assert_har(entry);
    }

    for (name, content) in &files {
        let text = String::from_utf8_lossy(content);
        for secret in [
            "AWS4-HMAC-SHA256 C",
            "rustfsadmin/",
            "rustfsadmin%2F",
            "X-Amz-Signature=0",
            "Signature=f",
        ] {
            assert!(!text.contains(secret), "{secret} in {name}");
        }
    }
    let presigned = entries
        .iter()
        .filter_map(|it| it["request"]["url"].as_str());
    let presigned = presigned.filter(|url| url.contains("X-Amz-Signature=REDACTED"));
    assert_eq!(presigned.count(), 1);

    let page = String::from_utf8(files["index.html"].clone()).expect("text");
    assert!(page.contains("the message &lt;with&gt; &quot;markup&quot;"));
    assert!(!page.contains("<with>") && !page.contains("<script"));
    assert!(
        !page.contains("src=") && !page.contains("href=\"http"),
        "it stands alone"
    );
}

/// Sees that an entry has the fields that HAR 1.2 demands.
fn assert_har(entry: &Value) {
    let has = |value: &Value, names: &[&str]| {
        for name in names {
            assert!(!value[name].is_null(), "{name} in {entry:#}");
        }
    };
    has(
        entry,
        &[
            "startedDateTime",
            "time",
            "request",
            "response",
            "cache",
            "timings",
        ],
    );
    let request = [
        "method",
        "url",
        "httpVersion",
        "cookies",
        "headers",
        "queryString",
        "headersSize",
        "bodySize",
    ];
    has(&entry["request"], &request);
    let response = [
        "status",
        "statusText",
        "httpVersion",
        "cookies",
        "headers",
        "content",
        "redirectURL",
        "headersSize",
        "bodySize",
    ];
    has(&entry["response"], &response);
    has(&entry["response"]["content"], &["size", "mimeType"]);
    has(&entry["timings"], &["send", "wait", "receive"]);
    let timings =
        ["send", "wait", "receive"].map(|name| entry["timings"][name].as_f64().expect("a number"));
    assert!(timings.iter().all(|it| *it >= 0.0), "{entry:#}");
    let sum: f64 = timings.iter().sum();
    assert!(
        (sum - entry["time"].as_f64().expect("a number")).abs() < 0.01,
        "{entry:#}"
    );
    let authorization = entry["request"]["headers"].as_array().expect("headers");
    let authorization = authorization
        .iter()
        .find(|it| it["name"] == "authorization");
    assert!(
        authorization.is_none_or(|it| it["value"] == "REDACTED"),
        "{entry:#}"
    );
}

fn every_attempt_has_its_own(sandbox: Sandbox) {
    let all = tempfile::tempdir().expect("a folder");
    run(&sandbox, all.path(), None, "panics");
    run(&sandbox, all.path(), Some("2"), "panics");
    let test = all.path().join("subject_reports.panics");
    for attempt in ["attempt-1", "attempt-2"] {
        let manifest = read(test.join(attempt).join("manifest.json"));
        assert!(manifest.contains("\"left/behind\""), "{manifest}");
        assert!(!test.join(attempt).join("requests.har").exists());
    }
    // A dump replaces the one of the same attempt, and nothing that is no dump.
    fs::write(test.join("attempt-1/stale"), "").expect("written");
    fs::remove_file(test.join("attempt-2/.s3-test-dump")).expect("removed");
    run(&sandbox, all.path(), None, "panics");
    assert!(!test.join("attempt-1/stale").exists());
    let refused = run(&sandbox, all.path(), Some("2"), "panics");
    assert!(
        refused.stdout.contains("  dump      not written: "),
        "{}",
        refused.stdout
    );
    assert!(
        refused.stdout.contains("s3-test has not made it"),
        "{}",
        refused.stdout
    );

    // A test that passes writes nothing.
    let mut command = sandbox.command(&Subject::build("reports"));
    command
        .args(["--exact", "panics_as_expected"])
        .env("S3_TEST_DUMP", all.path());
    let passed: Finished = command.output().expect("the subject runs").into();
    passed.passed();
    assert_eq!(fs::read_dir(all.path()).expect("the folder").count(), 1);
}
