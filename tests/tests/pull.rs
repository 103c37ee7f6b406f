//! Pulls of an image from a real registry: told, tried again, from a mirror, with a login.
//!
//! Skipped with a message where there is no `docker-registry` (Debian's package of that name);
//! `S3_TEST_REQUIRE_REGISTRY=1` makes that an error.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use s3_test_suite::{
    Finished, Sandbox, Subject, program,
    registry::{Contents, Flaws, LOGIN, Line, Pulled, Registry, free_address, write_docker_config},
};

/// The bytes of the layer that has to be pulled; the machine has all others.
const LAYER: u32 = 24_000_000;

/// Returns the registry's contents, or None if the test is to be skipped. One test at a time: what one has pulled another
/// would find.
#[track_caller]
fn contents() -> Option<(&'static Contents, MutexGuard<'static, ()>)> {
    static CONTENTS: OnceLock<Option<Contents>> = OnceLock::new();
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let contents = CONTENTS.get_or_init(fill).as_ref()?;
    Some((contents, turn))
}

fn fill() -> Option<Contents> {
    Contents::new(Path::new(env!("CARGO_TARGET_TMPDIR")), LAYER.into())
}

/// Returns a command that runs one test with this image.
fn command(sandbox: &Sandbox, image: &str) -> Command {
    let mut command = sandbox.command(&Subject::build("servers"));
    command
        .args(["--exact", "plain"])
        .env("S3_TEST_IMAGE", image);
    command
}

fn run(command: &mut Command) -> Finished {
    command.output().expect("the subject runs").into()
}

#[test]
fn a_pull_is_told_from_its_beginning_to_its_end_unless_that_is_not_wanted() {
    let Some((contents, _turn)) = contents() else {
        return;
    };
    let registry = Registry::start(contents);
    let image = Pulled::of(registry.address());
    let sandbox = Sandbox::new().expect("an engine");
    let finished = run(&mut command(&sandbox, image.name())).passed();
    let name = image.name();
    for line in [
        format!("s3-test: pulling {name}, which is not on this machine yet\n"),
        format!("s3-test: pulled {name}: 2 layers, "),
        format!("s3-test: started {name} at http://127.0.0.1:"),
    ] {
        assert!(finished.stderr.contains(&line), "{}", finished.stderr);
    }
    // Its container is gone with the sandbox, and so is the image with `image`.
    drop(sandbox);
    drop(image);
    let image = Pulled::of(registry.address());
    let sandbox = Sandbox::new().expect("an engine");
    let finished = run(command(&sandbox, image.name()).env("S3_TEST_QUIET", "1")).passed();
    assert_eq!(finished.stderr, "");
    assert!(image.is_there());
}

#[test]
fn a_slow_pull_happens_once_and_is_told_by_all_who_wait_for_it() {
    let Some((contents, _turn)) = contents() else {
        return;
    };
    let registry = Registry::start(contents);
    let flaws = Flaws {
        bytes_per_second: Some(LAYER / 8),
        ..Flaws::default()
    };
    let line = Line::to(&registry, flaws);
    let image = Pulled::of(line.address());
    let sandbox = Sandbox::new().expect("an engine").idle_timeout("10s");
    let start = || {
        command(&sandbox, image.name())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the subject runs")
    };
    let both = [start(), start()];
    let processes = both.each_ref().map(std::process::Child::id);
    let both = both.map(|child| {
        let output = child.wait_with_output().expect("the subject ends");
        Finished::from(output).passed()
    });
    let name = image.name();
    let begun = format!("s3-test: pulling {name}, which is not on this machine yet\n");
    let pulled = both.each_ref().map(|one| one.stderr.contains(&begun));
    assert_eq!(
        pulled.iter().filter(|pulled| **pulled).count(),
        1,
        "{both:?}"
    );
    let (pulling, waiting) = if pulled[0] { (0, 1) } else { (1, 0) };
    let progress = format!("s3-test: pulling {name}: 1 of 2 layers, ");
    assert!(both[pulling].stderr.contains(&progress), "{both:?}");
    assert!(both[pulling].stderr.contains(" of 24.0 MB, "), "{both:?}");
    let waited = format!(
        ", which process {} (pulling {name}) has",
        processes[pulling]
    );
    assert!(
        both[waiting]
            .stderr
            .contains("s3-test: waiting for the start of the server s3-test-")
            && both[waiting].stderr.contains(&waited),
        "{both:?}"
    );
    assert_eq!(sandbox.created(), 1);
}

