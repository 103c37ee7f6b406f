//! The CPU time to compile a file of tests that put and get an object: `#[s3_test]` beside `#[tokio::test]` on `InMemory`,
//! and beside a container by hand.
#![allow(clippy::print_stdout)]

use std::fmt::Write;

use s3_test_benches::{
    outside::{Project, checkout},
    report_is_asked,
    table::at_most,
};

const ROUNDS: usize = 3;
const FEW: usize = 10;
const MANY: usize = 210;
/// The tests of the file of which one is changed.
const CHANGED: usize = 200;

const EACH_LIMIT: f64 = 15.0;
const FIRST_LIMIT: f64 = 0.8;

/// The parameters of a test after the first, a store.
const MORE: &[&str] = &[
    "bucket: TestBucket",
    "s3: AmazonS3",
    "object: &dyn ObjectStore",
    "boxed: Box<dyn ObjectStore>",
    "multipart: Arc<dyn MultipartStore>",
    "lister: Arc<dyn PaginatedListStore>",
    "signer: &dyn Signer",
];

/// The way of a synchronous test to wait, compiled once for all tests of a file.
const WAIT: &str = "#[allow(dead_code)]
fn wait<T>(future: std::pin::Pin<Box<dyn Future<Output = T>>>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(future)
}
";

const OURS_PRELUDE: &str = "#![allow(unused_imports, unused_variables)]
use s3_test::{TestBucket, s3_test, object_store::{self, ObjectStore, ObjectStoreExt, path::Path, aws::AmazonS3,
    multipart::MultipartStore, list::PaginatedListStore, signer::Signer}};
use std::sync::Arc;
";

const PEER_PRELUDE: &str = "#![allow(unused_imports, unused_variables)]
use object_store::{ObjectStore, ObjectStoreExt, path::Path, memory::InMemory};
use std::sync::Arc;
";

/// A container for all tests and a bucket for each, with as little code as they need.
const HAND_PRELUDE: &str = r#"#![allow(dead_code, unused_imports)]
use std::sync::atomic::{AtomicUsize, Ordering};
use object_store::{ObjectStore, ObjectStoreExt, aws::{AmazonS3, AmazonS3Builder}, path::Path};
use testcontainers::{ContainerAsync, GenericImage, core::{ExecCommand, IntoContainerPort, WaitFor},
    runners::AsyncRunner};
use tokio::sync::OnceCell;

async fn start() -> ContainerAsync<GenericImage> {
    GenericImage::new("rustfs/rustfs", "1.0.1").with_exposed_port(9000.tcp()).with_wait_for(WaitFor::seconds(1))
        .start().await.unwrap()
}

