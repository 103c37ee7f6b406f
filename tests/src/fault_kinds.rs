//! Every kind of fault, with what a client makes of it: run with each client on each server, and held to the table in the
//! guide.

use std::{env, fmt, fs, process::Command, time::Duration};

use s3_test::{Cut, Fault, FaultRule, Faults, Operation, Requests, S3Error, TestBucket};

use crate::workspace;

/// The guide with the table, of which each client has a column.
const GUIDE: &str = "runtime/src/guides/faults.md";
/// The limit of a kind that ends.
const LIMIT: Duration = Duration::from_secs(30);
/// The limit of a kind that ends when the client loses its patience, which takes half a minute and is tested apart.
const SHORT_LIMIT: Duration = Duration::from_millis(500);
/// The times that a request is sent for a fault that needs a connection in use.
const MOST_TRIES: usize = 20;

/// Something that a client does.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// Writes an object.
    Put,
    /// Writes an object that must not exist (`If-None-Match: *`).
    Create,
    /// Reads an object and compares it.
    Get,
    /// Uploads an object in one part.
    Upload,
    /// Deletes an object in a list of keys.
    Delete,
}

impl Act {
    /// The operation that the fault is for.
    fn operation(self) -> Operation {
        match self {
            Self::Put | Self::Create => Operation::PutObject,
            Self::Get => Operation::GetObject,
            Self::Upload => Operation::CompleteMultipartUpload,
            Self::Delete => Operation::DeleteObjects,
        }
    }
}

/// What became of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It succeeded.
    Right,
    /// It gave other content, and no error.
    Wrong,
    /// It failed.
    Error,
    /// It had not ended when the limit was over.
    NoEnd,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Right => "succeeds",
            Self::Wrong => "wrong content, no error",
            Self::Error => "error",
            Self::NoEnd => "waits",
        })
    }
}

/// A client whose acts go through faults.
pub trait Subject {
    /// Returns the client as it is at the beginning, with nothing of what it has learned from earlier answers.
    fn afresh(&self) -> Self;

    /// Does one thing with a key. An object to read or delete is there and holds [`content`].
    fn act(&self, act: Act, key: &str) -> impl Future<Output = Seen>;
}

/// The content of every object, 1000 bytes.
#[must_use]
pub fn content() -> Vec<u8> {
    (0..1000_u32)
        .map(|number| number.to_le_bytes()[0])
        .collect()
}