/// Runs `s3-test up` on a terminal that is wide enough for one line, and returns what was written there. The program is
/// built with the feature `progress`.
fn up_on_a_terminal(sandbox: &Sandbox, image: &str, quiet: &str) -> String {
    let up = program(sandbox);
    // The program's own output goes to the file that this format is for.
    let script = format!(
        "stty cols 160 rows 40 && exec '{}' up --format github",
        up.get_program().display()
    );
    let mut terminal = Command::new("script");
    sandbox.enter(&mut terminal);
    terminal
        .args(["--quiet", "--return", "--command", &script, "/dev/null"])
        .current_dir(sandbox.path())
        .env("TERM", "xterm")
        .env("GITHUB_ENV", sandbox.path().join("variables"))
        .env("S3_TEST_IMAGE", image)
        .env("S3_TEST_QUIET", quiet)
        .stdin(Stdio::null());
    run(&mut terminal).passed().stdout
}

/// Returns the states of a bar among what was written on a terminal: its filled part, and the megabytes beside it.
fn states_of_a_bar(written: &str, image: &str) -> Vec<(usize, f64)> {
    let begin = format!("s3-test: pulling {image} [");
    let state = |rest: &str| {
        let (bar, rest) = rest.split_once("] ")?;
        let (_, rest) = rest.split_once(" of 2 layers, ")?;
        let (megabytes, _) = rest.split_once(" of 24.0 MB, ")?;
        Some((bar.trim_end().len(), megabytes.parse().ok()?))
    };
    written.split(&begin).skip(1).filter_map(state).collect()
}

#[test]
fn a_terminal_shows_a_bar_that_grows_and_goes_unless_that_is_not_wanted() {
    let Some((contents, _turn)) = contents() else {
        return;
    };
    let registry = Registry::start(contents);
    let flaws = Flaws {
        bytes_per_second: Some(LAYER / 3),
        ..Flaws::default()
    };
    let line = Line::to(&registry, flaws);
    let image = Pulled::of(line.address());
    let sandbox = Sandbox::new().expect("an engine");
    let written = up_on_a_terminal(&sandbox, image.name(), "");
    let states = states_of_a_bar(&written, image.name());
    assert!(states.is_sorted() && states.len() > 3, "{written:?}");
    let (first, last) = (states[0], states[states.len() - 1]);
    assert!(first.0 < last.0 && first.1 < last.1, "{written:?}");
    // The bar gives its line back, and none comes after the last word.
    let end = format!("s3-test: pulled {}: 2 layers, 24.0 MB, ", image.name());
    let (before, after) = written.split_once(&end).expect("the end of the pull");
    assert!(before.ends_with("\r\u{1b}[2K"), "{written:?}");
    assert!(!after.contains('['), "{written:?}");

    drop(sandbox);
    image.remove();
    let sandbox = Sandbox::new().expect("an engine");
    assert_eq!(up_on_a_terminal(&sandbox, image.name(), "1"), "");
    assert!(image.is_there());
}

/// The engine itself goes on with a layer where the line was cut.
#[test]
fn a_line_that_is_cut_off_in_the_middle_of_a_layer_is_survived() {
    let Some((contents, _turn)) = contents() else {
        return;
    };
    let registry = Registry::start(contents);
    let flaws = Flaws {
        cuts: 2,
        cut_after: LAYER / 2,
        ..Flaws::default()
    };
    let line = Line::to(&registry, flaws);
    let image = Pulled::of(line.address());
    let sandbox = Sandbox::new().expect("an engine");
    let finished = run(&mut command(&sandbox, image.name())).passed();
    let end = format!("s3-test: pulled {}: 2 layers, ", image.name());
    assert!(finished.stderr.contains(&end), "{}", finished.stderr);
}

#[test]
fn a_pull_that_fails_is_tried_again() {
    let Some((contents, _turn)) = contents() else {
        return;
    };
    let registry = Registry::start(contents);
    // An engine tries https, and then http.
    let flaws = Flaws {
        cuts: 2,
        cut_after: 20,
        ..Flaws::default()
    };
    let line = Line::to(&registry, flaws);
    let image = Pulled::of(line.address());
    let sandbox = Sandbox::new().expect("an engine");
    let finished = run(&mut command(&sandbox, image.name())).passed();
    let again = format!(
        "s3-test: the pull of {} failed, and is tried again in 1 s: ",
        image.name()
    );
    assert!(finished.stderr.contains(&again), "{}", finished.stderr);
    assert!(
        !finished.stderr.contains("again in 3 s"),
        "{}",
        finished.stderr
    );
}

