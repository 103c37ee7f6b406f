//! A bucket without the attribute: the builder of [`bucket()`], and the guard that it gives.

mod owned;

use std::{
    panic::{Location, resume_unwind},
    path::{MAIN_SEPARATOR_STR, Path, PathBuf},
    thread,
};

use s3_test_options::{self as rules, for_each_option};

pub use self::owned::OwnedBucket;
use crate::{
    error::{Error, opaque},
    options::{
        Fixture, Layer, Options, Settings, Source, Sourced, TestOptions, warn_of_mistyped_variables,
    },
    process::{background, exit},
    test::Prepared,
};

/// Describes a bucket for code that is no `#[s3_test]` function: fixtures of other test frameworks, benchmarks, programs.
///
/// Its methods are called as the options of [`#[s3_test]`](macro@crate::s3_test) and take the same values. The variables
/// `S3_TEST_…` and `s3-test.toml` set what the code leaves out, as they do for a test.
///
/// ```
/// # fn main() -> Result<(), s3_test::Error> {
/// let bucket = s3_test::bucket().bucket_prefix("reports").versioning(true).create_blocking()?;
/// assert!(bucket.name().starts_with("reports-"));
/// # Ok(())
/// # }
/// ```
///
/// See the [guide](crate::guide::without_the_macro) for where it fits.
#[track_caller]
pub fn bucket() -> BucketBuilder {
    BucketBuilder {
        layer: Layer::default(),
        place: Location::caller(),
    }
}

/// The options of a bucket that [`bucket()`] describes, one method for each.
///
/// The last call of a method counts. A wrong value is an error of [`create`](Self::create), in the words that a test
/// would fail with. The options of a test's body (`timeout`, `flavor`, `worker_threads`, `start_paused`) have no methods,
/// since there is no body.
#[derive(Debug, Clone)]
#[must_use = "a builder makes its bucket in `create` or `create_blocking`"]
pub struct BucketBuilder {
    layer: Layer,
    place: &'static Location<'static>,
}

macro_rules! methods {
    ($($name:ident: $kind:ident $(($rule:expr))? {
        scope: Scope::$scope:ident,
        backends: $backends:expr,
        default: $default:expr,
        example: $example:expr,
        meaning: $meaning:expr,
        type_words: $type_words:expr,
    })*) => {
        impl BucketBuilder {
            $(method! { $scope $kind $name concat!($meaning, " Inside the attribute: `", $example, "`.") })*
        }
    };
}

/// Writes the method of one option, with the argument of its kind.
macro_rules! method {
    (Body $($rest:tt)*) => {};
    ($scope:ident Text $name:ident $doc:expr) => {
        method! { $name $doc, (value: impl Into<String>), value.into() }
    };
    ($scope:ident Duration $name:ident $doc:expr) => {
        method! { $name $doc, (value: impl Into<String>), value.into() }
    };
    ($scope:ident Port $name:ident $doc:expr) => {
        method! { $name $doc, (value: u16), value.into() }
    };
    ($scope:ident Count $name:ident $doc:expr) => {
        method! { $name $doc, (value: usize), value as u64 }
    };
    ($scope:ident Switch $name:ident $doc:expr) => {
        method! { $name $doc, (value: bool), value }
    };
    ($scope:ident Command $name:ident $doc:expr) => {
        method! { $name $doc, (words: impl IntoIterator<Item = impl Into<String>>), words.into_iter().map(Into::into).collect() }
    };
    ($scope:ident Environment $name:ident $doc:expr) => {
        method! {
            $name $doc,
            (variables: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>),
            variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect()
        }
    };
    ($scope:ident Fixtures $name:ident $doc:expr) => {
        method! {
            $name $doc, (fixtures: impl IntoIterator<Item = impl Into<Fixture>>), fixtures.into_iter().map(Into::into).collect()
        }
    };
    ($name:ident $doc:expr, ($argument:ident: $ty:ty), $value:expr) => {
        #[doc = $doc]
        pub fn $name(mut self, $argument: $ty) -> Self {
            self.layer.$name = Some(Sourced { value: $value, source: Source::Attribute(stringify!($name)) });
            self
        }
    };
}

