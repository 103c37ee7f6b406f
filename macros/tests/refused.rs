//! Refusals of the attribute: each file in `refused/` with the messages beside it.
//!
//! `TRYBUILD=overwrite cargo test -p s3-test-macros --test refused` writes the messages anew; read what it wrote.

#[test]
fn refused() {
    trybuild::TestCases::new().compile_fail("tests/refused/*.rs");
}
