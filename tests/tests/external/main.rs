//! Tests against an S3 service that somebody else runs: RustFS in a container of its own, and an embedded server.

mod emptying;
mod errors;
mod foreign;
mod inconsistent;
mod killed;
mod machines;
mod marks;
mod proxy;
mod runs;
#[expect(dead_code, reason = "the tests in `chaos` use the rest")]
mod service;
mod tls;
mod without_macro;
