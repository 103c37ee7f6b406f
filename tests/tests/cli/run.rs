//! `s3-test run`.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
};

use s3_test_suite::{Client, Sandbox, Server, on_both_servers, program};

use super::{finished, output};

on_both_servers! {
    a_program_has_a_server_until_it_ends
    signals_are_passed_on
    foreign_credentials_do_not_reach_the_program
}

/// A running `s3-test run -- sh -c SCRIPT`, which does not outlive the test.
struct Script(Child, BufReader<std::process::ChildStdout>);

impl Script {
    fn start(sandbox: &Sandbox, script: &str) -> Self {
        let mut command = program(sandbox);
        command.args(["run", "--", "sh", "-c", script]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let stdout = BufReader::new(child.stdout.take().expect("its output"));
        Self(child, stdout)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.1.read_line(&mut line).expect("a line");
        line.trim_end().to_owned()
    }

    fn exit_code(mut self) -> Option<i32> {
        drop(self.0.stdin.take());
        self.0.wait().expect("it ends").code()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn a_program_has_a_server_until_it_ends(sandbox: Sandbox) {
    let mut script = Script::start(
        &sandbox,
        "echo \"$AWS_ENDPOINT_URL $AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY\"; read line; exit 7",
    );
    let line = script.line();
    let [endpoint, key, secret] = line.split(' ').collect::<Vec<_>>()[..] else {
        panic!("three words: {line}");
    };
    let client = Client::new(endpoint, key, secret);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        client.send("PUT", "of-a-program", "").await;
        assert_eq!(client.buckets().await, ["of-a-program"]);
    });
    if sandbox.server() == Server::Container {
        let status = finished(&sandbox, &["status"]).passed().stdout;
        assert!(
            status.contains(&format!("endpoint  {endpoint}\n")),
            "{status}"
        );
        // The lease of `run`, and the client's connection.
        assert!(!status.contains("  0 open connections"), "{status}");
    }
    let stdin = script.0.stdin.as_mut().expect("its input");
    writeln!(stdin, "go on").expect("it reads");
    assert_eq!(script.exit_code(), Some(7));
    if sandbox.server() == Server::Embedded {
        let gone = runtime.block_on(client.try_send("GET", "", ""));
        assert!(gone.is_err(), "{gone:?}");
    }
    // Its idle connection would keep the container.
    drop((client, runtime));
    if sandbox.server() == Server::Container {
        sandbox.assert_nothing_left();
    }
}

fn signals_are_passed_on(sandbox: Sandbox) {
    for (signal, code) in [("TERM", 41), ("INT", 42), ("HUP", 43)] {
        let script =
            format!("trap 'exit {code}' {signal}; echo ready; while :; do sleep 0.05; done");
        let mut running = Script::start(&sandbox, &script);
        assert_eq!(running.line(), "ready");
        let sent = Command::new("kill")
            .args([&format!("-{signal}"), &running.0.id().to_string()])
            .status();
        assert!(sent.expect("kill runs").success());
        assert_eq!(running.exit_code(), Some(code), "{signal}");
    }
}

fn foreign_credentials_do_not_reach_the_program(sandbox: Sandbox) {
    let mut command = program(&sandbox);
    command
        .args(["run", "--", "sh", "-c", "env | grep ^AWS_ || true"])
        .env("AWS_PROFILE", "production")
        .env("AWS_SESSION_TOKEN", "secret")
        .env("AWS_ACCESS_KEY_ID", "AKIA");
    let environment = output(&mut command).passed().stdout;
    assert!(
        environment.contains("AWS_ENDPOINT_URL=http://127.0.0.1:"),
        "{environment}"
    );
    assert!(
        environment.contains("AWS_ACCESS_KEY_ID=rustfsadmin\n"),
        "{environment}"
    );
    for foreign in ["production", "secret\n", "AKIA"] {
        assert!(!environment.contains(foreign), "{environment}");
    }
}

#[test]
fn the_end_of_a_program_is_told_as_shells_tell_it() {
    let sandbox = Sandbox::embedded();
    for (command, code) in [
        (&["sh", "-c", "kill -9 $$"][..], 137),
        (&["sh", "-c", "exit 3"], 3),
        (&["true"], 0),
        (&["there-is-no-such-program"], 127),
        (&["/"], 126),
    ] {
        let status = program(&sandbox).args(["run", "--"]).args(command).status();
        assert_eq!(status.expect("it runs").code(), Some(code), "{command:?}");
    }
    let missing = finished(&sandbox, &["run", "--", "there-is-no-such-program", "x"]);
    assert_eq!(
        missing.stderr,
        "s3-test: `there-is-no-such-program` cannot be started: No such file or directory (os error 2)\n"
    );
}
