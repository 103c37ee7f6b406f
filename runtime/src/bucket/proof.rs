//! The proof that a bucket on an external service is ours, as the note in its lock file holds it.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use humantime::{format_rfc3339_seconds, parse_rfc3339};

use crate::s3::{Admin, Failure, Tags, bucket_tags};

/// The key of the tag whose value tells whose a bucket with a chosen name is.
pub(super) const OWNER: &str = "s3-test-owner";
/// The beginning of a mark whose bucket is deleted. moto gives the tags of a deleted bucket to the next one of its name.
pub(super) const DEPARTED: &str = "departed:";
/// The tolerance between this machine's clock and the server's, for a bucket whose creation was not seen to end.
const CLOCKS: Duration = Duration::from_secs(15 * 60);
/// The time within which a bucket may still appear after its creator was killed.
const UNDER_WAY: Duration = Duration::from_secs(30);
/// The time after which a machine that may have taken a bucket meanwhile no longer uses it.
const USED: Duration = Duration::from_secs(10 * 60);

/// The proof that a bucket is ours.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Proof {
    /// It has a name that nobody else uses. It did not exist, and its creation began at this time.
    Creating(SystemTime),
    /// It has a name that nobody else uses, and the server has once given this date.
    Fresh(String),
    /// It did not exist, was created, and the server gave this date. Some servers give whole seconds: a bucket that is
    /// deleted and created again within that second counts as the same one.
    Created(String),
    /// It did not exist, and a request to create it has succeeded, as may that of another machine. This mark was going to be
    /// its tag.
    Claiming { mark: String, date: Option<String> },
    /// This mark was its tag when nobody else could have overwritten it.
    Owned { mark: String, date: Option<String> },
    /// It was claimed too slowly at this time, and had this date.
    Withdrawn { time: SystemTime, date: String },
}

/// The outcome of holding a proof against the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judgement {
    /// The bucket is ours, with everything in it.
    Ours,
    /// The bucket is ours as long as nothing is in it.
    OursIfEmpty,
    /// There is no such bucket.
    Missing,
    /// The bucket is somebody else's.
    Foreign,
    /// The service does not tell enough now. It may later.
    Unknown,
}

impl Proof {
    pub(super) fn write(&self) -> String {
        let dated = |word: &str, mark: &str, date: &Option<String>| match date {
            Some(date) => format!("{word} {mark} {date}"),
            None => format!("{word} {mark}"),
        };
        match self {
            Self::Creating(time) => format!("creating {}", format_rfc3339_seconds(*time)),
            Self::Fresh(date) => format!("fresh {date}"),
            Self::Created(date) => format!("created {date}"),
            Self::Claiming { mark, date } => dated("claiming", mark, date),
            Self::Owned { mark, date } => dated("owned", mark, date),
            Self::Withdrawn { time, date } => {
                format!("withdrawn {} {date}", format_rfc3339_seconds(*time))
            }
        }
    }

    pub(super) fn read(note: &str) -> Option<Self> {
        let (word, rest) = note.split_once(' ')?;
        let (first, second) = match rest.split_once(' ') {
            Some((first, second)) => (first, Some(second.to_owned())),
            None => (rest, None),
        };
        // An empty mark or date would be that of any bucket without one.
        if first.is_empty() || second.as_deref() == Some("") {
            return None;
        }
        let (text, date) = (first.to_owned(), second);
        match (word, date) {
            ("creating", None) => parse_rfc3339(first).ok().map(Self::Creating),
            ("fresh", None) => Some(Self::Fresh(text)),
            ("created", None) => Some(Self::Created(text)),
            ("claiming", date) => Some(Self::Claiming { mark: text, date }),
            ("owned", date) => Some(Self::Owned { mark: text, date }),
            ("withdrawn", Some(date)) => {
                let time = parse_rfc3339(first).ok()?;
                Some(Self::Withdrawn { time, date })
            }
            _ => None,
        }
    }

