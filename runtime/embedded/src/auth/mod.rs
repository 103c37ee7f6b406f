//! Authentication: finds out who sends a request.

pub(crate) mod authentication;
pub(crate) mod marks;
pub(crate) mod signature;
pub(crate) mod signed_headers;
pub(crate) mod users;
