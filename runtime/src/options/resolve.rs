//! The resolution of options: the layers are laid over each other, and each value is read by its rule.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use s3_test_options::{self as rules, Row, TABLE};

use super::{
    BucketName, BucketSettings, Fields, Fixture, Layer, Options, RequestedBackend, RuntimeSettings,
    ServerSettings, Settings, Source, Sourced, TestOptions, file,
};
use crate::error::Error;

/// The idle timeout under `TESTCONTAINERS_COMMAND=keep`: a century, which every shell can count.
pub(super) const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

impl Settings {
    /// Resolves every option.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidOption`] and [`Error::ConfigurationFile`] name the place of what is wrong.
    pub(crate) fn resolve(
        asked: TestOptions,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Arc<Error>> {
        let file = file::of_package(&asked.package)?.with_its_backend();
        let attribute = asked.options.into_layer();
        let attributes = asked.buckets.into_iter().map(Options::into_layer);
        let keep = variable("TESTCONTAINERS_COMMAND").is_some_and(|command| command == "keep");
        let environment = Layer::from_variables(variable)?.with_its_backend();
        misplaced(&attribute)?;
        let attribute = attribute.with_its_backend();

        let (mut buckets, mut names) = (Vec::new(), Vec::new());
        let mut settle = |all: &Layer| {
            if !is_shared(all) {
                names.extend(all.bucket.clone());
            }
            buckets.push(BucketSettings::resolve(all)?);
            Ok::<_, Error>(())
        };
        let defaults = Layer::of_defaults()?;
        let around = environment.over(file);
        let others = attributes.map(|own| {
            let around = around.around_other_buckets(&attribute);
            own.over(around).over(defaults.clone())
        });
        let others: Vec<_> = others.collect();
        let all = attribute.over(around).over(defaults.clone());
        if asked.main_bucket {
            settle(&all)?;
        }
        others.iter().try_for_each(settle)?;
        unlike_each_other(&names)?;

        all.read_by_everyone();
        let mut server = ServerSettings::resolve(&all)?;
        if keep {
            server.idle_timeout = FOR_EVER;
        }
        Ok(Self {
            backend: required(&TABLE.backend, &all.backend, |name| rules::backend(name))?,
            server,
            buckets,
            runtime: RuntimeSettings::resolve(&all)?,
            timeout: read(&all.timeout, |text| rules::duration(&TABLE.timeout, text))?,
            requests: required(&TABLE.requests, &all.requests, |requests| Ok(*requests))?,
            dump: read(&all.dump, |path| {
                rules::text(&TABLE.dump, path).map(|()| path.clone())
            })?,
            dump_limit: required(&TABLE.dump_limit, &all.dump_limit, |size| {
                rules::size(&TABLE.dump_limit, size)
            })?,
        })
    }
}

impl Layer {
    /// Names the place that reads each option. A new option makes the pattern incomplete, so that nobody forgets to read it.
    fn read_by_everyone(&self) {
        let Fields {
            // `Settings::resolve`
            backend: _,
            timeout: _,
            requests: _,
            dump: _,
            dump_limit: _,
            // `ServerSettings::resolve`
            image: _,
            port: _,
            console_port: _,
            command: _,
            access_key: _,
            secret_key: _,
            region: _,
            environment: _,
            endpoint: _,
            startup_timeout: _,
            idle_timeout: _,
            // `BucketSettings::resolve`
            bucket: _,
            bucket_prefix: _,
            fixtures: _,
            versioning: _,
            keep: _,
            unfinished_uploads: _,
            shared: _,
            // `RuntimeSettings::resolve`
            flavor: _,
            worker_threads: _,
            start_paused: _,
        } = &**self;
    }

    /// Returns the options around the buckets that a test has beside its own: those of `self` that do not describe the
    /// test's own bucket, and those of the attribute that hold for the others too.
    fn around_other_buckets(&self, attribute: &Self) -> Self {
        let mut others = self.clone();
        others.bucket = None;
        others.fixtures = None;
        others.shared = None;
        others.bucket_prefix = attribute
            .bucket_prefix
            .clone()
            .or(others.bucket_prefix.take());
        others.keep = attribute.keep.clone().or(others.keep.take());
        others.unfinished_uploads = attribute
            .unfinished_uploads
            .clone()
            .or(others.unfinished_uploads.take());
        others
    }

