//! Images made from RustFS', for servers that are not as they should be.

use std::process::Command;

use crate::engine::IMAGE;

/// The variable that names the command of the engine.
pub(crate) const COMMAND: &str = "SUITE_ENGINE_COMMAND";

/// An image that is removed when this is dropped.
#[derive(Debug)]
pub struct Image(String);

impl Image {
    /// RustFS' image without some of its files. Its server is started by `command`, a line for `sh`; where there is no
    /// shell any more, a program.
    ///
    /// # Panics
    ///
    /// When Docker does not make it.
    #[must_use]
    pub fn derive(name: &str, without: &[&str], command: &str) -> Self {
        // Podman's API looks for no other registry's images, and its command for all.
        let image = format!("docker.io/s3-test-suite/{name}:{}", std::process::id());
        let container = format!("s3-test-suite-{name}-{}", std::process::id());
        let entrypoint = if without.contains(&"/bin/sh") {
            format!("ENTRYPOINT [{command:?}]")
        } else {
            format!("ENTRYPOINT [\"/bin/sh\", \"-c\", {command:?}]")
        };
        // Removed also when a command fails.
        let _helper = Helper(&container);
        docker(
            &[
                "run",
                "--name",
                &container,
                "--user=0",
                "--entrypoint=rm",
                IMAGE,
                "-f",
            ],
            without,
        );
        let changes = [
            "--change",
            &entrypoint,
            "--change",
            "CMD []",
            "--change",
            "USER rustfs",
        ];
        docker(
            &["commit"],
            &[&changes[..], &[container.as_str(), &image]].concat(),
        );
        Self(image)
    }

    /// The image's name, for the option `image`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

/// The container from which an image is made.
struct Helper<'a>(&'a str);

impl Drop for Helper<'_> {
    fn drop(&mut self) {
        let _ = Command::new(program())
            .args(["rm", "--force", "--volumes", self.0])
            .output();
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        let _ = Command::new(program())
            .args(["rmi", "--force", &self.0])
            .output();
    }
}

/// Returns the engine's command. Podman's API lets Docker's command commit nothing.
fn program() -> String {
    std::env::var(COMMAND).unwrap_or_else(|_| "docker".to_owned())
}

fn docker(arguments: &[&str], more: &[&str]) {
    let program = program();
    let output = Command::new(&program).args(arguments).args(more).output();
    let output = output.unwrap_or_else(|error| panic!("the tests need `{program}`: {error}"));
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
