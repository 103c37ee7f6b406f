//! The program `s3-test`, which is part of the library so that the library's insides stay private.

use std::process::ExitCode;

fn main() -> ExitCode {
    s3_test::__cli::main()
}