#[test]
fn an_absent_registry_is_tried_three_times_and_then_the_mirrors() {
    let Some((contents, _turn)) = contents() else {
        return;
    };
    let image = Pulled::of(free_address());
    let sandbox = Sandbox::new().expect("an engine");
    let start = Instant::now();
    let finished = run(&mut command(&sandbox, image.name()));
    assert!(start.elapsed() < Duration::from_secs(60));
    for again in ["again in 1 s: ", "again in 3 s: "] {
        assert_eq!(finished.stderr.matches(again).count(), 1, "{finished:?}");
    }
    let message = finished.failed_with("").message();
    let begin = format!(
        "the image `{}` is not on this machine and cannot be pulled: ",
        image.name()
    );
    assert!(message.starts_with(&begin), "{message}");
    assert!(message.contains("connection refused"), "{message}");

    let registry = Registry::start(contents);
    let absent = free_address();
    let at_mirror = Pulled::of(registry.address());
    let mirrors = format!("{absent}, {}", registry.address());
    let mut mirrored = command(&sandbox, image.name());
    let finished = run(mirrored.env("S3_TEST_IMAGE_MIRRORS", mirrors)).passed();
    let trying = format!("; trying the mirror {}\n", at_mirror.name());
    assert!(finished.stderr.contains(&trying), "{}", finished.stderr);
    assert!(image.is_there(), "under the name that was asked for");
}

#[test]
fn an_image_that_the_registry_does_not_have_is_asked_for_once() {
    let Some((contents, _turn)) = contents() else {
        return;
    };
    let registry = Registry::start(contents);
    let image = Pulled::named(&format!("{}/no/such-image:1", registry.address()));
    let sandbox = Sandbox::new().expect("an engine");
    let finished = run(&mut command(&sandbox, image.name()));
    assert!(!finished.stderr.contains("tried again"), "{finished:?}");
    let message = finished.failed_with("").message();
    assert!(message.contains(" cannot be pulled: "), "{message}");
}

#[test]
fn a_private_registry_gets_the_login_that_docker_has() {
    let Some((contents, _turn)) = contents() else {
        return;
    };
    let registry = Registry::with_login(contents);
    let image = Pulled::of(registry.address());
    let sandbox = Sandbox::new().expect("an engine").idle_timeout("1s");
    let folder = sandbox.path().join("docker");
    let login = |config: &str| {
        write_docker_config(&folder, config);
        let mut command = command(&sandbox, image.name());
        // The helper is a program.
        let path = std::env::var("PATH").expect("a path");
        command
            .env("DOCKER_CONFIG", &folder)
            .env("PATH", format!("{}:{path}", folder.display()));
        run(&mut command)
    };

    let finished = login("{}");
    assert!(!finished.stderr.contains("tried again"), "{finished:?}");
    let message = finished.failed_with("").message();
    assert!(message.contains("no basic auth credentials"), "{message}");
    assert!(message.contains("(`docker login`)"), "{message}");

    let (user, password) = LOGIN;
    let address = registry.address();
    let config = format!(
        r#"{{"auths": {{"{address}": {{"username": "{user}", "password": "{password}"}}}}}}"#
    );
    let finished = login(&config).passed();
    assert!(finished.stderr.contains("s3-test: pulled "), "{finished:?}");
    sandbox.assert_gone_within(Duration::from_secs(10));

    // What `docker login` does where it has a helper.
    image.remove();
    let helper = folder.join("docker-credential-suite");
    let answer = format!(
        "#!/bin/sh\ncat >/dev/null\necho '{{\"ServerURL\": \"{address}\", \"Username\": \"{user}\", \"Secret\": \"{password}\"}}'\n"
    );
    fs::write(&helper, answer).expect("a file");
    fs::set_permissions(&helper, fs::Permissions::from_mode(0o755)).expect("permissions");
    let config = format!(r#"{{"credHelpers": {{"{address}": "suite"}}}}"#);
    let finished = login(&config).passed();
    assert!(finished.stderr.contains("s3-test: pulled "), "{finished:?}");
    assert!(image.is_there());
}
