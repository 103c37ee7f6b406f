//! The kinds of faults.

use std::{fmt, time::Duration};

use super::{error::S3Error, skew::Skew};

/// A place at which a connection ends after the server has acted on the request, for [`FaultRule::commit_then`].
///
/// ```
/// use object_store::{ObjectStoreExt, aws::AmazonS3, path::Path};
/// use s3_test::{Cut, Faults, Operation, Requests, s3_test};
///
/// #[s3_test(backend = "embedded")]
/// async fn a_lost_answer_is_asked_for_again(
///     store: AmazonS3,
///     faults: Faults,
///     requests: Requests,
/// ) -> object_store::Result<()> {
///     faults.on(Operation::PutObject).once().commit_then(Cut::BeforeAnswer);
///     store.put(&Path::from("key"), "written twice".into()).await?;
///     assert_eq!(requests.operation(Operation::PutObject).count(), 2);
///     Ok(())
/// }
/// ```
///
/// [`FaultRule::commit_then`]: crate::FaultRule::commit_then
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cut {
    /// The connection is reset before the client has a byte of the answer.
    BeforeAnswer,
    /// The connection is closed in good order before the client has a byte of the answer.
    ClosedBeforeAnswer,
}

/// The answer that a client gets instead of the server's: an [`S3Error`] or a [`Cut`].
///
/// ```
/// use s3_test::{Cut, Fault, Faults, Instead, Operation, S3Error};
///
/// fn lose(faults: &Faults, instead: impl Into<Instead>) -> Fault {
///     faults.on(Operation::CompleteMultipartUpload).once().commit_then(instead)
/// }
///
/// fn lose_both_ways(faults: &Faults) -> [Fault; 2] {
///     [lose(faults, Cut::BeforeAnswer), lose(faults, S3Error::INTERNAL_ERROR)]
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Instead(pub(in super::super) InsteadKind);

#[derive(Debug, Clone, Copy)]
pub(in super::super) enum InsteadKind {
    Error(S3Error),
    Cut(Cut),
}

impl From<S3Error> for Instead {
    fn from(error: S3Error) -> Self {
        Self(InsteadKind::Error(error))
    }
}

impl From<Cut> for Instead {
    fn from(cut: Cut) -> Self {
        Self(InsteadKind::Cut(cut))
    }
}

/// Something done to the body of an answer.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Shape {
    CutAfter(u64),
    ResetAfter(u64),
    TruncateTo(u64),
    StallAfter(u64),
    FlipByte(u64),
    BytesPerSecond(u64),
    Chunks(u64, Duration),
}

/// Something done to a request or its answer.
#[derive(Debug, Clone)]
pub(in super::super) enum Kind {
    Error(S3Error),
    ErrorInside200(S3Error),
    EntriesFail(S3Error),
    EntriesFailLate(String, S3Error),
    Status(u16),
    Reset,
    ResetUpload(u64),
    Close,
    CommitThen(InsteadKind),
    Delay(Duration),
    DelayAnswer(Duration),
    Skew(Skew),
    Twice,
    Shape(Shape),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => write!(f, "respond {}", error.code()),
            Self::ErrorInside200(error) => write!(f, "respond 200 with {}", error.code()),
            Self::EntriesFail(error) => write!(f, "respond 200 with entries of {}", error.code()),
            Self::EntriesFailLate(_, error) => {
                write!(f, "commit, then entries of {}", error.code())
            }
            Self::Status(status) => write!(f, "respond {status}"),
            Self::Reset => f.write_str("reset"),
            Self::ResetUpload(count) => write!(f, "reset the upload after {count} B"),
            Self::Close => f.write_str("close the reused connection"),
            Self::CommitThen(InsteadKind::Error(error)) => {
                write!(f, "commit, then {}", error.code())
            }
            Self::CommitThen(InsteadKind::Cut(_)) => f.write_str("commit, then cut"),
            Self::Delay(delay) => write!(f, "delay {}", humantime::format_duration(*delay)),
            Self::DelayAnswer(delay) => {
                write!(f, "delay the answer {}", humantime::format_duration(*delay))
            }
            Self::Skew(skew) => skew.fmt(f),
            Self::Twice => f.write_str("deliver twice"),
            Self::Shape(Shape::CutAfter(count)) => write!(f, "cut the body after {count} B"),
            Self::Shape(Shape::ResetAfter(count)) => write!(f, "reset the body after {count} B"),
            Self::Shape(Shape::TruncateTo(count)) => write!(f, "truncate the body to {count} B"),
            Self::Shape(Shape::StallAfter(count)) => write!(f, "stall after {count} B"),
            Self::Shape(Shape::FlipByte(at)) => write!(f, "flip byte {at}"),
            Self::Shape(Shape::BytesPerSecond(rate)) => write!(f, "{rate} B/s"),
            Self::Shape(Shape::Chunks(count, delay)) => {
                let delay = humantime::format_duration(*delay);
                write!(f, "{delay} between chunks of {count} B")
            }
        }
    }
}