    /// Sets the backend to `external` if there is only an endpoint.
    fn with_its_backend(mut self) -> Self {
        if self.backend.is_none() {
            self.backend = self.endpoint.as_ref().map(|endpoint| Sourced {
                value: "external".to_owned(),
                source: endpoint.source.clone(),
            });
        }
        self
    }

    /// Returns the options of `self`, and those of `other` that `self` leaves out. A `bucket_prefix` in `self` also replaces
    /// a `bucket` in `other`, since both name the bucket.
    fn over(mut self, mut other: Self) -> Self {
        if self.bucket_prefix.is_some() {
            other.bucket = None;
        }
        if let Some(environment) = &mut self.environment {
            for (name, value) in other.environment.iter().flat_map(|given| &given.value) {
                let value = value.clone();
                environment.value.entry(name.clone()).or_insert(value);
            }
        }
        self.or(other)
    }
}

/// Returns true if the bucket is a data set, whose name nobody chooses.
fn is_shared(all: &Layer) -> bool {
    all.shared.as_ref().is_some_and(|shared| shared.value)
}

/// Reads an option and applies its rule.
fn read<T: std::fmt::Display, R>(
    given: &Option<Sourced<T>>,
    rule: impl FnOnce(&T) -> Result<R, String>,
) -> Result<Option<R>, Error> {
    given.as_ref().map(|given| given.read(rule)).transpose()
}

/// Reads an endpoint and removes a slash at its end.
fn endpoint(given: &Option<Sourced<String>>) -> Result<Option<String>, Error> {
    read(given, |text| {
        rules::endpoint(text).map(|()| text.trim_end_matches('/').to_owned())
    })
    .map_err(|error| match error {
        // The part before an `@` may contain a password, which must not be logged.
        Error::InvalidOption {
            place,
            value,
            problem,
        } => Error::InvalidOption {
            place,
            value: value
                .rsplit_once('@')
                .map_or_else(|| value.clone(), |(_, host)| format!("…@{host}")),
            problem,
        },
        other => other,
    })
}

/// Reads fixtures and checks their prefixes.
fn fixtures(given: Option<Sourced<Vec<Fixture>>>) -> Result<Vec<Fixture>, Error> {
    let Some(Sourced { value, source }) = given else {
        return Ok(Vec::new());
    };
    for prefix in value.iter().filter_map(|fixture| fixture.prefix.clone()) {
        let prefix = Sourced {
            value: prefix,
            source: source.clone(),
        };
        prefix.read(|prefix| rules::fixture_prefix(prefix))?;
    }
    Ok(value)
}

/// Reads an option that has a default, so that only a gap in the table leaves it unset.
fn required<T: std::fmt::Display, R>(
    row: &Row,
    given: &Option<Sourced<T>>,
    rule: impl FnOnce(&T) -> Result<R, String>,
) -> Result<R, Error> {
    read(given, rule)?.ok_or_else(|| Error::InvalidOption {
        place: format!("the default of `{}`", row.name),
        value: String::new(),
        problem: "the table of options has no default: add one".to_owned(),
    })
}

/// Reads a text that may not be blank.
fn text(row: &Row, given: &Option<Sourced<String>>) -> Result<String, Error> {
    required(row, given, |text| {
        rules::text(row, text).map(|()| text.clone())
    })
}

/// Reads a port.
fn port(row: &Row, given: &Option<Sourced<u64>>) -> Result<u16, Error> {
    required(row, given, |port| rules::port(row.name, *port))
}

/// Reads a duration.
fn duration(row: &Row, given: &Option<Sourced<String>>) -> Result<Duration, Error> {
    required(row, given, |text| rules::duration(row, text))
}

/// Refuses an option in the attribute that has no effect on the backend beside it.
fn misplaced(attribute: &Layer) -> Result<(), Error> {
    // An endpoint alone selects the backend.
    let (given, backend) = match (&attribute.backend, &attribute.endpoint) {
        (Some(given), _) => (given, given.read(|name| rules::backend(name))?),
        (None, Some(given)) => (given, RequestedBackend::External),
        (None, None) => return Ok(()),
    };
    let never = |option: &str| {
        option == "keep"
            && attribute
                .keep
                .as_ref()
                .is_some_and(|keep| keep.value == "never")
    };
    let mut options = attribute.set_options().filter(|option| !never(option));
    match options.find_map(|option| rules::misplaced(option, backend)) {
        Some(problem) => given.read(|_| Err(problem)),
        None => Ok(()),
    }
}

/// Refuses two buckets of the same name, which would wait for each other for ever.
fn unlike_each_other(names: &[Sourced<String>]) -> Result<(), Error> {
    for (index, name) in names.iter().enumerate() {
        if let Some(earlier) = names[..index]
            .iter()
            .find(|other| other.value == name.value)
        {
            return name.read(|_| {
                Err(format!(
                    "another bucket of the test has this name, by {}: give one of the two another",
                    earlier.source
                ))
            });
        }
    }
    Ok(())
}

impl ServerSettings {
    fn resolve(all: &Layer) -> Result<Self, Error> {
        let environment = all.environment.as_ref();
        for name in environment.iter().flat_map(|given| given.value.keys()) {
            if let (Some(given), Err(problem)) = (environment, rules::variable_name(name)) {
                let (place, value) = (given.source.to_string(), name.clone());
                return Err(Error::InvalidOption {
                    place,
                    value,
                    problem,
                });
            }
        }
        Ok(Self {
            image: text(&TABLE.image, &all.image)?,
            port: port(&TABLE.port, &all.port)?,
            console_port: port(&TABLE.console_port, &all.console_port)?,
            command: all
                .command
                .as_ref()
                .map_or_else(Vec::new, |given| given.value.clone()),
            access_key: text(&TABLE.access_key, &all.access_key)?,
            secret_key: text(&TABLE.secret_key, &all.secret_key)?,
            region: text(&TABLE.region, &all.region)?,
            environment: environment.map_or_else(BTreeMap::new, |given| given.value.clone()),
            endpoint: endpoint(&all.endpoint)?,
            startup_timeout: duration(&TABLE.startup_timeout, &all.startup_timeout)?,
            idle_timeout: duration(&TABLE.idle_timeout, &all.idle_timeout)?,
        })
    }
}

impl BucketSettings {
    fn resolve(all: &Layer) -> Result<Self, Error> {
        let name = |problems: fn(&str) -> Vec<String>| {
            move |name: &String| match problems(name) {
                problems if problems.is_empty() => Ok(name.clone()),
                problems => Err(problems.join("; ")),
            }
        };
        let has_fixtures = all.fixtures.as_ref().is_some_and(|it| !it.value.is_empty());
        let exactly = read(&all.bucket, name(rules::bucket))?;
        let prefix = required(
            &TABLE.bucket_prefix,
            &all.bucket_prefix,
            name(rules::bucket_prefix),
        )?;
        Ok(Self {
            name: match exactly {
                Some(name) => BucketName::Exactly(name),
                None => BucketName::Fresh(prefix),
            },
            fixtures: fixtures(all.fixtures.clone())?,
            versioning: required(&TABLE.versioning, &all.versioning, |versioning| {
                Ok(*versioning)
            })?,
            keep: required(&TABLE.keep, &all.keep, |when| rules::keep(when))?,
            shared: required(&TABLE.shared, &all.shared, |shared| match shared {
                true if !has_fixtures => Err(rules::NOTHING_SHARED.to_owned()),
                shared => Ok(*shared),
            })?,
            unfinished_uploads: required(
                &TABLE.unfinished_uploads,
                &all.unfinished_uploads,
                |meaning| rules::unfinished_uploads(meaning),
            )?,
            keep_is_inline: all
                .keep
                .as_ref()
                .is_some_and(|keep| matches!(keep.source, Source::Attribute(_))),
        })
    }
}

impl RuntimeSettings {
    fn resolve(all: &Layer) -> Result<Self, Error> {
        let flavor = required(&TABLE.flavor, &all.flavor, |name| rules::flavor(name))?;
        let worker_threads = read(&all.worker_threads, |count| {
            rules::count("worker_threads", *count)
        })?;
        let start_paused = required(&TABLE.start_paused, &all.start_paused, |paused| {
            match (paused, flavor) {
            (true, rules::Flavor::MultiThread) => Err(
                "only the clock of the flavor \"current_thread\" can stand still: remove `flavor` or `start_paused`"
                    .to_owned(),
            ),
            (paused, _) => Ok(*paused),
        }
        })?;
        Ok(match flavor {
            rules::Flavor::CurrentThread => Self::CurrentThread { start_paused },
            rules::Flavor::MultiThread => Self::MultiThread { worker_threads },
        })
    }
}
