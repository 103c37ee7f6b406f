//! Starts a container.

use std::{collections::HashMap, time::Duration};

use testcontainers::{
    ContainerRequest, GenericImage, ImageExt,
    bollard::models::{HostConfig, ImageConfig, PortBinding},
    core::IntoContainerPort,
    runners::AsyncRunner,
};
use tokio::time::timeout;

use super::{
    acquire::{CONFIGURATION_LABEL, Candidate, Configuration, IDENTITY_LABEL, IDLE_TIMEOUT_LABEL},
    engine::Engine,
    last_user,
    ready::ready,
    refusal::{is_for_want_of_a_shell, message, refusal},
};
use crate::{
    Error,
    options::{DEFAULT_CONSOLE_PORT, DEFAULT_PORT, ServerSettings},
    process::stderr,
    state::StateDirectory,
};

/// In the container: a longer idle timeout than the one it was started with.
pub(super) const IDLE_FILE: &str = "/tmp/s3-test-idle-timeout";
const WATCHDOG: &str = include_str!("watchdog.sh");
/// How long the registry may take to send an image.
const PULL_LIMIT: Duration = Duration::from_secs(10 * 60);
/// The seconds that the watchdog gives a server beyond `startup_timeout`, so that the error is this process' to tell.
const START_MARGIN: u64 = 10;
/// The user that the RustFS images call `rustfs`.
const RUSTFS_USER: &str = "10001";

/// Starts the configuration's container. When this fails no container is left behind.
pub(super) async fn start(
    configuration: &Configuration,
    engine: &Engine,
    state: &'static StateDirectory,
) -> Result<Candidate, Error> {
    let image = image(&configuration.settings.image, engine).await?;
    let name = configuration.container_name();
    let request = Request {
        configuration,
        engine,
        state,
        image: &image,
    };
    let mut outcome = request.run(request.with_watchdog()).await;
    if outcome.as_ref().is_err_and(is_for_want_of_a_shell) {
        engine.remove(&name).await?;
        stderr::warn(&format!(
            "the image {} has no /bin/sh, so its container cannot remove itself: it is removed when the last test \
             process ends, but stays if that process is killed, until the next container is started.",
            configuration.settings.image
        ));
        outcome = request.run(request.alone()).await;
        last_user::register(&name, configuration.hash(), engine, state)?;
    }
    if outcome.is_err() {
        let _ = engine.remove(&name).await;
    }
    outcome
}

/// What is known of the image, which is pulled where it is not there.
async fn image(name: &str, engine: &Engine) -> Result<ImageConfig, Error> {
    let unavailable = |message: String| Error::ImageUnavailable {
        image: name.to_owned(),
        message,
    };
    let mut image = engine.image(name).await?;
    if image.is_none() {
        stderr::note(&format!("pulling {name}, which is not on this machine yet"));
        let (repository, tag) = repository_and_tag(name);
        let pull = GenericImage::new(repository, tag).pull_image();
        match timeout(PULL_LIMIT, pull).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Err(unavailable(message(&error))),
            Err(_elapsed) => {
                let limit = PULL_LIMIT.as_secs();
                return Err(unavailable(format!("the pull took longer than {limit} s")));
            }
        }
        image = engine.image(name).await?;
    }
    image
        .and_then(|image| image.config)
        .ok_or_else(|| unavailable("it is not there after it was pulled".to_owned()))
}

/// A container to be started.
struct Request<'a> {
    configuration: &'a Configuration,
    engine: &'a Engine,
    state: &'a StateDirectory,
    image: &'a ImageConfig,
}

