//! The parts of an image's name: its registry, its path there, and its tag.

/// Docker Hub, as Docker's `config.json` calls it.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// An image's name in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// The registry, or `None` for Docker Hub.
    registry: Option<String>,
    /// The path of the repository in its registry.
    path: String,
    /// The tag with its colon, or the digest with its `@`.
    version: String,
}

impl Reference {
    /// Takes a name apart. A name without a version has the tag `latest`.
    pub(super) fn parse(image: &str) -> Self {
        let (name, version) = match image.split_once('@') {
            Some((name, digest)) => (name, format!("@{digest}")),
            None => match image.rsplit_once(':') {
                // A colon before the last slash belongs to a registry's port.
                Some((name, tag)) if !tag.contains('/') => (name, format!(":{tag}")),
                _ => (image, ":latest".to_owned()),
            },
        };
        let (registry, path) = match name.split_once('/') {
            Some((first, path)) if first.contains(['.', ':']) || first == "localhost" => {
                (Some(first.to_owned()), path)
            }
            _ => (None, name),
        };
        Self {
            registry,
            path: path.to_owned(),
            version,
        }
    }

    /// Returns the image at a mirror, which is a registry or a folder in one.
    pub(super) fn at(&self, mirror: &str) -> Self {
        let Self { path, version, .. } = self;
        // Docker Hub's own images are in a folder that their names leave out.
        let folder = match &self.registry {
            None if !path.contains('/') => "library/",
            _ => "",
        };
        Self::parse(&format!(
            "{}/{folder}{path}{version}",
            mirror.trim_end_matches('/')
        ))
    }

    /// Returns the name of the registry in Docker's `config.json`.
    pub(super) fn registry(&self) -> &str {
        self.registry.as_deref().unwrap_or(DOCKER_HUB)
    }

    /// Returns the name without its version.
    pub(super) fn repository(&self) -> String {
        match &self.registry {
            Some(registry) => format!("{registry}/{}", self.path),
            None => self.path.clone(),
        }
    }

    /// Returns the tag, or `None` for an image that is named by its digest.
    pub(super) fn tag(&self) -> Option<&str> {
        self.version.strip_prefix(':')
    }

    /// Returns the whole name.
    pub(super) fn name(&self) -> String {
        format!("{}{}", self.repository(), self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_has_a_registry_and_a_version() {
        for (image, registry, repository, tag) in [
            ("rustfs/rustfs", DOCKER_HUB, "rustfs/rustfs", Some("latest")),
            (
                "rustfs/rustfs:1.0.1",
                DOCKER_HUB,
                "rustfs/rustfs",
                Some("1.0.1"),
            ),
            (
                "127.0.0.1:5000/rustfs:1",
                "127.0.0.1:5000",
                "127.0.0.1:5000/rustfs",
                Some("1"),
            ),
            (
                "localhost/rustfs",
                "localhost",
                "localhost/rustfs",
                Some("latest"),
            ),
            ("rustfs@sha256:0a1b", DOCKER_HUB, "rustfs", None),
        ] {
            let reference = Reference::parse(image);
            assert_eq!(reference.registry(), registry, "{image}");
            assert_eq!(reference.repository(), repository, "{image}");
            assert_eq!(reference.tag(), tag, "{image}");
        }
    }

    #[test]
    fn a_mirror_takes_the_place_of_the_registry() {
        for (image, mirror, expected) in [
            (
                "rustfs/rustfs:1.0.1",
                "ghcr.io",
                "ghcr.io/rustfs/rustfs:1.0.1",
            ),
            (
                "minio",
                "mirror.gcr.io",
                "mirror.gcr.io/library/minio:latest",
            ),
            (
                "quay.io/minio/minio:1",
                "harbor.example/hub/",
                "harbor.example/hub/minio/minio:1",
            ),
            (
                "a/b@sha256:0a1b",
                "localhost:5000",
                "localhost:5000/a/b@sha256:0a1b",
            ),
        ] {
            assert_eq!(Reference::parse(image).at(mirror).name(), expected);
        }
    }
}