for_each_option!(methods);

impl BucketBuilder {
    /// Creates the bucket: it gets hold of a server, creates the bucket on it, and uploads the fixtures.
    ///
    /// It works on every tokio runtime and without one. If the future is dropped, what it has begun is taken back.
    ///
    /// # Errors
    ///
    /// [`Error`](opaque::Error) if an option is wrong, a fixture is missing, or there is no server.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use object_store::{ObjectStoreExt, path::Path};
    ///
    /// let bucket = s3_test::bucket().create().await?;
    /// bucket.store()?.put(&Path::from("greeting"), "hello".into()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create(self) -> Result<OwnedBucket, opaque::Error> {
        // On the background runtime, where the connections live.
        exit::completed(self.prepare()).await
    }

    /// Creates the bucket and blocks the thread until it is there. It may be called from within a runtime too.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    ///
    /// ```
    /// use std::sync::LazyLock;
    ///
    /// use s3_test::OwnedBucket;
    ///
    /// /// Deleted at the end of the process.
    /// static SHARED: LazyLock<OwnedBucket> =
    ///     LazyLock::new(|| s3_test::bucket().create_blocking().expect("a bucket"));
    ///
    /// assert_eq!(SHARED.name(), SHARED.name());
    /// ```
    pub fn create_blocking(self) -> Result<OwnedBucket, opaque::Error> {
        // A runtime's `block_on` would panic inside of another runtime.
        let thread = thread::spawn(|| background::handle().block_on(self.create()));
        thread
            .join()
            .unwrap_or_else(|payload| resume_unwind(payload))
    }

    async fn prepare(self) -> Result<OwnedBucket, opaque::Error> {
        warn_of_mistyped_variables();
        let Self { layer, place } = self;
        if let (Some(_), Some(prefix)) = (&layer.bucket, &layer.bucket_prefix) {
            prefix.read(|_| Err::<(), _>(rules::NAMED_TWICE.to_owned()))?;
        }
        if layer.shared.as_ref().is_some_and(|shared| shared.value) {
            not_beside_shared(&layer)?;
        }
        let package = package_folder();
        let asked = TestOptions {
            package: package.clone().unwrap_or_default(),
            options: Options::of_builder(layer),
            main_bucket: true,
            buckets: Vec::new(),
        };
        let settings = Settings::resolve(asked, |name| std::env::var(name).ok())?;
        let fixtures = settings.buckets.iter().flat_map(|it| &it.fixtures);
        let package = match package {
            Some(package) => package,
            None => without_package(fixtures)?,
        };
        let place = format!("{}:{}", place.file(), place.line());
        let prepared = Prepared::new(&place, &package, &settings).await?;
        Ok(OwnedBucket::new(prepared, settings.server.idle_timeout))
    }
}

/// Refuses options that a shared data set cannot have.
fn not_beside_shared(layer: &Layer) -> Result<(), Error> {
    for option in layer.set_options() {
        if rules::NOT_SHARED.contains(&option) {
            return Err(Error::InvalidOption {
                place: "the option `shared`".to_owned(),
                value: "true".to_owned(),
                problem: rules::beside_shared(option),
            });
        }
    }
    Ok(())
}

/// Returns the folder that relative fixtures and `s3-test.toml` are looked for from.
fn package_folder() -> Option<PathBuf> {
    let folder = std::env::var_os("CARGO_MANIFEST_DIR")?;
    (!folder.is_empty()).then(|| folder.into())
}

/// Returns the folder for fixtures of which none is relative.
fn without_package<'a>(fixtures: impl Iterator<Item = &'a Fixture>) -> Result<PathBuf, Error> {
    for fixture in fixtures {
        if !Path::new(&fixture.path).is_absolute() {
            return Err(Error::FixtureWithoutPackage {
                path: fixture.path.clone(),
            });
        }
    }
    Ok(MAIN_SEPARATOR_STR.into())
}