impl Request<'_> {
    /// Starts the container and waits until its server answers.
    async fn run(&self, request: ContainerRequest<GenericImage>) -> Result<Candidate, Error> {
        match request.start().await {
            Ok(container) => {
                // Its destructor would remove the container under the other processes that use it.
                std::mem::forget(container);
                ready(self.configuration, self.engine).await
            }
            Err(error) => Err(refusal(
                &self.configuration.settings.image,
                &self.engine.address.bind,
                message(&error),
            )),
        }
    }

    /// The image's command under the watchdog.
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

    /// The image as it is.
    fn alone(&self) -> ContainerRequest<GenericImage> {
        self.request(self.generic()).with_cmd(self.arguments())
    }

    /// What the image's entry point is called with.
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
        let tmpfs = tmpfs(self.image);
        let ports = [settings.port, settings.console_port];
        let mut request = image
            .with_container_name(self.configuration.container_name())
            .with_label(IDENTITY_LABEL, self.state.identity())
            .with_label(CONFIGURATION_LABEL, self.configuration.hash())
            .with_startup_timeout(settings.startup_timeout)
            .with_host_config_modifier(move |host| restrict(host, &bind, ports, tmpfs.clone()));
        for (name, value) in variables(settings) {
            request = request.with_env_var(name, value);
        }
        request
    }
}

/// The variables of the container; the user's own come last and win.
fn variables(settings: &ServerSettings) -> Vec<(String, String)> {
    let (access_key, secret_key) = (settings.access_key.as_str(), settings.secret_key.as_str());
    let ours = [
        ("RUSTFS_ACCESS_KEY", access_key),
        ("RUSTFS_SECRET_KEY", secret_key),
        // By these names other servers know their keys: MinIO, and those that took them over from it.
        ("MINIO_ROOT_USER", access_key),
        ("MINIO_ROOT_PASSWORD", secret_key),
        ("RUSTFS_REGION", &settings.region),
        ("RUSTFS_CONSOLE_ENABLE", "true"),
        // It looks after data that lives for days (lifecycle, usage), and makes creating and deleting a bucket take
        // twice as long.
        ("RUSTFS_SCANNER_ENABLED", "false"),
    ];
    let ports = [
        ("RUSTFS_ADDRESS", settings.port, DEFAULT_PORT),
        (
            "RUSTFS_CONSOLE_ADDRESS",
            settings.console_port,
            DEFAULT_CONSOLE_PORT,
        ),
    ];
    // RustFS listens where the test says, unless that is where it does by itself.
    let ports = ports
        .into_iter()
        .filter(|(_, port, default)| port != default);
    ours.iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .chain(ports.map(|(name, port, _)| (name.to_owned(), format!(":{port}"))))
        .chain(settings.environment.clone())
        .collect()
}

fn restrict(
    host: &mut HostConfig,
    bind: &str,
    ports: [u16; 2],
    tmpfs: Option<HashMap<String, String>>,
) {
    host.auto_remove = Some(true);
    // The init process reaps what the watchdog leaves, and ends the container when the watchdog kills the rest.
    host.init = Some(true);
    host.security_opt = Some(vec!["no-new-privileges".to_owned()]);
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
    host.tmpfs = tmpfs;
}

/// `/data` in memory where the image keeps its data there, mounted for the server's own user: RustFS exits with
/// `Permission denied` on a mount of somebody else's. A user known only by name cannot be looked up from outside.
fn tmpfs(image: &ImageConfig) -> Option<HashMap<String, String>> {
    let volumes = image.volumes.as_ref()?;
    volumes.iter().find(|volume| *volume == "/data")?;
    let user = image.user.as_deref().unwrap_or_default();
    let user = user.split(':').next().unwrap_or_default();
    let user = match user {
        "" | "root" => "0",
        "rustfs" => RUSTFS_USER,
        number if number.parse::<u32>().is_ok() => number,
        _ => return None,
    };
    let options = format!("rw,uid={user},gid={user}");
    Some(HashMap::from([("/data".to_owned(), options)]))
}

/// The name and the tag, as testcontainers takes them. A digest's algorithm stays with the name: the two are joined
/// with a colon again.
fn repository_and_tag(image: &str) -> (&str, &str) {
    match image.rsplit_once(':') {
        // A colon before the last slash is that of a registry's port.
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (image, "latest"),
    }
}

/// The duration in seconds, rounded up: the watchdog looks once a second.
pub(super) fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
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
        let options = |user, volume| Some(tmpfs(&image(user, volume))?["/data"].clone());
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
    }

    #[test]
    fn a_part_of_a_second_counts_as_a_second() {
        assert_eq!(whole_seconds(Duration::from_millis(1)), 1);
        assert_eq!(whole_seconds(Duration::from_millis(1500)), 2);
        assert_eq!(whole_seconds(Duration::from_secs(10)), 10);
    }
}
