//! The rows of a report about a bucket's contents and about requests.

use std::time::SystemTime;

use super::{
    contents::{Contents, SHOWN, Tally, TallyEnd},
    layout::Block,
};
use crate::{
    gateway::RequestList,
    s3::Entry,
    words::{age, count, cut, escaped, shortened, size},
};

/// The class of storage that needs no mention.
const STANDARD: &str = "STANDARD";

/// Returns the blocks about the contents of one bucket.
pub(super) fn of_contents(contents: &Contents, now: SystemTime) -> Vec<Block> {
    let Contents {
        objects, uploads, ..
    } = contents;
    let mut blocks = vec![Block {
        rows: objects.first.iter().map(|it| object(it, now)).collect(),
        total: objects.number,
        ..Block::line(
            "objects",
            head(objects, |it| {
                format!("{}, {}", count(it.number, "object"), size(it.bytes))
            }),
        )
    }];
    // A server without the list has no uploads to show either.
    if uploads.number > 0 || matches!(uploads.end, TallyEnd::Cut) {
        blocks.push(Block {
            rows: uploads.first.iter().map(|it| upload(it, now)).collect(),
            total: uploads.number,
            ..Block::line(
                "uploads",
                head(uploads, |it| {
                    let number = count(it.number, "multipart upload");
                    format!("{number} neither completed nor aborted, which S3 bills and no listing of objects shows")
                }),
            )
        });
    }
    if let Some(versions) = &contents.versions {
        blocks.push(Block {
            rows: versions.first.iter().map(|it| version(it, now)).collect(),
            total: versions.number,
            ..Block::line("versions", head(versions, hidden_versions))
        });
    }
    blocks
}

fn hidden_versions(versions: &Tally) -> String {
    let markers = versions.delete_markers;
    format!(
        "{} and {} behind the objects",
        count(versions.number - markers, "older version"),
        count(markers, "delete marker")
    )
}

/// Returns the head of a list, which `whole` writes of one that is complete.
fn head(tally: &Tally, whole: impl Fn(&Tally) -> String) -> String {
    let reason = match &tally.end {
        TallyEnd::Complete if tally.number == 0 => return "none".to_owned(),
        TallyEnd::Complete => return whole(tally),
        TallyEnd::Cut => "the server did not list them within 5 s".to_owned(),
        TallyEnd::Failed(failure) => format!("the server did not list them: {failure}"),
    };
    let reason = shortened(&reason);
    match tally.number {
        0 => format!("not known, since {reason}"),
        _ => format!("{}, and more: {reason}", whole(tally)),
    }
}

fn object(entry: &Entry, now: SystemTime) -> String {
    let class = entry.storage_class.as_deref().unwrap_or(STANDARD);
    let class = match class {
        STANDARD | "" => String::new(),
        other => format!("  ({})", escaped(other)),
    };
    let size = size(entry.size.unwrap_or_default());
    let (age, key) = (
        ago(entry.last_modified.as_deref(), now),
        shortened(&entry.key),
    );
    format!("{size:>11} {age:>11}  {key}{class}")
}

fn upload(entry: &Entry, now: SystemTime) -> String {
    let (age, key) = (ago(entry.initiated.as_deref(), now), shortened(&entry.key));
    let id = entry.upload_id.as_deref().unwrap_or_default();
    format!("{age:>11}  {key}  (upload {})", shortened(id))
}

fn version(entry: &Entry, now: SystemTime) -> String {
    let size = match entry.is_delete_marker {
        true => "deleted".to_owned(),
        false => size(entry.size.unwrap_or_default()),
    };
    let (age, key) = (
        ago(entry.last_modified.as_deref(), now),
        shortened(&entry.key),
    );
    let id = entry.version_id.as_deref().unwrap_or("null");
    format!("{size:>11} {age:>11}  {key}  (version {})", shortened(id))
}

fn ago(date: Option<&str>, now: SystemTime) -> String {
    date.and_then(|date| age(date, now))
        .map_or_else(String::new, |age| format!("{age} ago"))
}

/// Returns the block about the last requests.
pub(super) fn of_requests(requests: &RequestList) -> Block {
    let total = requests.count();
    let last = requests.iter().skip(total.saturating_sub(SHOWN));
    let rows = last.map(|request| {
        let duration = request.duration().map_or_else(
            || "in flight".to_owned(),
            |it| format!("{:.1} ms", it.as_secs_f64() * 1000.0),
        );
        let number = request.number();
        cut(format!("{number:>5} {duration:>10}  {request}"))
    });
    Block {
        rows: rows.collect(),
        total,
        ends_with_the_last: true,
        ..Block::line(
            "requests",
            match total {
                0 => "none".to_owned(),
                _ => count(total, "request"),
            },
        )
    }
}
