//! The CPU time of a user's first build with s3-test, beside that of what people use by hand.
#![allow(clippy::print_stdout)]

use s3_test_benches::{
    outside::{Project, checkout},
    report_is_asked,
    table::at_most,
};

const TOKIO: &str = "tokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }\n";
const BY_HAND: &str =
    "testcontainers = \"0.28\"\nobject_store = { version = \"0.14\", features = [\"aws\"] }\n";

fn main() {
    if report_is_asked() {
        return;
    }
    let checkout = checkout();
    let checkout = checkout.canonicalize().expect("a checkout of s3-test");
    let runtime = checkout.join("runtime");
    let s3_test = |more: &str| format!("s3-test = {{ path = \"{}\"{more} }}\n", runtime.display());
    let without = ", default-features = false, features = ";
    let rows = [
        (
            "by-hand",
            "testcontainers, object_store and tokio by hand",
            BY_HAND.to_owned(),
        ),
        ("default", "s3-test", s3_test("")),
        (
            "container",
            "s3-test, only `container`",
            s3_test(&format!("{without}[\"container\"]")),
        ),
        (
            "embedded",
            "s3-test, only `embedded`",
            s3_test(&format!("{without}[\"embedded\"]")),
        ),
        (
            "external",
            "s3-test without features",
            s3_test(&format!("{without}[]")),
        ),
    ];
    println!("\nThe first build, dev profile, seconds of CPU time\n");
    println!("{:48} {:>9} {:>9}", "", "packages", "seconds");
    let mut seconds = Vec::new();
    for (name, title, dependencies) in rows {
        let project = Project::new(name, &checkout, &(dependencies + TOKIO));
        project.clean();
        let taken = project.cargo(&["build", "--offline", "--timings"], &[]);
        println!("{title:48} {:>9} {taken:>9.1}", project.packages());
        seconds.push(taken);
    }
    println!();
    at_most("s3-test / by hand", seconds[1] / seconds[0], 1.25, " ×");
}
