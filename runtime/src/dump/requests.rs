//! The log of requests as files: JSON Lines, and HAR 1.2 for the tools of browsers.
//!
//! Neither has a body, and the gateway remembers no signature.

use std::time::Duration;

use humantime::format_rfc3339_millis;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::gateway::{Request, RequestList};

/// Returns one line of JSON for each request.
pub(super) fn json_lines(requests: &RequestList, endpoint: &str) -> String {
    let lines = requests
        .iter()
        .map(|request| format!("{}\n", line(request, endpoint)));
    lines.collect()
}

fn line(request: &Request, endpoint: &str) -> Value {
    let conditions: Vec<Value> = request
        .conditions()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    json!({
        "number": request.number(),
        "began": format_rfc3339_millis(request.sent().at).to_string(),
        "duration_ms": request.duration().map(milliseconds),
        "operation": request.operation().name(),
        "bucket": request.bucket(),
        "key": request.key(),
        "prefix": request.prefix(),
        "version": request.version(),
        "part": request.part_number(),
        "range": request.range(),
        "conditions": conditions,
        "attempt": request.attempt(),
        "method": request.sent().method.as_str(),
        "url": url(request, endpoint),
        "status": request.status(),
        "error_code": request.error_code(),
        "failure": request.failure(),
        "fault": request.fault(),
        "bytes_sent": request.bytes_sent(),
        "bytes_received": request.bytes_received(),
    })
}

/// Returns the log in the format HAR 1.2 (<http://www.softwareishard.com/blog/har-12-spec/>).
pub(super) fn har(requests: &RequestList, endpoint: &str) -> String {
    let entries: Vec<Value> = requests.iter().map(|it| entry(it, endpoint)).collect();
    let log = json!({
        "log": {
            "version": "1.2",
            "creator": { "name": "s3-test", "version": env!("CARGO_PKG_VERSION") },
            "entries": entries,
        }
    });
    format!("{log:#}\n")
}

fn entry(request: &Request, endpoint: &str) -> Value {
    let sent = request.sent();
    let duration = request.duration().unwrap_or_default();
    let wait = request
        .answer()
        .map_or(duration, |answer| answer.at.duration_since(request.began()))
        .min(duration);
    let status = request.status();
    let status_text = status
        .and_then(|status| http::StatusCode::from_u16(status).ok()?.canonical_reason())
        .unwrap_or_default();
    let answer = request.answer().map_or(&[][..], |answer| &answer.headers);
    let content_type = answer.iter().find(|(name, _)| name == "content-type");
    json!({
        "startedDateTime": format_rfc3339_millis(sent.at).to_string(),
        "time": milliseconds(duration),
        "request": {
            "method": sent.method.as_str(),
            "url": url(request, endpoint),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": pairs(&sent.headers),
            "queryString": query(&sent.target),
            "headersSize": -1,
            "bodySize": request.bytes_sent(),
        },
        "response": {
            "status": status.unwrap_or_default(),
            "statusText": status_text,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": pairs(answer),
            "content": {
                "size": request.bytes_received(),
                "mimeType": content_type.map_or("", |(_, value)| value.as_str()),
            },
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": request.bytes_received(),
        },
        "cache": {},
        "timings": {
            "send": 0,
            "wait": milliseconds(wait),
            "receive": milliseconds(duration.saturating_sub(wait)),
        },
        "_operation": request.operation().name(),
        "_error_code": request.error_code(),
        "_failure": request.failure(),
        "_fault": request.fault(),
    })
}

fn pairs(pairs: &[(String, String)]) -> Vec<Value> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}

fn query(target: &str) -> Vec<Value> {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pairs = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            json!({ "name": decoded(name), "value": decoded(value) })
        });
    pairs.collect()
}

/// Returns the address of a request, with the host that the client has named.
fn url(request: &Request, endpoint: &str) -> String {
    let sent = request.sent();
    let host = sent.headers.iter().find(|(name, _)| name == "host");
    match host {
        Some((_, host)) => format!("http://{host}{}", sent.target),
        None => format!("{endpoint}{}", sent.target),
    }
}

/// Returns a duration in milliseconds, to the microsecond.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1000.0
}
