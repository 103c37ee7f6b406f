//! The request by which a container is started: its command, variables, ports and restrictions.

use std::collections::HashMap;

use testcontainers::{
    ContainerRequest, GenericImage, ImageExt,
    bollard::models::{HostConfig, ImageConfig, PortBinding, ResourcesUlimits},
    core::IntoContainerPort,
};

use super::{
    candidate::whole_seconds,
    configuration::{
        CONFIGURATION_LABEL, Configuration, IDENTITY_LABEL, IDLE_TIMEOUT_LABEL, PORTS_LABEL,
    },
    engine::Engine,
    extras::{Extra, Extras},
    image::{DATA, IDLE_FILE, user_id, variables},
    product::Product,
};
use crate::state::StateDirectory;

const WATCHDOG: &str = include_str!("watchdog.sh");
/// The seconds that the watchdog gives a server beyond `startup_timeout`, so that this process reports the error first.
const START_MARGIN: u64 = 10;

/// The kernel's own default for the hard limit of open files.
const MODEST_LIMIT: i64 = 4096;

/// A container to start.
pub(super) struct Request<'a> {
    pub(super) configuration: &'a Configuration,
    pub(super) engine: &'a Engine,
    pub(super) product: &'a Product,
    pub(super) state: &'a StateDirectory,
    pub(super) image: &'a ImageConfig,
    pub(super) extras: Extras,
    /// Set if the image's command runs under the watchdog.
    pub(super) watched: bool,
}

impl Request<'_> {
    /// Returns the request as testcontainers takes it.
    pub(super) fn build(&self) -> ContainerRequest<GenericImage> {
        if self.watched {
            self.with_watchdog()
        } else {
            self.alone()
        }
    }

    /// Runs the image's command under the watchdog.
    fn with_watchdog(&self) -> ContainerRequest<GenericImage> {
        let settings = &self.configuration.settings;
        let idle_timeout = whole_seconds(settings.idle_timeout).to_string();
        let mut command = vec![
            "-c".to_owned(),
            WATCHDOG.to_owned(),
            "sh".to_owned(),
            format!("{:04X}", settings.port),
            idle_timeout.clone(),
            (whole_seconds(settings.startup_timeout) + START_MARGIN).to_string(),
            IDLE_FILE.to_owned(),
        ];
        command.extend(self.image.entrypoint.iter().flatten().cloned());
        command.extend(self.arguments());
        self.request(self.generic().with_entrypoint("/bin/sh"))
            .with_label(IDLE_TIMEOUT_LABEL, idle_timeout)
            .with_cmd(command)
    }

    /// Runs the image as it is.
    fn alone(&self) -> ContainerRequest<GenericImage> {
        self.request(self.generic()).with_cmd(self.arguments())
    }

    /// Returns the arguments of the image's entry point.
    fn arguments(&self) -> Vec<String> {
        let command = &self.configuration.settings.command;
        if command.is_empty() {
            self.image.cmd.clone().unwrap_or_default()
        } else {
            command.clone()
        }
    }

    fn generic(&self) -> GenericImage {
        let settings = &self.configuration.settings;
        let (repository, tag) = repository_and_tag(&settings.image);
        GenericImage::new(repository, tag)
            .with_exposed_port(settings.port.tcp())
            .with_exposed_port(settings.console_port.tcp())
    }

    fn request(&self, image: GenericImage) -> ContainerRequest<GenericImage> {
        let settings = &self.configuration.settings;
        let bind = self.engine.address.bind.clone();
        let extras = self.extras.clone();
        let tmpfs =
            tmpfs(self.image, self.product.is_podman).filter(|_| extras.have(Extra::DataInMemory));
        let ports = [settings.port, settings.console_port];
        let mut request = image
            .with_container_name(self.configuration.container_name())
            .with_label(IDENTITY_LABEL, self.state.identity())
            .with_label(CONFIGURATION_LABEL, self.configuration.hash())
            .with_label(PORTS_LABEL, format!("{} {}", ports[0], ports[1]))
            .with_startup_timeout(settings.startup_timeout)
            .with_host_config_modifier(move |host| {
                restrict(host, &bind, ports, &extras);
                host.tmpfs.clone_from(&tmpfs);
            });
        for (name, value) in variables(settings) {
            request = request.with_env_var(name, value);
        }
        request
    }
}

