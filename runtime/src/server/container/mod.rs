//! A container of RustFS, or of another S3 image, that all test processes of the user share.

#[cfg(feature = "container")]
mod acquire;
#[cfg(feature = "container")]
mod address;
#[cfg(feature = "container")]
mod candidate;
#[cfg(feature = "container")]
mod configuration;
#[cfg(feature = "container")]
mod end;
#[cfg(feature = "container")]
mod engine;
#[cfg(feature = "container")]
mod extras;
pub(super) mod image;
#[cfg(feature = "container")]
mod last_user;
#[cfg(feature = "container")]
mod lease;
#[cfg(feature = "container")]
mod log;
#[cfg(feature = "container")]
mod product;
#[cfg(feature = "container")]
mod pull;
#[cfg(feature = "container")]
mod ready;
#[cfg(feature = "container")]
mod refusal;
#[cfg(feature = "container")]
mod request;
#[cfg(feature = "container")]
mod start;
#[cfg(feature = "cli")]
pub(crate) mod survey;
#[cfg(feature = "container")]
mod sweep;

#[cfg(feature = "container")]
pub(super) use self::acquire::acquire;
