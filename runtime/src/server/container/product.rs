//! The program behind the engine's API. Docker and Podman speak the same language with different words.

use testcontainers::bollard::{
    Docker,
    models::{SystemVersion, SystemVersionComponents},
};

/// The name of an engine, and whether it is Podman.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Product {
    /// The engine with its version, for people.
    pub(super) name: String,
    pub(super) is_podman: bool,
}

impl Product {
    /// Asks the engine for its version, which takes Podman much longer than a ping. One that does not tell it counts as
    /// Docker.
    pub(super) async fn ask(docker: &Docker) -> Self {
        Self::of(&docker.version().await.unwrap_or_default())
    }

    fn of(version: &SystemVersion) -> Self {
        let component: Option<&SystemVersionComponents> =
            version.components.iter().flatten().next();
        let name = component.map_or("", |component| component.name.as_str());
        let name = match name.trim_end_matches("Engine").trim_end() {
            "" => "Docker",
            name => name,
        };
        let number = version.version.as_deref().unwrap_or_default();
        Self {
            is_podman: name.eq_ignore_ascii_case("podman"),
            name: format!("{name} {number}").trim_end().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(component: &str, version: &str) -> Product {
        Product::of(&SystemVersion {
            components: Some(vec![SystemVersionComponents {
                name: component.to_owned(),
                version: version.to_owned(),
                details: None,
            }]),
            version: Some(version.to_owned()),
            ..SystemVersion::default()
        })
    }

    #[test]
    fn podman_is_told_from_docker() {
        let podman = product("Podman Engine", "4.3.1");
        assert_eq!(
            (podman.name.as_str(), podman.is_podman),
            ("Podman 4.3.1", true)
        );
        let docker = product("Engine", "20.10.24");
        assert_eq!(
            (docker.name.as_str(), docker.is_podman),
            ("Docker 20.10.24", false)
        );
        let unknown = Product::of(&SystemVersion::default());
        assert_eq!(
            (unknown.name.as_str(), unknown.is_podman),
            ("Docker", false)
        );
    }
}
