//! A list of requests: counts, filters, and how it is shown.

use std::{
    fmt::{self, Write as _},
    time::Instant,
};

use super::{cost::Cost, operation::Operation, request::Request};

/// Requests at one moment, in the order of arrival.
///
/// [`Display`](fmt::Display) is one line for each, with a line break at its end, and nothing where there is none.
///
/// ```
/// use s3_test::{Operation, Requests};
///
/// fn refused_listings(requests: &Requests) -> usize {
///     requests.operation(Operation::ListObjectsV2).status(503).count()
/// }
/// ```
#[derive(Debug, Clone)]
pub struct RequestList(pub(super) Vec<Request>);

impl RequestList {
    /// Returns the requests in the order of arrival.
    pub fn iter(&self) -> std::slice::Iter<'_, Request> {
        self.0.iter()
    }

    /// Keeps the requests of one operation.
    #[must_use]
    pub fn operation(self, operation: Operation) -> Self {
        self.filter(|request| request.operation() == operation)
    }

    /// Keeps the requests whose key begins so, and the listings of such keys.
    #[must_use]
    pub fn key_prefix(self, prefix: &str) -> Self {
        self.filter(|request| {
            let key = request.key().or_else(|| request.prefix());
            key.is_some_and(|key| key.starts_with(prefix))
        })
    }

    /// Keeps the requests that were answered with this HTTP status.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        self.filter(|request| request.status() == Some(status))
    }

    /// Keeps the requests that fulfil a condition.
    #[must_use]
    pub fn filter(mut self, condition: impl Fn(&Request) -> bool) -> Self {
        self.0.retain(condition);
        self
    }

    /// Returns the number of requests.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Returns the bytes of all requests' bodies.
    #[must_use]
    pub fn bytes_sent(&self) -> u64 {
        self.iter().map(Request::bytes_sent).sum()
    }

    /// Returns the bytes of all answers' bodies.
    #[must_use]
    pub fn bytes_received(&self) -> u64 {
        self.iter().map(Request::bytes_received).sum()
    }

    /// Returns the number of disjoint periods in which a request was in flight.
    ///
    /// Requests at the same time count once: it is how often the code waited for S3, one round after the other.
    #[must_use]
    pub fn hops(&self) -> usize {
        let spans = self.iter().map(|it| (it.began(), it.ended()));
        hops(spans.collect())
    }

    /// Returns the number of requests in each of S3's price classes.
    #[must_use]
    pub fn cost(&self) -> Cost {
        Cost::of(self.iter().map(Request::operation))
    }

    /// Returns a table with sizes and durations, for people: one line for each request, below a head.
    #[must_use]
    pub fn table(&self) -> String {
        let mut table = format!(
            "{:>4} {:>9} {:>10} {:>10}  request\n",
            "no.", "ms", "B sent", "B received"
        );
        for request in self.iter() {
            let duration = request.duration().map_or_else(
                || "in flight".to_owned(),
                |it| format!("{:.1}", it.as_secs_f64() * 1000.0),
            );
            let (sent, received) = (request.bytes_sent(), request.bytes_received());
            let number = request.number();
            let _ = writeln!(
                table,
                "{number:>4} {duration:>9} {sent:>10} {received:>10}  {request}"
            );
        }
        table
    }
}

impl<'a> IntoIterator for &'a RequestList {
    type Item = &'a Request;
    type IntoIter = std::slice::Iter<'a, Request>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for RequestList {
    type Item = Request;
    type IntoIter = std::vec::IntoIter<Request>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl From<Vec<Request>> for RequestList {
    fn from(requests: Vec<Request>) -> Self {
        Self(requests)
    }
}

impl fmt::Display for RequestList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|request| writeln!(f, "{request}"))
    }
}

fn hops(mut spans: Vec<(Instant, Option<Instant>)>) -> usize {
    spans.sort_unstable();
    let mut hops = 0;
    // The end of the period so far; nothing when it has not ended.
    let mut end: Option<Instant> = None;
    for (began, ended) in spans {
        let apart = hops == 0 || end.is_some_and(|end| end < began);
        if apart {
            hops += 1;
            end = ended;
        } else {
            end = end.zip(ended).map(|(one, other)| one.max(other));
        }
    }
    hops
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn hops_are_periods_that_do_not_touch() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let span = |began, ended| (at(began), Some(at(ended)));
        assert_eq!(hops(vec![]), 0);
        assert_eq!(hops(vec![span(0, 1)]), 1);
        assert_eq!(hops(vec![span(0, 1), span(2, 3), span(4, 5)]), 3);
        assert_eq!(hops(vec![span(4, 5), span(0, 3), span(1, 2)]), 2);
        assert_eq!(hops(vec![span(0, 2), span(1, 4), span(3, 5)]), 1);
        assert_eq!(hops(vec![span(0, 1), (at(2), None), span(5, 6)]), 2);
    }
}
