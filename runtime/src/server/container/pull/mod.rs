//! Pulls an image that the machine does not have: from its registry in a few attempts, then from mirrors.

mod layers;
mod login;
mod meter;
mod reference;

use std::time::Duration;

use futures_util::StreamExt;
use testcontainers::bollard::query_parameters::{
    CreateImageOptionsBuilder, TagImageOptionsBuilder,
};
use tokio::time::{Instant, interval_at, sleep, timeout};

use self::{meter::Meter, reference::Reference};
use super::engine::{self, Engine};
use crate::{
    options::{DEFAULT_IMAGE, IMAGE_MIRRORS},
    process::stderr,
};

/// The limit for all attempts together.
const LIMIT: Duration = Duration::from_secs(10 * 60);
/// The waits before the second attempt and the third.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(3)];
/// The registries beside Docker Hub to which RustFS publishes its image, under the same name.
const RUSTFS_MIRRORS: &str = "ghcr.io,quay.io";
/// The value of [`IMAGE_MIRRORS`] for no mirror at all.
const NO_MIRROR: &str = "none";
/// Words by which a registry says that trying again does not help.
const FINAL: [&str; 8] = [
    "not found",
    "unknown",
    "denied",
    "unauthorized",
    "authentication required",
    "does not exist",
    "no basic auth",
    "invalid reference",
];

/// Pulls the image. An error is the engine's answers, for people.
pub(super) async fn pull(image: &str, engine: &Engine) -> Result<(), String> {
    match timeout(LIMIT, from_anywhere(image, engine)).await {
        Ok(outcome) => outcome,
        Err(_elapsed) => Err(format!("the pull took longer than {} s", LIMIT.as_secs())),
    }
}

async fn from_anywhere(image: &str, engine: &Engine) -> Result<(), String> {
    let wanted = Reference::parse(image);
    let mut failures = match in_attempts(&wanted, engine).await {
        Ok(()) => return Ok(()),
        Err(failure) => failure,
    };
    // The image of a mirror gets the name that was asked for, which a digest cannot be.
    let Some(tag) = wanted.tag() else {
        return Err(failures);
    };
    for mirror in mirrors(image) {
        let there = wanted.at(&mirror);
        let name = there.name();
        stderr::note(&format!(
            "{image} cannot be pulled ({failures}); trying the mirror {name}"
        ));
        match once(&there, engine).await {
            Ok(()) => {
                let options = TagImageOptionsBuilder::new()
                    .repo(&wanted.repository())
                    .tag(tag)
                    .build();
                let tagged = engine.docker().tag_image(&name, Some(options)).await;
                return tagged.map_err(|error| engine::message(&error));
            }
            Err(failure) => failures = format!("{failures}; nor from the mirror {name}: {failure}"),
        }
    }
    Err(failures)
}

/// Tries until the image is there, or the registry's answer is final, or there were enough attempts.
async fn in_attempts(image: &Reference, engine: &Engine) -> Result<(), String> {
    let mut pauses = PAUSES.into_iter();
    loop {
        let failure = match once(image, engine).await {
            Ok(()) => return Ok(()),
            Err(failure) => failure,
        };
        let is_final = FINAL
            .iter()
            .any(|words| failure.to_lowercase().contains(words));
        let Some(pause) = pauses.next().filter(|_| !is_final) else {
            return Err(failure);
        };
        stderr::note(&format!(
            "the pull of {} failed, and is tried again in {} s: {failure}",
            image.name(),
            pause.as_secs()
        ));
        sleep(pause).await;
    }
}

async fn once(image: &Reference, engine: &Engine) -> Result<(), String> {
    let name = image.name();
    // As in the docker command. An empty one means the engine's own.
    let platform = std::env::var("DOCKER_DEFAULT_PLATFORM").unwrap_or_default();
    let options = CreateImageOptionsBuilder::new()
        .from_image(&name)
        .platform(&platform)
        .build();
    let login = login::login(image.registry()).await;
    let mut lines = Box::pin(engine.docker().create_image(Some(options), None, login));
    let mut meter = Meter::new(&name);
    let mut ticks = interval_at(Instant::now() + meter::PERIOD, meter::PERIOD);
    loop {
        tokio::select! {
            line = lines.next() => match line {
                None => break,
                Some(Ok(line)) => meter.note(&line),
                Some(Err(error)) => return Err(engine::message(&error)),
            },
            _ = ticks.tick() => meter.show(),
        }
    }
    meter.finish();
    Ok(())
}

/// Returns the mirrors of an image: those that the user names, else those of the default image.
fn mirrors(image: &str) -> Vec<String> {
    let named = std::env::var(IMAGE_MIRRORS).unwrap_or_default();
    list(&named, image == DEFAULT_IMAGE)
}

fn list(named: &str, is_default_image: bool) -> Vec<String> {
    let mirrors = match (named.trim(), is_default_image) {
        (NO_MIRROR, _) | ("", false) => "",
        ("", true) => RUSTFS_MIRRORS,
        (named, _) => named,
    };
    mirrors
        .split(',')
        .map(|mirror| mirror.trim().to_owned())
        .filter(|mirror| !mirror.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_default_image_has_mirrors_that_nobody_named() {
        assert_eq!(list("", true), ["ghcr.io", "quay.io"]);
        assert!(list("", false).is_empty());
        assert!(list("none", true).is_empty());
        assert_eq!(
            list("a.example, b.example/hub,", true),
            ["a.example", "b.example/hub"]
        );
    }
}
