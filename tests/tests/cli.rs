//! The program `s3-test` as a child process: servers for other programs, and what is shown of them.

#[path = "cli/containers.rs"]
mod containers;
#[path = "cli/doctor.rs"]
mod doctor;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/serve.rs"]
mod serve;
#[path = "cli/up.rs"]
mod up;

use std::process::Command;

use s3_test_suite::{Finished, Sandbox, program};

/// Runs the program in the sandbox to its end.
fn finished(sandbox: &Sandbox, arguments: &[&str]) -> Finished {
    output(program(sandbox).args(arguments))
}

fn output(command: &mut Command) -> Finished {
    command.output().expect("the program runs").into()
}

#[test]
fn help_teaches_by_examples() {
    let sandbox = Sandbox::embedded();
    let help = finished(&sandbox, &["--help"]).passed().stdout;
    for command in [
        "up",
        "run",
        "status",
        "down",
        "doctor",
        "serve",
        "ls",
        "rm",
        "completions",
    ] {
        assert!(
            help.contains(&format!("\n  {command} ")),
            "{command}: {help}"
        );
        let own = finished(&sandbox, &["help", command]).passed().stdout;
        assert!(own.contains("Usage: s3-test "), "{own}");
    }
    assert!(help.contains("Examples:\n  s3-test doctor"), "{help}");
    let up = finished(&sandbox, &["help", "up"]).passed().stdout;
    assert!(
        up.contains("command = \"s3-test up --format nextest\""),
        "{up}"
    );
}

#[test]
fn completions_are_printed_for_a_shell() {
    let sandbox = Sandbox::embedded();
    let bash = finished(&sandbox, &["completions", "bash"]).passed().stdout;
    // What a shell makes of it, for the word after `s3-test up --format`.
    let script = format!(
        "{bash}\nCOMP_WORDS=(s3-test up --format n) COMP_CWORD=3\n$(complete -p s3-test | grep -o '_s3[^ ]*') s3-test n --format\necho \"${{COMPREPLY[@]}}\""
    );
    let completed = output(Command::new("bash").args(["-c", &script])).passed();
    assert_eq!(completed.stdout, "nextest\n");
}
