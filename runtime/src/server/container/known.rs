//! A container that a process of this user has found running. It leaves a note in the state directory, with which the
//! next process finds the container without the engine: its client and its answers are most of what a process would wait for.
//!
//! The note names the first process of the container and its ports. They are the container's for as long as this process
//! runs in the container's control group, as this kernel says. There is no note where the engine has another kernel or other
//! process numbers (another host, a virtual machine, a container around this process).

use std::fs;

use testcontainers::bollard::models::ContainerInspectResponse;

use crate::state::StateDirectory;

/// A running container, as its note tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    /// The engine (`DOCKER_HOST`). Another one has other containers.
    host: String,
    container: String,
    process: String,
    /// The published S3 port, `host:port`.
    pub(super) address: String,
    pub(super) console_url: Option<String>,
    /// The seconds for which the container stays without a lease.
    pub(super) idle_timeout: u64,
}

impl Known {
    /// Describes a container, if this kernel runs it.
    pub(super) fn of(
        container: &ContainerInspectResponse,
        address: &str,
        console_url: Option<&str>,
        idle_timeout: u64,
    ) -> Option<Self> {
        let known = Self {
            host: host(),
            container: container.id.clone()?,
            process: container.state.as_ref()?.pid?.to_string(),
            address: address.to_owned(),
            console_url: console_url.map(str::to_owned),
            idle_timeout,
        };
        known.runs().then_some(known)
    }

    /// Leaves the note for other processes.
    pub(super) fn note(&self, hash: &str, state: &StateDirectory) {
        state.remember(&name(hash), &self.write());
    }

    /// Reads the note about the container of a configuration, if it still holds.
    pub(super) fn recall(hash: &str, state: &StateDirectory) -> Option<Self> {
        let note = state.remembered(&name(hash))?;
        let known = Self::read(&note);
        let known = known.filter(|known| known.host == host() && known.runs());
        if known.is_none() {
            state.forget(&name(hash));
        }
        known
    }

    /// Removes the notes about containers that are not there any more.
    pub(super) fn forget(state: &StateDirectory, is_present: impl Fn(&str) -> bool) {
        for name in state.lock_names(PREFIX) {
            if !is_present(name.trim_start_matches(PREFIX)) {
                state.forget(&name);
            }
        }
    }

    /// Returns true if the container's first process runs.
    fn runs(&self) -> bool {
        let groups = fs::read_to_string(format!("/proc/{}/cgroup", self.process));
        !self.container.is_empty() && groups.is_ok_and(|groups| groups.contains(&self.container))
    }

    fn write(&self) -> String {
        let idle_timeout = self.idle_timeout.to_string();
        let lines = [
            &self.host,
            &self.container,
            &self.process,
            &self.address,
            self.console_url.as_deref().unwrap_or_default(),
            &idle_timeout,
            END,
        ];
        lines.join("\n")
    }

    fn read(note: &str) -> Option<Self> {
        let lines: Vec<&str> = note.split('\n').collect();
        let [
            host,
            container,
            process,
            address,
            console_url,
            idle_timeout,
            END,
        ] = lines[..]
        else {
            return None;
        };
        Some(Self {
            host: host.to_owned(),
            container: container.to_owned(),
            process: process.to_owned(),
            address: address.to_owned(),
            console_url: (!console_url.is_empty()).then(|| console_url.to_owned()),
            idle_timeout: idle_timeout.parse().ok()?,
        })
    }
}

/// The beginning of the names of notes.
const PREFIX: &str = "running-";
/// The last line, which a note lacks that is not written to its end.
const END: &str = "end";

fn name(hash: &str) -> String {
    format!("{PREFIX}{hash}")
}

fn host() -> String {
    std::env::var("DOCKER_HOST").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        Known {
            host: "unix:///var/run/docker.sock".to_owned(),
            container: "c0ffee".to_owned(),
            process: std::process::id().to_string(),
            address: "127.0.0.1:32768".to_owned(),
            console_url: None,
            idle_timeout: 10,
        }
    }

    #[test]
    fn a_note_tells_what_was_written() {
        for console_url in [None, Some("http://127.0.0.1:32769/".to_owned())] {
            let known = Known {
                console_url,
                ..known()
            };
            assert_eq!(Known::read(&known.write()), Some(known));
        }
    }

    #[test]
    fn half_a_note_is_none() {
        let note = known().write();
        for length in 0..note.len() {
            assert_eq!(Known::read(&note[..length]), None, "{length}");
        }
    }

    #[test]
    fn a_process_outside_of_the_container_does_not_count() {
        assert!(!known().runs());
        let nobody = Known {
            process: "0".to_owned(),
            ..known()
        };
        assert!(!nobody.runs());
    }
}