type Kind = (&'static str, Act, fn(FaultRule) -> Fault);

/// Each kind as the guide shows it, what it is done to, and the same as code.
const KINDS: &[Kind] = &[
    ("`respond(SLOW_DOWN)`, once", Act::Put, |it| {
        it.once().respond(S3Error::SLOW_DOWN)
    }),
    (
        "`respond(SLOW_DOWN.retry_after(1 s))`, once",
        Act::Put,
        |it| {
            it.once()
                .respond(S3Error::SLOW_DOWN.retry_after(Duration::from_secs(1)))
        },
    ),
    ("`respond(ACCESS_DENIED)`, once", Act::Put, |it| {
        it.once().respond(S3Error::ACCESS_DENIED)
    }),
    (
        "`respond(CONDITIONAL_REQUEST_CONFLICT)`, once",
        Act::Create,
        |it| it.once().respond(S3Error::CONDITIONAL_REQUEST_CONFLICT),
    ),
    (
        "`respond_200_with(INTERNAL_ERROR)`, once",
        Act::Upload,
        |it| it.once().respond_200_with(S3Error::INTERNAL_ERROR),
    ),
    ("`respond_entries_with(ACCESS_DENIED)`", Act::Delete, |it| {
        it.respond_entries_with(S3Error::ACCESS_DENIED)
    }),
    (
        "`commit_then_fail_entries(\"\", INTERNAL_ERROR)`",
        Act::Delete,
        |it| it.commit_then_fail_entries("", S3Error::INTERNAL_ERROR),
    ),
    ("`respond_status(502)`, once", Act::Put, |it| {
        it.once().respond_status(502)
    }),
    ("`reset()`, once", Act::Put, |it| it.once().reset()),
    ("`reset_upload_after(300)`, once", Act::Put, |it| {
        it.once().reset_upload_after(300)
    }),
    ("`close_reused_connection()`, once", Act::Put, |it| {
        it.once().close_reused_connection()
    }),
    ("`commit_then(INTERNAL_ERROR)`, once", Act::Put, |it| {
        it.once().commit_then(S3Error::INTERNAL_ERROR)
    }),
    ("`commit_then(Cut::BeforeAnswer)`, once", Act::Put, |it| {
        it.once().commit_then(Cut::BeforeAnswer)
    }),
    (
        "`commit_then(Cut::ClosedBeforeAnswer)`, once",
        Act::Create,
        |it| it.once().commit_then(Cut::ClosedBeforeAnswer),
    ),
    ("`delay(50 ms)`", Act::Put, |it| {
        it.delay(Duration::from_millis(50))
    }),
    ("`delay_answer(50 ms)`", Act::Put, |it| {
        it.delay_answer(Duration::from_millis(50))
    }),
    ("`deliver_twice()`", Act::Put, |it| it.deliver_twice()),
    ("`deliver_twice()`", Act::Create, |it| it.deliver_twice()),
    ("`clock_ahead(1 h)`", Act::Put, |it| {
        it.clock_ahead(Duration::from_secs(3600))
    }),
    ("`clock_behind(1 min)`", Act::Put, |it| {
        it.clock_behind(Duration::from_secs(60))
    }),
    ("`cut_body_after(300)`, once", Act::Get, |it| {
        it.once().cut_body_after(300)
    }),
    ("`reset_body_after(300)`, once", Act::Get, |it| {
        it.once().reset_body_after(300)
    }),
    ("`truncate_body_to(300)`", Act::Get, |it| {
        it.truncate_body_to(300)
    }),
    ("`stall_after(300)`", Act::Get, |it| it.stall_after(300)),
    ("`flip_byte(7)`", Act::Get, |it| it.flip_byte(7)),
    ("`bandwidth(10_000)`", Act::Get, |it| it.bandwidth(10_000)),
    ("`delay_between_chunks(250, 20 ms)`", Act::Get, |it| {
        it.delay_between_chunks(250, Duration::from_millis(20))
    }),
];

/// Does every kind to a client, and returns what came of it: the cells of its column.
///
/// # Panics
///
/// If a kind did not happen.
pub async fn cells(subject: &impl Subject, faults: &Faults, requests: &Requests) -> Vec<String> {
    let mut cells = Vec::new();
    for (index, (name, act, rule)) in KINDS.iter().enumerate() {
        let limit = if name.contains("stall") {
            SHORT_LIMIT
        } else {
            LIMIT
        };
        let subject = subject.afresh();
        let fault = rule(faults.on(act.operation()));
        let mut seen = Seen::NoEnd;
        let mut count = 0;
        for attempt in 0..MOST_TRIES {
            requests.take();
            let key = format!("{index}/{attempt}");
            if matches!(act, Act::Get | Act::Delete) {
                assert_eq!(subject.act(Act::Put, &key).await, Seen::Right, "{name}");
            }
            let done = tokio::time::timeout(limit, subject.act(*act, &key)).await;
            seen = done.unwrap_or(Seen::NoEnd);
            count = requests.operation(act.operation()).count();
            if fault.hits() > 0 {
                break;
            }
        }
        assert!(fault.hits() > 0, "{name} did not happen");
        fault.clear();
        let plural = if count == 1 { "" } else { "s" };
        cells.push(format!("{seen}, {count} request{plural}"));
    }
    cells
}

/// Checks the cells of one client against its column in the guide, or writes them (`UPDATE_TABLES=1`).
///
/// # Panics
///
/// If they differ.
pub fn check_column(client: &str, cells: &[String]) {
    let path = workspace().join(GUIDE);
    let text = fs::read_to_string(&path).expect("the guide");
    let start = text.find("| fault |").expect("the table");
    let is_row = |line: &&str| line.starts_with('|');
    let old: Vec<&str> = text[start..].lines().take_while(is_row).collect();
    let after: usize = old.iter().map(|line| line.len() + 1).sum();
    let cells_of = |line: &str| -> Vec<String> {
        let cells = line.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    };
    let head = cells_of(old[0]);
    let column = head
        .iter()
        .position(|it| it == client)
        .expect("a column of the client");
    let mut written = format!("{}\n{}\n", old[0], old[1]);
    for (index, (name, act, _)) in KINDS.iter().enumerate() {
        let name = format!("{name}, {act:?}");
        let known = old
            .iter()
            .map(|line| cells_of(line))
            .find(|row| row[0] == name);
        let mut row = known.unwrap_or_else(|| vec![name]);
        row.resize(head.len(), "?".to_owned());
        row[column].clone_from(&cells[index]);
        written += &format!("| {} |\n", row.join(" | "));
    }
    let expected = format!("{}{written}{}", &text[..start], &text[start + after..]);
    if env::var_os("UPDATE_TABLES").is_some() {
        fs::write(&path, expected).expect("the guide");
    } else {
        assert!(
            text == expected,
            "the column of {client} in {GUIDE} is not what happened. It would be:\n{written}"
        );
    }
}

/// Runs tests of this binary once more, on a server that is already there. `tests` are a part of their names, and their
/// number.
///
/// # Panics
///
/// If one of them fails, or others run.
pub fn run_on_the_service(bucket: &TestBucket, tests: (&str, usize)) {
    let this = env::current_exe().expect("the test binary");
    let (name, count) = tests;
    let output = Command::new(this)
        .env_remove("S3_TEST_BACKEND")
        .env("S3_TEST_ENDPOINT", bucket.endpoint())
        .env("S3_TEST_ACCESS_KEY", bucket.access_key())
        .env("S3_TEST_SECRET_KEY", bucket.secret_key())
        .arg(name)
        .output()
        .expect("the child runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains(&format!("{count} passed")),
        "{text}"
    );
}