    /// Asks the service whether the bucket of this name is the one that this proves to be ours.
    pub(super) async fn judge(&self, admin: &Admin, bucket: &str) -> Result<Judgement, Failure> {
        let judgement = match self {
            Self::Creating(_) | Self::Fresh(_) | Self::Created(_) => {
                self.judge_date(dated(admin, bucket).await?)
            }
            Self::Claiming { mark, date } | Self::Owned { mark, date } => {
                let ours = match self {
                    Self::Owned { .. } => Judgement::Ours,
                    _ => Judgement::OursIfEmpty,
                };
                match owner(admin, bucket).await? {
                    Owner::NoBucket => Judgement::Missing,
                    Owner::Mark(found) if found.trim_start_matches(DEPARTED) == mark => ours,
                    Owner::Mark(_) => Judgement::Foreign,
                    // The test may have set tags of its own.
                    Owner::Unmarked => match date {
                        Some(date) => same_date(&dated(admin, bucket).await?, date, ours),
                        None => Judgement::Foreign,
                    },
                }
            }
            Self::Withdrawn { time, .. } if is_younger(*time, USED) => Judgement::Unknown,
            Self::Withdrawn { date, .. } => match owner(admin, bucket).await? {
                Owner::NoBucket => Judgement::Missing,
                Owner::Mark(_) => Judgement::Foreign,
                Owner::Unmarked => {
                    let dated = dated(admin, bucket).await?;
                    same_date(&dated, date, Judgement::OursIfEmpty)
                }
            },
        };
        Ok(judgement)
    }

    /// Returns the mark that the bucket has in its tags, or would have.
    pub(super) fn mark(&self) -> Option<&str> {
        match self {
            Self::Claiming { mark, .. } | Self::Owned { mark, .. } => Some(mark),
            _ => None,
        }
    }

    /// Judges by the date alone.
    fn judge_date(&self, dated: Dated) -> Judgement {
        let near = |time: SystemTime, date: &str| {
            parse_rfc3339(date).is_ok_and(|date| {
                let apart = date.duration_since(time);
                apart.unwrap_or_else(|earlier| earlier.duration()) < CLOCKS
            })
        };
        match (self, dated) {
            (_, Dated::Untold) => Judgement::Unknown,
            // The killed process' request may still be under way. The next process looks again.
            (Self::Creating(time), Dated::Missing) if is_younger(*time, UNDER_WAY) => {
                Judgement::Unknown
            }
            (_, Dated::Missing) => Judgement::Missing,
            (Self::Creating(_) | Self::Fresh(_), Dated::At(date)) if is_unknown(&date) => {
                Judgement::Ours
            }
            (Self::Creating(time), Dated::At(date)) if near(*time, &date) => Judgement::Ours,
            // Clusters have been seen to tell more than one date of a bucket.
            (Self::Fresh(noted), Dated::At(date))
                if *noted == date || parse_rfc3339(noted).is_ok_and(|noted| near(noted, &date)) =>
            {
                Judgement::Ours
            }
            (Self::Created(noted), dated) => same_date(&dated, noted, Judgement::Ours),
            _ => Judgement::Foreign,
        }
    }
}

/// Judges that a bucket is `ours` if it has the date that was noted.
fn same_date(dated: &Dated, noted: &str, ours: Judgement) -> Judgement {
    match dated {
        Dated::Untold => Judgement::Unknown,
        Dated::Missing => Judgement::Missing,
        Dated::At(date) if date == noted => ours,
        Dated::At(date) if is_unknown(date) => Judgement::Unknown,
        Dated::At(_) => Judgement::Foreign,
    }
}

fn is_younger(time: SystemTime, limit: Duration) -> bool {
    time.elapsed().is_ok_and(|elapsed| elapsed < limit)
}

/// Returns true if the server does not know the date: RustFS gives 1970 for a bucket whose creator was killed, and for a
/// moment for others.
pub(super) fn is_unknown(date: &str) -> bool {
    parse_rfc3339(date).is_ok_and(|date| date == SystemTime::UNIX_EPOCH)
}

/// The date of a bucket's creation, as the service tells it.
#[derive(Debug)]
enum Dated {
    At(String),
    Missing,
    /// These keys may not list buckets.
    Untold,
}

async fn dated(admin: &Admin, bucket: &str) -> Result<Dated, Failure> {
    match admin.creation_date(bucket).await {
        Ok(Some(date)) => Ok(Dated::At(date)),
        Ok(None) => Ok(Dated::Missing),
        Err(Failure::Refused(StatusCode::FORBIDDEN, _)) => Ok(Dated::Untold),
        Err(failure) => Err(failure),
    }
}

