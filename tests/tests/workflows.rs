//! The workflows in `examples/ci` and in the guide about CI: they parse, a shell can run their scripts, and every command,
//! option, variable and feature that they name exists.
//!
//! Nothing here needs an engine. The scripts run with stand-ins for the programs that they call; those of `s3-test` and of
//! cargo-nextest ask the real program whether it knows the arguments.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::PermissionsExt,
    process::Command,
};

use s3_test_options::{self as rules, Kind, OPTIONS};
use s3_test_suite::{Finished, Sandbox, cargo, program, workspace};
use serde_json::Value;
use yaml_rust2::{Yaml, YamlLoader};

const GITHUB: &str = "examples/ci/github-actions.yml";
const GITLAB: &str = "examples/ci/gitlab-ci.yml";
const NEXTEST: &str = "examples/ci/nextest.toml";
const GUIDE: &str = "runtime/src/guides/ci.md";

/// A program's stand-in: it notes its name and arguments, and a listing of kept buckets has one.
const STAND_IN: &str = r#"#!/bin/sh
echo "${0##*/} $*" >>"$STAND_IN_LOG"
if [ "$*" = ls ]; then echo "kept-bucket  1 objects, 1 B, at http://127.0.0.1:9000"; fi
"#;

/// A script of a workflow, and the variables that it sees.
struct Script {
    place: String,
    text: String,
    variables: BTreeMap<String, String>,
}

fn read(path: &str) -> String {
    fs::read_to_string(workspace().join(path)).expect(path)
}

fn parse(text: &str, place: &str) -> Value {
    let documents = YamlLoader::load_from_str(text);
    let documents = documents.unwrap_or_else(|error| panic!("{place}: {error}"));
    assert_eq!(documents.len(), 1, "{place}");
    value(&documents[0], place)
}

fn value(yaml: &Yaml, place: &str) -> Value {
    match yaml {
        Yaml::Hash(map) => {
            let entries = map.iter().map(|(name, of_name)| {
                let name = name.as_str().expect("a name").to_owned();
                (name, value(of_name, place))
            });
            Value::Object(entries.collect())
        }
        Yaml::Array(list) => list.iter().map(|item| value(item, place)).collect(),
        Yaml::String(text) | Yaml::Real(text) => Value::from(text.as_str()),
        Yaml::Integer(number) => Value::from(*number),
        Yaml::Boolean(boolean) => Value::from(*boolean),
        Yaml::Null => Value::Null,
        Yaml::Alias(_) | Yaml::BadValue => panic!("{place}: {yaml:?}"),
    }
}

/// Returns the scripts of all workflows.
fn scripts() -> Vec<Script> {
    let mut scripts = github(&parse(&read(GITHUB), GITHUB));
    scripts.extend(gitlab(&parse(&read(GITLAB), GITLAB)));
    let guide = read(GUIDE);
    let blocks = guide.split("```yaml\n").skip(1);
    for block in blocks.filter_map(|rest| rest.split("```").next()) {
        let yaml = parse(block, GUIDE);
        let steps = yaml.get("steps").unwrap_or(&yaml);
        scripts.extend(steps_of(steps, GUIDE, &variables(&[&yaml["env"]])));
    }
    scripts
}

fn github(workflow: &Value) -> Vec<Script> {
    let jobs = workflow["jobs"].as_object().expect("jobs");
    let of_job = |(name, job): (&String, &Value)| {
        assert!(job["runs-on"].is_string(), "{name} runs somewhere");
        let mut variables = variables(&[&workflow["env"], &job["env"]]);
        // What an expression may name beside variables: the first value of each row of the matrix.
        for (row, values) in job["strategy"]["matrix"].as_object().into_iter().flatten() {
            variables.insert(format!("matrix.{row}"), text(&values[0]));
        }
        steps_of(&job["steps"], &format!("{GITHUB}: {name}"), &variables)
    };
    jobs.iter().flat_map(of_job).collect()
}

