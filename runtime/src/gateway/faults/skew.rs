//! The clock of a server that is wrong.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use http::{HeaderMap, HeaderValue, Uri, header::DATE};

/// The difference between the times of signature and server above which S3 refuses a request.
const ALLOWED: Duration = Duration::from_secs(15 * 60);

/// The difference between the server's clock and this machine's.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Skew {
    Ahead(Duration),
    Behind(Duration),
}

impl Skew {
    /// Returns the time on the server's clock.
    fn now(self) -> SystemTime {
        let now = SystemTime::now();
        let shifted = match self {
            Self::Ahead(by) => now.checked_add(by),
            Self::Behind(by) => now.checked_sub(by),
        };
        // A clock before 1970 cannot be written.
        let shifted = shifted.filter(|it| *it >= SystemTime::UNIX_EPOCH);
        shifted.unwrap_or(SystemTime::UNIX_EPOCH)
    }

    /// Shows a client the server's clock.
    pub(in super::super) fn show(self, headers: &mut HeaderMap) {
        if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(self.now())) {
            headers.insert(DATE, date);
        }
    }

    /// Returns the elements that S3 adds to `RequestTimeTooSkewed`, if the server refuses the request.
    pub(in super::super) fn refusal(self, headers: &HeaderMap, uri: &Uri) -> Option<String> {
        let signed = signed_at(headers, uri)?;
        let time = compact(&signed).and_then(|it| humantime::parse_rfc3339(&it).ok())?;
        let now = self.now();
        let apart = now
            .duration_since(time)
            .unwrap_or_else(|behind| behind.duration());
        (apart > ALLOWED).then(|| {
            format!(
                "<RequestTime>{signed}</RequestTime><ServerTime>{}</ServerTime>\
                 <MaxAllowedSkewMilliseconds>{}</MaxAllowedSkewMilliseconds>",
                humantime::format_rfc3339_seconds(now),
                ALLOWED.as_millis()
            )
        })
    }
}

impl fmt::Display for Skew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (by, word) = match self {
            Self::Ahead(by) => (by, "ahead"),
            Self::Behind(by) => (by, "behind"),
        };
        write!(f, "clock {} {word}", humantime::format_duration(*by))
    }
}

/// Returns the time of a signature: the header or the parameter `X-Amz-Date`, such as `20260102T030405Z`.
fn signed_at(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    if let Some(value) = headers.get("x-amz-date") {
        return value.to_str().ok().map(str::to_owned);
    }
    let mut pairs = uri.query()?.split('&');
    pairs.find_map(|pair| pair.strip_prefix("X-Amz-Date=").map(str::to_owned))
}

/// Turns `20260102T030405Z` into `2026-01-02T03:04:05Z`.
fn compact(text: &str) -> Option<String> {
    let part = |from: usize, to: usize| text.get(from..to);
    (text.len() == 16).then_some(())?;
    Some(format!(
        "{}-{}-{}{}:{}:{}",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 9)?,
        part(9, 11)?,
        part(11, 13)?,
        part(13, 16)?
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(date: SystemTime) -> HeaderMap {
        let text = humantime::format_rfc3339_seconds(date).to_string();
        let text = text.replace(['-', ':'], "");
        let value = HeaderValue::from_str(&text).expect("a header");
        HeaderMap::from_iter([(http::HeaderName::from_static("x-amz-date"), value)])
    }

    #[test]
    fn a_request_is_refused_beyond_a_quarter_of_an_hour() {
        let uri = Uri::from_static("/b/k");
        let now = headers(SystemTime::now());
        let minutes = |count: u64| Duration::from_secs(count * 60);
        for skew in [Skew::Ahead, Skew::Behind] {
            assert_eq!(skew(minutes(14)).refusal(&now, &uri), None);
            let refused = skew(minutes(16)).refusal(&now, &uri).expect("refused");
            assert!(refused.contains("<MaxAllowedSkewMilliseconds>900000<"));
        }
        // A client that shares the wrong clock is right.
        let shifted = headers(SystemTime::now() + minutes(60));
        assert_eq!(Skew::Ahead(minutes(60)).refusal(&shifted, &uri), None);
        let presigned = Uri::from_static("/b/k?X-Amz-Date=20200102T030405Z&X-Amz-Expires=5");
        let refused = Skew::Ahead(minutes(0)).refusal(&HeaderMap::new(), &presigned);
        assert!(refused.is_some_and(|it| it.contains("<RequestTime>20200102T030405Z<")));
        assert_eq!(
            Skew::Ahead(minutes(60)).refusal(&HeaderMap::new(), &uri),
            None
        );
    }

    #[test]
    fn a_clock_never_leaves_the_dates_that_can_be_written() {
        let mut headers = HeaderMap::new();
        Skew::Behind(Duration::MAX).show(&mut headers);
        assert_eq!(headers[DATE], "Thu, 01 Jan 1970 00:00:00 GMT");
    }
}