async fn store() -> AmazonS3 {
    static CONTAINER: OnceCell<ContainerAsync<GenericImage>> = OnceCell::const_new();
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let container = CONTAINER.get_or_init(start).await;
    let bucket = format!("bucket-{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let create = ExecCommand::new(["mkdir".to_owned(), format!("/data/{bucket}")]);
    container.exec(create).await.unwrap();
    let port = container.get_host_port_ipv4(9000).await.unwrap();
    AmazonS3Builder::new().with_endpoint(format!("http://127.0.0.1:{port}")).with_allow_http(true)
        .with_bucket_name(bucket).with_access_key_id("rustfsadmin").with_secret_access_key("rustfsadmin").build().unwrap()
}
"#;

#[derive(Clone, Copy)]
struct Shape {
    parameters: usize,
    synchronous: bool,
}

const ONE: Shape = Shape {
    parameters: 1,
    synchronous: false,
};

/// The seconds that a file takes with few tests and with many.
#[derive(Clone, Copy)]
struct Cost {
    few: f64,
    many: f64,
}

impl Cost {
    /// Milliseconds for each further test.
    #[allow(clippy::cast_precision_loss)]
    fn each(self) -> f64 {
        (self.many - self.few) * 1000.0 / (MANY - FEW) as f64
    }

    /// Seconds for the file with its first test.
    #[allow(clippy::cast_precision_loss)]
    fn first(self) -> f64 {
        self.few - self.each() / 1000.0 * (FEW - 1) as f64
    }
}

fn main() {
    if report_is_asked() {
        return;
    }
    let checkout = checkout();
    let checkout = checkout.canonicalize().expect("a checkout of s3-test");
    let dependencies = format!(
        "s3-test = {{ path = \"{}\" }}\n\
         object_store = {{ version = \"0.14\", default-features = false }}\n\
         testcontainers = \"0.28\"\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n",
        checkout.join("runtime").display()
    );
    let project = Project::new("compile-time", &checkout, &dependencies);
    project.write("tests/ours.rs", OURS_PRELUDE);
    project.write("tests/peer.rs", PEER_PRELUDE);
    project.write("tests/hand.rs", HAND_PRELUDE);
    // Builds the dependencies.
    project.cargo(&["test", "--no-run"], &[("CARGO_INCREMENTAL", "0")]);

    println!(
        "\nCompiling tests that put and get, dev profile, seconds of CPU time, least of {ROUNDS} rounds\n"
    );
    println!(
        "{:30} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "", "10 tests", "tokio's", "210 tests", "tokio's", "ms each", "tokio's"
    );
    let shapes = [(1, false), (3, false), (8, false), (1, true), (3, true)];
    let mut costs = Vec::new();
    for (parameters, synchronous) in shapes {
        let shape = Shape {
            parameters,
            synchronous,
        };
        let ours = cost(&project, "ours", shape, ours);
        let peer = cost(&project, "peer", shape, peer);
        println!(
            "{:30} {:>9.2} {:>9.2} {:>9.2} {:>9.2} {:>9.1} {:>9.1}",
            shape.name(),
            ours.few,
            peer.few,
            ours.many,
            peer.many,
            ours.each(),
            peer.each()
        );
        costs.push((shape, ours, peer));
    }
    let by_hand = cost(&project, "hand", ONE, hand);
    println!(
        "{:30} {:>9.2} {:>9} {:>9.2} {:>9} {:>9.1}",
        "by hand with testcontainers",
        by_hand.few,
        "",
        by_hand.many,
        "",
        by_hand.each()
    );
    println!();
    let (_, ours_of_one, _) = costs[0];
    println!(
        "{}: {:.2} × the time by hand with testcontainers for {FEW} tests, {:.2} × for {MANY}",
        ONE.name(),
        ours_of_one.few / by_hand.few,
        ours_of_one.many / by_hand.many
    );
    for (shape, ours, peer) in costs {
        let name = shape.name();
        at_most(
            &format!("{name}: each further test"),
            ours.each(),
            EACH_LIMIT,
            " ms",
        );
        let first = ours.first() - peer.first();
        at_most(
            &format!("{name}: first test above tokio's"),
            first,
            FIRST_LIMIT,
            " s",
        );
        println!(
            "{name}: {:.2} × tokio's time for {FEW} tests, {:.2} × for {MANY}",
            ours.few / peer.few,
            ours.many / peer.many
        );
    }
    println!("\nThe incremental build after a change to one of {CHANGED} tests:");
    let ours = changed(&project, "ours", ours);
    let peer = changed(&project, "peer", peer);
    let by_hand = changed(&project, "hand", hand);
    println!(
        "#[s3_test] {ours:.2} s, #[tokio::test] {peer:.2} s ({:.2} ×), by hand with testcontainers {by_hand:.2} s ({:.2} ×)",
        ours / peer,
        ours / by_hand
    );
}

/// The time for the test crate alone, with a few tests and with many.
fn cost(project: &Project, name: &str, shape: Shape, test: fn(Shape, usize) -> String) -> Cost {
    let mut cost = Cost {
        few: f64::INFINITY,
        many: f64::INFINITY,
    };
    for round in 0..ROUNDS {
        for (count, least) in [(FEW, &mut cost.few), (MANY, &mut cost.many)] {
            // Never the file that was built last.
            write(project, name, shape, count, &format!("// {round}\n"), test);
            let seconds = build(project, name, "0");
            *least = least.min(seconds);
        }
    }
    cost
}

/// The time of an incremental build after another number in one test.
fn changed(project: &Project, name: &str, test: fn(Shape, usize) -> String) -> f64 {
    write(project, name, ONE, CHANGED, "", test);
    build(project, name, "1");
    let path = format!("tests/{name}.rs");
    let rounds = (0..ROUNDS).map(|round| {
        let text = project.read(&path);
        let old = format!("object-{}\"", 100 + round);
        project.write(&path, &text.replacen(&old, "another\"", 1));
        build(project, name, "1")
    });
    rounds.fold(f64::INFINITY, f64::min)
}

fn build(project: &Project, name: &str, incremental: &str) -> f64 {
    project.cargo(
        &["test", "--no-run", "--offline", "--test", name],
        &[("CARGO_INCREMENTAL", incremental)],
    )
}

fn write(
    project: &Project,
    name: &str,
    shape: Shape,
    count: usize,
    comment: &str,
    test: fn(Shape, usize) -> String,
) {
    let prelude = match name {
        "ours" => OURS_PRELUDE,
        "hand" => HAND_PRELUDE,
        _ => PEER_PRELUDE,
    };
    let mut text = format!("{comment}{prelude}{WAIT}");
    for index in 0..count {
        text.push_str(&test(shape, index));
    }
    project.write(&format!("tests/{name}.rs"), &text);
}

fn ours(shape: Shape, index: usize) -> String {
    let more = MORE[..shape.parameters - 1].iter();
    let more = more.fold(String::new(), |more, parameter| more + ", " + parameter);
    let body = body(shape, index);
    let asynchronous = if shape.synchronous { "" } else { "async " };
    format!(
        "#[s3_test]\n{asynchronous}fn test_{index}(store: Arc<dyn ObjectStore>{more}) -> object_store::Result<()> {{\n{body}}}\n"
    )
}

fn peer(shape: Shape, index: usize) -> String {
    let mut stores = String::from("let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());\n");
    for number in 1..shape.parameters {
        let _ = writeln!(stores, "let store_{number} = InMemory::new();");
    }
    let body = body(shape, index);
    let head = if shape.synchronous {
        "#[test]\n"
    } else {
        "#[tokio::test]\nasync "
    };
    format!("{head}fn test_{index}() -> object_store::Result<()> {{\n{stores}{body}}}\n")
}

fn hand(shape: Shape, index: usize) -> String {
    let body = body(shape, index);
    format!(
        "#[tokio::test]\nasync fn test_{index}() -> object_store::Result<()> {{\nlet store = store().await;\n{body}}}\n"
    )
}

/// Puts and gets an object.
fn body(shape: Shape, index: usize) -> String {
    let text = format!(
        "let path = Path::from(\"object-{index}\");\n\
         store.put(&path, \"content\".into()).await?;\n\
         assert_eq!(store.get(&path).await?.bytes().await?, \"content\");\n\
         Ok(())\n"
    );
    if shape.synchronous {
        format!("wait(Box::pin(async move {{\n{text}}}))\n")
    } else {
        text
    }
}

impl Shape {
    fn name(self) -> String {
        let Self {
            parameters,
            synchronous,
        } = self;
        let plural = if parameters == 1 { "" } else { "s" };
        let kind = if synchronous { ", synchronous" } else { "" };
        format!("{parameters} parameter{plural}{kind}")
    }
}
