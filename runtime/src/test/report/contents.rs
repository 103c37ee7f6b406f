//! The contents of a bucket at the end of a failing test.

use http::StatusCode;
use tokio::time::{Instant, timeout_at};

use crate::{
    bucket::TestBucket,
    s3::{Admin, Entry, Failure, List, Pages},
};

/// The number of entries of one list that a report shows.
pub(super) const SHOWN: usize = 20;

/// Everything that a bucket holds.
pub(super) struct Contents {
    /// There is no such bucket.
    pub(super) is_missing: bool,
    pub(super) objects: Tally,
    pub(super) uploads: Tally,
    /// What no listing of objects shows, if the bucket is versioned.
    pub(super) versions: Option<Tally>,
}

/// The first entries of a list, and the number of all.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) first: Vec<Entry>,
    pub(super) number: usize,
    pub(super) delete_markers: usize,
    pub(super) bytes: u64,
    pub(super) end: TallyEnd,
}

/// Where a count ended.
#[derive(Debug, Default)]
pub(super) enum TallyEnd {
    #[default]
    Complete,
    /// There was no time for more.
    Cut,
    Failed(Failure),
}

impl Contents {
    /// Looks into the bucket, past the gateway.
    pub(super) async fn of(bucket: &TestBucket, deadline: Instant) -> Self {
        let (admin, name) = (&bucket.server().admin, bucket.name());
        let all = |_: &Entry| true;
        let hidden = |entry: &Entry| entry.is_delete_marker || entry.is_latest != Some(true);
        let versions = async {
            let path = format!("{name}?versioning");
            let is_versioned = match timeout_at(deadline, admin.get(&path)).await {
                // Also of a bucket whose versioning is suspended.
                Ok(Ok(configuration)) => configuration.contains("<Status>"),
                _ => false,
            };
            match is_versioned {
                true => Some(Tally::of(admin, name, List::Versions, deadline, hidden).await),
                false => None,
            }
        };
        let (objects, uploads, versions) = tokio::join!(
            Tally::of(admin, name, List::Objects, deadline, all),
            Tally::of(admin, name, List::Uploads, deadline, all),
            versions,
        );
        let is_missing = matches!(
            &objects.end,
            TallyEnd::Failed(Failure::Refused(StatusCode::NOT_FOUND, _))
        );
        Self {
            is_missing,
            objects,
            uploads,
            versions,
        }
    }
}

impl Tally {
    async fn of(
        admin: &Admin,
        bucket: &str,
        list: List,
        deadline: Instant,
        counts: impl Fn(&Entry) -> bool,
    ) -> Self {
        let mut tally = Self::default();
        let mut pages = Pages::new(admin, bucket, list);
        tally.end = loop {
            match timeout_at(deadline, pages.next()).await {
                Err(_elapsed) => break TallyEnd::Cut,
                Ok(Err(failure)) => break TallyEnd::Failed(failure),
                Ok(Ok(None)) => break TallyEnd::Complete,
                Ok(Ok(Some(page))) => page
                    .into_iter()
                    .filter(&counts)
                    .for_each(|entry| tally.add(entry)),
            }
        };
        tally
    }

    fn add(&mut self, entry: Entry) {
        self.number += 1;
        self.delete_markers += usize::from(entry.is_delete_marker);
        self.bytes = self.bytes.saturating_add(entry.size.unwrap_or_default());
        if self.first.len() < SHOWN {
            self.first.push(entry);
        }
    }
}