/// The owner of a bucket, as its tags tell it.
#[derive(Debug, PartialEq, Eq)]
enum Owner {
    Mark(String),
    /// It has no mark, or the service has no tags.
    Unmarked,
    NoBucket,
}

async fn owner(admin: &Admin, bucket: &str) -> Result<Owner, Failure> {
    match bucket_tags(admin, bucket).await {
        Ok(tags) => Ok(mark_in(tags).map_or(Owner::Unmarked, Owner::Mark)),
        Err(failure) if is_no_bucket(&failure) => Ok(Owner::NoBucket),
        Err(failure) if has_no_tags(&failure) => Ok(Owner::Unmarked),
        Err(failure) => Err(failure),
    }
}

/// Returns the mark among a bucket's tags.
pub(super) fn mark_in(tags: Tags) -> Option<String> {
    let mut tags = tags.into_iter();
    tags.find(|(key, _)| key == OWNER).map(|(_, mark)| mark)
}

/// Returns true if the failure says that there is no such bucket.
pub(super) fn is_no_bucket(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused(StatusCode::NOT_FOUND, message) if message.starts_with("NoSuchBucket"))
}

/// Returns true if the failure says that buckets have no tags here, or that these keys may not use them.
pub(super) fn has_no_tags(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Refused(
            StatusCode::NOT_IMPLEMENTED
                | StatusCode::METHOD_NOT_ALLOWED
                | StatusCode::BAD_REQUEST
                | StatusCode::FORBIDDEN
                | StatusCode::NOT_FOUND,
            _
        )
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: &str = "2026-11-22T12:47:57.684Z";
    const UNKNOWN: &str = "1970-01-01T00:00:00.000Z";

    fn judged(note: &str, date: &str) -> Judgement {
        let proof = Proof::read(note).expect(note);
        proof.judge_date(Dated::At(date.to_owned()))
    }

    #[test]
    fn a_note_is_read_as_it_was_written() {
        for note in [
            "creating 2026-11-22T12:47:00Z",
            "fresh 2026-11-22T12:47:57.684Z",
            "created 2026-11-22T12:47:57.684Z",
            "claiming run-mark",
            "claiming run-mark 2026-11-22T12:47:57.684Z",
            "owned run-mark",
            "owned run-mark 2026-11-22T12:47:57.684Z",
            "withdrawn 2026-11-22T12:47:00Z 2026-11-22T12:47:57.684Z",
        ] {
            let proof = Proof::read(note).expect(note);
            assert_eq!(proof.write(), note);
        }
        for nothing in [
            "",
            "created",
            "created ",
            "owned ",
            "owned mark ",
            "owned  2026-11-22T12:47:57.684Z",
            "claiming",
            "creating",
            "creating soon",
            "withdrawn 2026-11-22T12:47:00Z",
            "deleted now",
        ] {
            assert_eq!(Proof::read(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_date_proves_one_creation_only() {
        let created = format!("created {DATE}");
        assert_eq!(judged(&created, DATE), Judgement::Ours);
        let later = "2026-11-22T12:47:57.685Z";
        assert_eq!(judged(&created, later), Judgement::Foreign);
        // The server may know the date later.
        assert_eq!(judged(&created, UNKNOWN), Judgement::Unknown);
    }

    #[test]
    fn a_name_that_nobody_else_has_is_proved_by_any_date_near_its_own() {
        for note in [
            "creating 2026-11-22T12:47:00Z",
            "fresh 2026-11-22T12:47:00Z",
        ] {
            assert_eq!(judged(note, DATE), Judgement::Ours);
            assert_eq!(judged(note, UNKNOWN), Judgement::Ours);
            for other in [
                "2026-11-22T13:47:57.684Z",
                "2026-11-22T11:47:57Z",
                "soon",
                "",
            ] {
                assert_eq!(judged(note, other), Judgement::Foreign, "{other}");
            }
        }
    }

    #[test]
    fn a_creation_that_began_just_now_may_still_end() {
        let now = Proof::Creating(SystemTime::now());
        assert_eq!(now.judge_date(Dated::Missing), Judgement::Unknown);
        let before = Proof::Creating(SystemTime::now() - UNDER_WAY);
        assert_eq!(before.judge_date(Dated::Missing), Judgement::Missing);
        let fresh = Proof::Fresh(DATE.to_owned());
        assert_eq!(fresh.judge_date(Dated::Missing), Judgement::Missing);
    }
}
