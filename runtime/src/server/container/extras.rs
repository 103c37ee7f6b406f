//! The parts of a container's request that it can do without, if the engine refuses them.

/// One such part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extra {
    /// The engine's init process.
    Init,
    /// The data folder in memory.
    DataInMemory,
    /// The promise that no process in the container gains rights.
    NoNewPrivileges,
    /// The engine's own limits of open files and processes, which may be above those of this machine.
    EngineLimits,
}

impl Extra {
    /// Returns words by which engines refuse it: their APIs have no codes for these.
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Init => &["container-init", "catatonit", "docker-init", "init binary"],
            Self::DataInMemory => &["mount option", "tmpfs"],
            Self::NoNewPrivileges => &["no-new-privileges", "security-opt", "security option"],
            Self::EngineLimits => &["rlimit"],
        }
    }

    /// Returns a description for people.
    fn description(self) -> &'static str {
        match self {
            Self::Init => "an init process",
            Self::DataInMemory => "its data in memory",
            Self::NoNewPrivileges => "the option no-new-privileges",
            Self::EngineLimits => "the engine's own limits of open files and processes",
        }
    }
}

/// The extras that a container is started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extras(Vec<Extra>);

impl Default for Extras {
    fn default() -> Self {
        Self(vec![
            Extra::Init,
            Extra::DataInMemory,
            Extra::NoNewPrivileges,
            Extra::EngineLimits,
        ])
    }
}

impl Extras {
    /// Returns true if the container is to have this extra.
    pub(super) fn have(&self, extra: Extra) -> bool {
        self.0.contains(&extra)
    }

    /// Returns the extras to try after a refusal in these words: without those that the words name; without all if they
    /// name none, since another engine may have other words; or `None` if that was tried.
    pub(super) fn after(&self, refusal: &str) -> Option<Self> {
        let refusal = refusal.to_lowercase();
        let is_named = |extra: &Extra| (extra.words().iter()).any(|words| refusal.contains(words));
        let (named, left): (Vec<Extra>, Vec<Extra>) = self.0.iter().copied().partition(is_named);
        match (self.0.is_empty(), named.is_empty()) {
            (true, _) => None,
            (false, true) => Some(Self(Vec::new())),
            (false, false) => Some(Self(left)),
        }
    }

    /// Returns what a container with these extras lacks, for people, or `None` if it has everything.
    pub(super) fn lacking(&self) -> Option<String> {
        let missing: Vec<&str> = (Self::default().0.into_iter())
            .filter(|extra| !self.have(*extra))
            .map(Extra::description)
            .collect();
        (!missing.is_empty()).then(|| missing.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extra_is_left_out_after_a_refusal_that_names_it() {
        let all = Extras::default();
        for (refusal, extra) in [
            (
                "container create: container-init binary not found on the host: stat /usr/libexec/podman/catatonit",
                Extra::Init,
            ),
            (
                "exec: \"docker-init\": executable file not found in $PATH",
                Extra::Init,
            ),
            (
                "container create: unknown mount option \"uid=10001\": invalid mount option",
                Extra::DataInMemory,
            ),
            (
                "error setting rlimits for ready process: error setting rlimit type 7: operation not permitted",
                Extra::EngineLimits,
            ),
        ] {
            let left = all.after(refusal).expect("another attempt");
            assert!(!left.have(extra), "{refusal}");
            assert_eq!(left.0.len(), all.0.len() - 1, "{refusal}");
        }
    }

    #[test]
    fn unknown_words_cost_every_extra_and_end_after_that() {
        let none = Extras::default()
            .after("computer says no")
            .expect("one more attempt");
        assert!(!none.have(Extra::Init) && !none.have(Extra::DataInMemory));
        assert_eq!(none.after("computer says no"), None);
        assert_eq!(Extras::default().lacking(), None);
        assert_eq!(
            none.lacking().as_deref(),
            Some(
                "an init process, its data in memory, the option no-new-privileges, the engine's own limits of open files and processes"
            )
        );
    }
}
