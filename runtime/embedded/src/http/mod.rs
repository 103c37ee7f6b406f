//! HTTP in front of the protocol layer and behind it.

pub(crate) mod connections;
mod corrections;
mod cors;
mod documents;
mod error_documents;
pub(crate) mod listening;