fn steps_of(steps: &Value, place: &str, outside: &BTreeMap<String, String>) -> Vec<Script> {
    let steps = steps.as_array().expect("steps");
    let script = |step: &Value| {
        let is_one = step["run"].is_string() != step["uses"].is_string();
        assert!(is_one, "{place}: {step} runs or uses something");
        let mut known = outside.clone();
        for (name, value) in variables(&[&step["env"]]) {
            known.insert(name, with_expressions(&value, outside));
        }
        Some(Script {
            place: place.to_owned(),
            text: with_expressions(step["run"].as_str()?, &known),
            variables: known,
        })
    };
    steps.iter().filter_map(script).collect()
}

fn gitlab(workflow: &Value) -> Vec<Script> {
    let jobs = workflow.as_object().expect("jobs");
    let script = |(name, job): (&String, &Value)| {
        let place = format!("{GITLAB}: {name}");
        assert!(job["script"].is_array(), "{place} has a script");
        let lines = ["before_script", "script", "after_script"].map(|part| &job[part]);
        let lines = lines.into_iter().flat_map(|part| part.as_array()).flatten();
        let lines = lines.map(|line| line.as_str().expect("a line"));
        let mut variables = variables(&[&job["variables"]]);
        let given = ["CI_NODE_INDEX", "CI_NODE_TOTAL", "CI_PROJECT_DIR"];
        variables.extend(given.map(|name| (name.to_owned(), "1".to_owned())));
        let project = variables["CI_PROJECT_DIR"].clone();
        for value in variables.values_mut() {
            *value = value.replace("$CI_PROJECT_DIR", &project);
        }
        Script {
            place,
            text: lines.collect::<Vec<_>>().join("\n"),
            variables,
        }
    };
    jobs.iter().map(script).collect()
}

/// Returns the variables of these maps, where a later one wins.
fn variables(maps: &[&Value]) -> BTreeMap<String, String> {
    let maps = maps.iter().filter_map(|map| map.as_object());
    maps.flatten()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}

fn text(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None => value.to_string(),
    }
}

/// Replaces expressions of GitHub's (`${{ env.NAME }}`, `${{ matrix.row }}`) by their values.
fn with_expressions(text: &str, known: &BTreeMap<String, String>) -> String {
    let mut parts = text.split("${{");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |done, part| {
        let (expression, rest) = part.split_once("}}").expect("the end of an expression");
        let name = expression.trim();
        let value = known.get(name.strip_prefix("env.").unwrap_or(name));
        let value = value.unwrap_or_else(|| panic!("nothing is called {name}"));
        format!("{done}{value}{rest}")
    })
}

/// Runs the scripts with stand-ins, and returns the calls of programs, each with the place of its script.
fn calls(sandbox: &Sandbox) -> Vec<(String, String)> {
    let folder = sandbox.path().join("programs");
    fs::create_dir(&folder).expect("a folder");
    for name in ["apt-get", "aws", "cargo", "docker", "s3-test"] {
        let file = folder.join(name);
        fs::write(&file, STAND_IN).expect("written");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("permissions");
    }
    let log = sandbox.path().join("calls");
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let mut calls = Vec::new();
    for script in scripts() {
        fs::write(&log, "").expect("written");
        let mut shell = Command::new("bash");
        shell
            .args(["-e", "-o", "pipefail", "-c", &script.text])
            .current_dir(sandbox.path())
            .env_clear()
            .envs(&script.variables)
            .env("PATH", &path)
            .env("STAND_IN_LOG", &log);
        let finished: Finished = shell.output().expect("a shell").into();
        let Finished {
            success, stderr, ..
        } = finished;
        // A program that is not there is a command that nobody has.
        assert!(success && stderr.is_empty(), "{}\n{stderr}", script.place);
        let lines = fs::read_to_string(&log).expect("the calls");
        calls.extend(
            lines
                .lines()
                .map(|call| (script.place.clone(), call.to_owned())),
        );
    }
    calls
}

