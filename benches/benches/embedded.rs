//! The embedded server beside a bare hyper server, which returns or swallows the same bytes and does nothing else, and
//! beside s3s-fs, which has the same protocol layer and keeps objects in files.
#![allow(clippy::print_stdout)]

use s3_test_benches::{
    docker::Place,
    measure::{bench, embedded},
    report_is_asked,
    subject::{self, Subject},
    table::at_most,
};

#[allow(clippy::cast_precision_loss)]
fn main() {
    bench(9, embedded::measure);
    if report_is_asked() {
        return;
    }
    let subject = Subject::build("embedded", subject::profile());
    let place = Place::new();
    let run = subject.run(&place, &["--exact", "starts", "listings"], &[]);
    let milliseconds = |name: &str| run.told(name) as f64 / 1e6;
    println!(
        "start and drop a server: {:.3} ms, of 1,000",
        milliseconds("start")
    );
    for server in ["embedded", "s3s-fs"] {
        let [few, many] = ["few", "many"].map(|of| milliseconds(&format!("list_{server}_{of}")));
        let measure = format!("LIST of 1,000 keys of 100,000 / of 1,000, {server}");
        match server {
            "embedded" => at_most(&measure, many / few, 1.2, " ×"),
            _ => println!("{measure}: {:.2} ×", many / few),
        }
    }
}
