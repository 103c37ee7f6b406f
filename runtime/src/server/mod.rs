//! The servers that hold buckets: a container that all tests share, a server inside the process for each test, or a
//! service that somebody else runs.

#[cfg(all(feature = "container", feature = "embedded"))]
mod auto;
mod container;
#[cfg(feature = "embedded")]
mod embedded;
mod external;
mod handle;
mod ready;
mod registry;

use std::sync::Arc;

#[cfg(feature = "cli")]
pub(crate) use self::container::survey;
pub(crate) use self::handle::Server;
use crate::{
    error::Error,
    options::{RequestedBackend, ServerSettings},
};

/// Returns the server that a test asks for.
///
/// The futures are boxed, because debug builds keep a copy of each on the stack of every test.
pub(crate) async fn acquire(
    backend: RequestedBackend,
    settings: &ServerSettings,
) -> Result<Arc<Server>, Arc<Error>> {
    match backend {
        RequestedBackend::External => Box::pin(external::acquire(settings)).await,
        #[cfg(feature = "container")]
        RequestedBackend::Container => Box::pin(container::acquire(settings)).await,
        #[cfg(feature = "embedded")]
        RequestedBackend::Embedded => embedded::start(settings).map_err(Arc::new),
        #[cfg(all(feature = "container", feature = "embedded"))]
        RequestedBackend::Auto => Box::pin(auto::acquire(settings)).await,
        #[cfg(all(feature = "container", not(feature = "embedded")))]
        RequestedBackend::Auto => Box::pin(container::acquire(settings)).await,
        #[cfg(all(feature = "embedded", not(feature = "container")))]
        RequestedBackend::Auto => embedded::start(settings).map_err(Arc::new),
        #[cfg(not(all(feature = "container", feature = "embedded")))]
        left_out => Err(Arc::new(Error::NotCompiledIn {
            backend: match left_out {
                RequestedBackend::Embedded => "embedded",
                _ => "container",
            },
        })),
    }
}