/// Fails unless the program takes these arguments. It is asked for its help after them, and so does nothing.
fn assert_taken(mut program: Command, arguments: &str, place: &str) {
    let own = arguments.split(" -- ").next().unwrap_or_default();
    program.args(own.split_whitespace()).arg("--help");
    let finished: Finished = program.output().expect("the program runs").into();
    assert!(
        finished.success,
        "{place}: {arguments}\n{}",
        finished.stderr
    );
}

#[test]
fn a_shell_runs_the_scripts_and_programs_know_their_arguments() {
    let sandbox = Sandbox::embedded();
    let calls = calls(&sandbox);
    let mut seen = BTreeSet::new();
    for (place, call) in &calls {
        if let Some(arguments) = call.strip_prefix("s3-test ") {
            assert_taken(program(&sandbox), arguments, place);
            seen.insert(arguments);
        }
        if call.starts_with("cargo nextest run") {
            assert_taken(cargo(), &call["cargo ".len()..], place);
        }
    }
    let kept = "run -- aws s3 cp --recursive s3://kept-bucket kept/kept-bucket";
    for expected in [
        "status",
        "ls",
        kept,
        "up --format github --idle-timeout 10m",
    ] {
        assert!(seen.contains(expected), "{expected} is not in {calls:?}");
    }
    // The set-up script of nextest, which another test runs with its whole file.
    let nextest: toml::Table = read(NEXTEST).parse().expect("the settings of nextest");
    let command = nextest["scripts"]["setup"]["s3"]["command"].as_str();
    let arguments = command.and_then(|command| command.strip_prefix("s3-test "));
    assert_taken(program(&sandbox), arguments.expect("a command"), NEXTEST);
    // And the profile that the workflows name, with the report that they collect.
    let report = nextest["profile"]["ci"]["junit"]["path"].as_str();
    let report = format!("target/nextest/ci/{}", report.expect("a path"));
    for path in [GITHUB, GITLAB] {
        let workflow = read(path);
        assert!(workflow.contains("--profile ci "), "{path}");
        assert!(workflow.contains(&report), "{path}");
    }
}

#[test]
fn every_variable_and_feature_exists_and_every_value_is_one() {
    let known: Vec<String> = OPTIONS.iter().filter_map(|row| row.variable()).collect();
    for path in [GITHUB, GITLAB, NEXTEST, GUIDE] {
        let workflow = read(path);
        let part_of_a_name =
            |character: char| character == '_' || character.is_ascii_alphanumeric();
        for rest in workflow.split("S3_TEST_").skip(1) {
            let end = rest.find(|character| !part_of_a_name(character));
            let name = format!("S3_TEST_{}", &rest[..end.unwrap_or(rest.len())]);
            assert!(known.contains(&name), "{path}: {name}");
        }
        for rest in workflow.split("install s3-test --features ").skip(1) {
            let features: String = rest.chars().take_while(|&it| part_of_a_name(it)).collect();
            let manifest: toml::Table = read("runtime/Cargo.toml").parse().expect("a manifest");
            let there = manifest["features"].get(&features).is_some();
            assert!(there, "{path}: {features}");
        }
    }
    let mut images = 0;
    for Script {
        place, variables, ..
    } in scripts()
    {
        for (name, value) in variables {
            let Some(row) = OPTIONS
                .iter()
                .find(|row| row.variable().as_ref() == Some(&name))
            else {
                continue;
            };
            let problems = match row.kind {
                Kind::Text(rule) => rule(row, &value),
                Kind::Duration => rules::duration(row, &value).err().into_iter().collect(),
                _ => panic!("{place}: {name} is of a kind that this test does not know"),
            };
            assert!(problems.is_empty(), "{place}: {name}: {problems:?}");
            if row.name == "image" {
                assert_eq!(Some(value.as_str()), row.default.value, "{place}");
                images += 1;
            }
        }
    }
    assert!(images > 1, "the workflows name the image");
}
