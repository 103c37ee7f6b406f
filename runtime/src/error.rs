//! Errors before a test's body runs: one variant for each fault that a person can fix.

pub(crate) mod opaque;

use std::{path::PathBuf, time::Duration};

use humantime::format_duration;

/// The reason why a test did not get its buckets. Each message says what happened and what to do.
///
/// A test fails with this message before its body runs. Under `#[should_panic]` it fails too, so that the harness does
/// not take the error for the expected panic.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// An option has a value that it cannot have.
    #[error("{place} is `{value}`: {problem}.")]
    InvalidOption {
        place: String,
        value: String,
        problem: String,
    },

    /// `s3-test.toml` cannot be read.
    #[error("{place}: {problem}.")]
    ConfigurationFile { place: String, problem: String },

    /// The backend that was asked for is not part of this build.
    #[cfg(not(all(feature = "container", feature = "embedded")))]
    #[error(
        "the {backend} backend is not compiled in. Turn on the feature `{backend}` of s3-test in `Cargo.toml`, or ask \
         for another backend (option `backend`, variable S3_TEST_BACKEND)."
    )]
    NotCompiledIn { backend: &'static str },

    /// The embedded server could not listen on this machine.
    #[error(
        "the embedded server could not listen on 127.0.0.1: {message}. Run fewer tests at once (`--test-threads`), or \
         raise the limit of open files (`ulimit -n`)."
    )]
    EmbeddedNotStarted { message: String },

    /// The backend `external` was asked for, but no service was named.
    #[error(
        "the backend is `external`, but no S3 service is named. Say where it answers, for example \
         S3_TEST_ENDPOINT=http://localhost:9000 (option `endpoint`), or use another backend (option `backend`, variable \
         S3_TEST_BACKEND)."
    )]
    EndpointMissing,

    /// The endpoint of the external service is none.
    #[error(
        "the endpoint `{endpoint}` cannot be used: {reason}. Write it as `http://host:port` or `https://host:port` \
         (option `endpoint`, variable S3_TEST_ENDPOINT)."
    )]
    EndpointInvalid { endpoint: String, reason: String },

    /// The host of the external service has no address.
    #[error(
        "the host of the endpoint {endpoint} has no address: {message}. Correct the endpoint (option `endpoint`, \
         variable S3_TEST_ENDPOINT), or make its name known to this machine."
    )]
    EndpointUnresolved { endpoint: String, message: String },

    /// The external service is not on a private network, and nobody has said that this is meant.
    #[error(
        "tests do not run against {endpoint}: {reason}, and tests create and delete buckets with whatever keys they are \
         given, on a service that may hold real data and cost real money. Use a service on this machine or a private \
         network (option `endpoint`, variable S3_TEST_ENDPOINT), or set S3_TEST_ALLOW_REMOTE=1 if this one is for tests."
    )]
    EndpointRemote { endpoint: String, reason: String },

    /// The file with the certificate authorities cannot be used.
    #[error(
        "the certificate authorities in {} (variable S3_TEST_CA_BUNDLE) cannot be used: {message}. Name a PEM file with \
         the certificate of the authority that signed the S3 service's, or unset the variable to use the system's \
         authorities.",
        path.display()
    )]
    CaBundle { path: PathBuf, message: String },

    /// The external service has a certificate that is not trusted.
    #[error(
        "the S3 service at {endpoint} has a certificate that {authorities} not accept: {message}. Set S3_TEST_CA_BUNDLE \
         to a PEM file with the certificate of the authority that signed it, and use a host name that stands in it.",
        authorities = match ca_bundle {
            Some(path) => format!("the authorities in {} (variable S3_TEST_CA_BUNDLE) do", path.display()),
            None => "this system's authorities do".to_owned(),
        }
    )]
    CertificateRefused {
        endpoint: String,
        ca_bundle: Option<PathBuf>,
        message: String,
    },

    /// No signed request to the external service succeeded in time.
    #[error(
        "the S3 service at {endpoint} was not ready within {}: {last_answer}. Check that it runs and that the endpoint \
         is right (option `endpoint`, variable S3_TEST_ENDPOINT), or raise `startup_timeout` (or \
         S3_TEST_STARTUP_TIMEOUT) if it is still starting.",
        format_duration(*limit)
    )]
    ExternalNotReady {
        endpoint: String,
        limit: Duration,
        last_answer: String,
    },

    /// Nobody listens at the endpoint of the external service.
    #[error(
        "nobody listens at {endpoint}: connections to it were refused for 5 s. Start the S3 service before the tests, or \
         correct the endpoint (option `endpoint`, variable S3_TEST_ENDPOINT)."
    )]
    ExternalClosed { endpoint: String },

    /// The external service refuses what is signed with the keys of the options.
    #[error(
        "the S3 service at {endpoint} refuses signed requests ({message}). Set keys that it knows (options `access_key` \
         and `secret_key`, variables S3_TEST_ACCESS_KEY and S3_TEST_SECRET_KEY; those of AWS_* are never used) and its \
         region (option `region`, variable S3_TEST_REGION)."
    )]
    ExternalRefused { endpoint: String, message: String },

    /// The server finds that its clock and this machine's differ too much.
    #[error(
        "the server at {endpoint} refuses signed requests, because its clock and this machine's differ by more than it allows \
         ({message}). Set the clock that is wrong; a Docker engine in a virtual machine may have to be restarted."
    )]
    ClocksApart { endpoint: String, message: String },

    /// The bucket that a test names is on the external service already.
    #[error(
        "the bucket `{bucket}` exists already on {endpoint}, and s3-test never touches a bucket that it did not create. \
         Use another name (option `bucket`), or leave it out for a fresh one; if an earlier run has left it \
         (killed, or by the option `keep`) and no other process uses it now, remove it by hand (`aws --endpoint-url {endpoint} s3 rb --force s3://{bucket}`)."
    )]
    BucketExists { endpoint: String, bucket: String },

    /// Marking a bucket took so long that another machine may have taken it.
    #[error(
        "the server at {endpoint} took {took:.1?} to mark the bucket `{bucket}` as this test's, so another machine may have \
         taken it meanwhile. Run the test again when the server is less busy, or leave the option `bucket` out for a fresh \
         name. An empty bucket of this name may stay for ten minutes, until the tests run on this machine again."
    )]
    BucketContested {
        endpoint: String,
        bucket: String,
        took: Duration,
    },

    /// There is no Docker socket.
    #[error(
        "no Docker engine was found: {host} does not exist. Start Docker or Podman, or set DOCKER_HOST to the address \
         of a running engine (for example DOCKER_HOST=unix:///run/user/1000/podman/podman.sock)."
    )]
    DockerNotFound { host: String },

    /// The Docker socket is there, but nobody listens on it.
    #[error(
        "Docker refused the connection at {host}. Start the engine (`sudo systemctl start docker`, or Docker Desktop), \
         or correct DOCKER_HOST if the engine is somewhere else; `docker info` tells whether it answers."
    )]
    DockerRefused { host: String },

    /// The Docker socket is there, but this user may not open it.
    #[error(
        "this user may not open the Docker socket {host}. Add the user to the group `docker` \
         (`sudo usermod -aG docker \"$USER\"`, then log in again), or use a rootless engine and set DOCKER_HOST to it."
    )]
    DockerPermissionDenied { host: String },

    /// The Docker socket accepts connections, but no answer comes.
    #[error(
        "Docker at {host} did not answer within {}. Restart the engine, or correct DOCKER_HOST; `docker info` tells \
         whether it answers.",
        format_duration(*limit)
    )]
    DockerSilent { host: String, limit: Duration },

    /// Docker answered a request with an error.
    #[error(
        "Docker could not {action}: {message}. Run `docker info` to see whether the engine works."
    )]
    Docker { action: String, message: String },

    /// No image can have the name that is asked for.
    #[error(
        "no image can be called `{image}`: {message}. Correct the name (option `image`, variable S3_TEST_IMAGE)."
    )]
    ImageName { image: String, message: String },

    /// The image is not on the Docker host and cannot be pulled.
    #[error(
        "the image `{image}` is not on this machine and cannot be pulled: {message}. Check its name (option `image`, \
         variable S3_TEST_IMAGE) and the network, log in to its registry (`docker login`), or load it by hand \
         (`docker pull {image}`, `docker load`)."
    )]
    ImageUnavailable { image: String, message: String },

    /// The engine starts no container of the image, whatever is left out of the request.
    #[error(
        "{engine} does not start a container of `{image}`: {message}. This is no fault of the test: repair or update the \
         engine, name another one (variable DOCKER_HOST), or run without containers (S3_TEST_BACKEND=embedded)."
    )]
    ContainerRefused {
        engine: String,
        image: String,
        message: String,
    },

    /// The engine cannot publish the container's ports on this machine.
    #[error(
        "{engine} could not publish the ports of a container of `{image}` on {address}: {message}. Free the port, or let \
         the engine write its firewall rules (restarting it restores them), and run the tests again."
    )]
    PortNotPublished {
        engine: String,
        image: String,
        address: String,
        message: String,
    },

    /// The container's server stopped before it was ready.
    #[error(
        "the container of `{image}` exited{} before it was ready. Correct what its log complains \
         about: the image (option `image`), its `command`, its variables (`environment`) or its keys (`access_key`, `secret_key`; \
         servers want at least 3 and 8 characters). {}",
        exit_code.map(|code| format!(" with code {code}")).unwrap_or_default(),
        last_lines(log)
    )]
    ServerExited {
        image: String,
        exit_code: Option<i64>,
        log: Vec<String>,
    },

    /// The container runs, but no signed S3 request succeeded in time.
    #[error(
        "the container of `{image}` was not ready within {}: {last_answer}. Raise `startup_timeout` (or \
         S3_TEST_STARTUP_TIMEOUT) if the machine is slow, else check the image and its variables. {}",
        format_duration(*limit),
        last_lines(log)
    )]
    ServerNotReady {
        image: String,
        limit: Duration,
        last_answer: String,
        log: Vec<String>,
    },

    /// The container runs, but no connection to its port can be made.
    #[error(
        "the container of `{image}` runs, but for {} no connection to {endpoint} could be made ({message}). Allow \
         connections to {endpoint} if a firewall or VPN on this machine blocks them, else check that the image's \
         server listens on the port that the option `port` names. {}",
        format_duration(*limit),
        last_lines(log)
    )]
    ServerUnreachable {
        image: String,
        endpoint: String,
        limit: Duration,
        message: String,
        log: Vec<String>,
    },

    /// The server does not accept the keys it was started with.
    #[error(
        "the image `{image}` refuses the keys that its server was started with ({message}). Some images know only their \
         own keys, and others refuse short ones: leave the options `access_key` and `secret_key` out, give the image's own, \
         at least 3 and 8 characters long, or use another image (option `image`)."
    )]
    KeysRefused { image: String, message: String },

    /// The server did not create the test's bucket.
    #[error(
        "the server at {endpoint} did not create the bucket `{bucket}`: {message}. Use another name (option `bucket`) \
         if the server objects to it, else look at the server's log."
    )]
    BucketRefused {
        endpoint: String,
        bucket: String,
        message: String,
    },

    /// The server did not show what is in the test's bucket.
    #[error(
        "the bucket `{bucket}` did not show {asked_for}: {message}. See that the test has not deleted it, and that its \
         server runs."
    )]
    BucketUnread {
        bucket: String,
        asked_for: String,
        message: String,
    },

    /// The server did not switch on the versioning of the test's bucket.
    #[error(
        "the server at {endpoint} has no versions of objects, which the option `versioning` asks for: \
         PutBucketVersioning was answered with {message}. Leave the option out, or run the test on a server that has them (option `backend`, variable \
         S3_TEST_BACKEND: both RustFS and the embedded server do)."
    )]
    VersioningMissing { endpoint: String, message: String },
    /// Tests write to a shared data set as fast as it is made anew.
    #[error(
        "the shared data set `{bucket}` was damaged by other tests again and again while it was made. Find the tests that \
         write to it, which fail too, and remove their `shared`."
    )]
    DataSetDamaged { bucket: String },

    /// A test asked for a sibling of a bucket after its end.
    #[error(
        "the test of the bucket `{bucket}` is over, so the bucket gets no sibling. Await what calls `sibling` before the \
         test ends."
    )]
    TestOver { bucket: String },

    /// Something that only one test at a time may use was not released.
    #[error(
        "waited {} for {what}, held all the time by {holder}. End that process if it hangs, give its test a `timeout`, \
         or use a bucket name of its own for each test.",
        format_duration(*limit)
    )]
    Busy {
        what: String,
        holder: String,
        limit: Duration,
    },

    /// The directory in which test processes agree on servers and buckets cannot be used.
    #[error(
        "cannot use {}, where test processes agree on who uses which server and bucket: {message}. Make it writable \
         for this user, or set TMPDIR to a directory that is.",
        path.display()
    )]
    StateDirectory { path: PathBuf, message: String },

    /// A file or folder of the option `fixtures` is missing.
    #[error(
        "the fixture `{path}` does not exist in the package {}. Put it there (also where the test runs on another machine \
         than the one that compiled it), or correct its name (option `fixtures`, variable S3_TEST_FIXTURES).",
        package.display()
    )]
    FixtureMissing { path: String, package: PathBuf },

    /// A relative path among the fixtures has no folder that it begins at.
    #[error(
        "the fixture `{path}` begins at the package's folder, and the variable CARGO_MANIFEST_DIR does not name it. Run the \
         program by cargo, which sets the variable, or write an absolute path (option `fixtures`)."
    )]
    FixtureWithoutPackage { path: String },

    /// A file or a folder that the option `fixtures` names cannot be read.
    #[error(
        "the fixture {} cannot be read: {message}. Make it readable for this user, or remove it from what the option \
         `fixtures` names.",
        path.display()
    )]
    FixtureUnreadable { path: PathBuf, message: String },

    /// A symbolic link among the fixtures is not followed.
    #[error(
        "the symbolic link {} {fault}. Replace it by a copy of what it should lead to, or remove it from what the \
         option `fixtures` names.",
        path.display()
    )]
    FixtureLink { path: PathBuf, fault: String },

    /// A file cannot have the key that the option `fixtures` gives it.
    #[error(
        "the fixture {} cannot be uploaded: {message}. Rename the file, or correct what stands after its `=>` in the \
         option `fixtures`.",
        path.display()
    )]
    FixtureKey { path: PathBuf, message: String },

    /// Two files would be the same object.
    #[error(
        "the fixtures {} and {} would both be uploaded as `{key}`. Give one of them another prefix in the option \
         `fixtures` (`\"path\" => \"prefix/\"`), or leave it out.",
        first.display(),
        second.display()
    )]
    FixturesCollide {
        key: String,
        first: PathBuf,
        second: PathBuf,
    },

    /// A file among the fixtures was written to while it was uploaded.
    #[error(
        "the size of the fixture {} changed while it was read. Let nothing write to it while tests run: what a test \
         writes belongs into a directory for temporary files.",
        path.display()
    )]
    FixtureChanged { path: PathBuf },

    /// The server did not take a file.
    #[error(
        "the fixture {} was not uploaded to {endpoint} as `{key}`: {message}. Rename it or make it smaller if the \
         server objects to its key or its size, else look at the server's log.",
        path.display()
    )]
    FixtureRefused {
        path: PathBuf,
        key: String,
        endpoint: String,
        message: String,
    },

    /// The server went while the fixtures were uploaded.
    #[error(
        "the server is gone: {server} was stopped, killed or has crashed while the test's fixtures were uploaded. Run \
         the test again; it gets a new server."
    )]
    FixturesInterrupted { server: String },
}

fn last_lines(log: &[String]) -> String {
    if log.is_empty() {
        return "Its log is empty.".to_owned();
    }
    let mut text = format!("The last {} lines of its log:", log.len());
    for line in log {
        text.push_str("\n    ");
        text.push_str(line);
    }
    text
}

/// The error of a [`FromBucket`](crate::FromBucket) implementation: any error, converted by `?`.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