fn restrict(host: &mut HostConfig, bind: &str, ports: [u16; 2], extras: &Extras) {
    host.auto_remove = Some(true);
    // The init process reaps the watchdog's children, and ends the container when the watchdog kills the server. Without
    // it the watchdog's shell does both, two seconds later.
    host.init = extras.have(Extra::Init).then_some(true);
    host.security_opt = extras
        .have(Extra::NoNewPrivileges)
        .then(|| vec!["no-new-privileges".to_owned()]);
    host.ulimits = (!extras.have(Extra::EngineLimits)).then(modest_limits);
    host.publish_all_ports = Some(false);
    let free_port = PortBinding {
        host_ip: Some(bind.to_owned()),
        host_port: None,
    };
    host.port_bindings = Some(
        ports
            .map(|port| (format!("{port}/tcp"), Some(vec![free_port.clone()])))
            .into(),
    );
}

/// Returns limits of open files and processes that every machine can give. By itself Podman as root asks for more than a
/// machine without `CAP_SYS_RESOURCE` (another container, for example) may grant.
fn modest_limits() -> Vec<ResourcesUlimits> {
    ["nofile", "nproc"]
        .map(|name| ResourcesUlimits {
            name: Some(name.to_owned()),
            soft: Some(MODEST_LIMIT),
            hard: Some(MODEST_LIMIT),
        })
        .into()
}

/// Mounts the data folder in memory, if the image keeps its data there, for the server's own user: RustFS exits with
/// `Permission denied` on another user's mount. Docker takes that user's number, and Podman the option `U` alone.
fn tmpfs(image: &ImageConfig, podman: bool) -> Option<HashMap<String, String>> {
    let volumes = image.volumes.as_ref()?;
    volumes.iter().find(|volume| *volume == DATA)?;
    let user = user_id(image.user.as_deref().unwrap_or_default())?;
    let options = if podman {
        "rw,U".to_owned()
    } else {
        format!("rw,uid={user},gid={user}")
    };
    Some(HashMap::from([(DATA.to_owned(), options)]))
}

/// Splits an image's name from its tag for testcontainers, which joins them with a colon again. So a digest's algorithm
/// stays with the name.
fn repository_and_tag(image: &str) -> (&str, &str) {
    match image.rsplit_once(':') {
        // A colon before the last slash belongs to a registry's port.
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (image, "latest"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_name_is_split_at_its_tag() {
        for (image, split) in [
            ("rustfs/rustfs", ("rustfs/rustfs", "latest")),
            ("rustfs/rustfs:1.0.1", ("rustfs/rustfs", "1.0.1")),
            ("localhost:5000/rustfs", ("localhost:5000/rustfs", "latest")),
            ("rustfs@sha256:0a1b", ("rustfs@sha256", "0a1b")),
        ] {
            assert_eq!(repository_and_tag(image), split);
        }
    }

    #[test]
    fn data_is_in_memory_where_the_servers_user_is_known() {
        let image = |user: &str, volume: &str| ImageConfig {
            user: Some(user.to_owned()),
            volumes: Some(vec![volume.to_owned()]),
            ..ImageConfig::default()
        };
        let options = |user, volume| Some(tmpfs(&image(user, volume), false)?["/data"].clone());
        assert_eq!(
            options("rustfs", "/data").as_deref(),
            Some("rw,uid=10001,gid=10001")
        );
        assert_eq!(
            options("1000:1000", "/data").as_deref(),
            Some("rw,uid=1000,gid=1000")
        );
        assert_eq!(options("", "/data").as_deref(), Some("rw,uid=0,gid=0"));
        assert_eq!(options("somebody", "/data"), None);
        assert_eq!(options("rustfs", "/elsewhere"), None);
        let on_podman = tmpfs(&image("rustfs", "/data"), true).expect("a tmpfs");
        assert_eq!(on_podman["/data"], "rw,U");
    }
}
