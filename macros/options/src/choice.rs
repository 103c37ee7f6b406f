//! The options whose value is one of a few words.

/// The kind of server that a test asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backend {
    /// A container if one can be started, otherwise the embedded server.
    #[default]
    Auto,
    /// A container that all tests share.
    Container,
    /// A server inside the test process.
    Embedded,
    /// A server that is already running.
    External,
}

/// The fate of a test's buckets after the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keep {
    /// They are deleted.
    #[default]
    Never,
    /// They stay if the test fails.
    OnFailure,
    /// They always stay.
    Always,
}

/// The meaning of multipart uploads that a test neither completes nor aborts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnfinishedUploads {
    /// The report of a failing test shows them.
    #[default]
    Report,
    /// They make a test fail that would succeed.
    Fail,
}

/// The tokio runtime of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flavor {
    /// Everything on the test's own thread.
    #[default]
    CurrentThread,
    /// A pool of worker threads.
    MultiThread,
}

/// Parses the name of a backend.
///
/// # Errors
///
/// Lists the valid names.
pub fn backend(name: &str) -> Result<Backend, String> {
    match name {
        "auto" => Ok(Backend::Auto),
        "container" => Ok(Backend::Container),
        "embedded" => Ok(Backend::Embedded),
        "external" => Ok(Backend::External),
        other => Err(format!(
            "there is no backend \"{other}\": the backends are \"auto\", \"container\", \"embedded\" and \"external\""
        )),
    }
}

/// Parses a value of `keep`.
///
/// # Errors
///
/// Lists the valid words.
pub fn keep(when: &str) -> Result<Keep, String> {
    match when {
        "never" => Ok(Keep::Never),
        "on-failure" => Ok(Keep::OnFailure),
        "always" => Ok(Keep::Always),
        other => Err(format!(
            "a bucket cannot be kept \"{other}\": write \"never\", \"on-failure\" or \"always\""
        )),
    }
}

/// Parses a value of `unfinished_uploads`.
///
/// # Errors
///
/// Lists the valid words.
pub fn unfinished_uploads(meaning: &str) -> Result<UnfinishedUploads, String> {
    match meaning {
        "report" => Ok(UnfinishedUploads::Report),
        "fail" => Ok(UnfinishedUploads::Fail),
        other => Err(format!(
            "unfinished uploads cannot \"{other}\": write \"report\" or \"fail\""
        )),
    }
}

/// Parses the name of a flavor.
///
/// # Errors
///
/// Lists the valid names, or gives the current name for one that tokio used earlier.
pub fn flavor(name: &str) -> Result<Flavor, String> {
    Err(match name {
        "current_thread" => return Ok(Flavor::CurrentThread),
        "multi_thread" => return Ok(Flavor::MultiThread),
        "single_thread" | "single_threaded" | "basic_scheduler" => {
            "the flavor with a single thread is called \"current_thread\"".to_owned()
        }
        "threaded_scheduler" | "multi_threaded" => {
            "the flavor with several threads is called \"multi_thread\"".to_owned()
        }
        other => format!(
            "there is no flavor \"{other}\": the flavors are \"current_thread\" and \"multi_thread\""
        ),
    })
}
