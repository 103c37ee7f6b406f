//! What stands inside the attribute, as its expansion hands it over.

use super::layer::{Fixture, Given, Layer, Place};

/// What stood inside `#[s3_test(…)]` or `#[bucket(…)]`. Written by the attribute; not part of the stable interface.
#[derive(Debug, Clone, Default)]
#[doc(hidden)]
pub struct Options(Layer);

macro_rules! setters {
    ($($name:ident: $argument:ty => $convert:expr),* $(,)?) => {
        $(
            #[must_use]
            pub fn $name(mut self, value: $argument) -> Self {
                let convert: fn($argument) -> _ = $convert;
                self.0.$name = Some(Given { value: convert(value), place: Place::Attribute(stringify!($name)) });
                self
            }
        )*
    };
}

#[allow(missing_docs)]
impl Options {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn into_layer(self) -> Layer {
        self.0
    }

    setters! {
        bucket: &'static str => str::to_owned,
        bucket_prefix: &'static str => str::to_owned,
        backend: &'static str => str::to_owned,
        image: &'static str => str::to_owned,
        port: u16 => u64::from,
        console_port: u16 => u64::from,
        command: &'static [&'static str] => |arguments| arguments.iter().map(|argument| (*argument).to_owned()).collect(),
        access_key: &'static str => str::to_owned,
        secret_key: &'static str => str::to_owned,
        region: &'static str => str::to_owned,
        environment: &'static [(&'static str, &'static str)] => |variables| {
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        },
        endpoint: &'static str => str::to_owned,
        fixtures: &'static [(&'static str, Option<&'static str>)] => |fixtures| {
            fixtures
                .iter()
                .map(|(path, prefix)| Fixture::new(path, *prefix))
                .collect()
        },
        versioning: bool => |versioning| versioning,
        keep: &'static str => str::to_owned,
        startup_timeout: &'static str => str::to_owned,
        idle_timeout: &'static str => str::to_owned,
        timeout: &'static str => str::to_owned,
        flavor: &'static str => str::to_owned,
        worker_threads: usize => |count| count as u64,
        start_paused: bool => |start_paused| start_paused,
    }
}
