//! Waits until a server answers.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::s3::{Admin, Failure};

/// The waits between two requests, from the first to the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(100));
/// The time after which a refusal is final: a server that is only starting does not refuse requests for so long.
const REFUSAL_LIMIT: Duration = Duration::from_secs(5);

/// The meaning of a failed request to a server that may still be starting.
pub(super) enum Verdict {
    /// The server is ready; it only refuses this request.
    Ready,
    /// The server may still be starting.
    Starting,
    /// The server refuses, which is final if it goes on doing so.
    Refusing,
    /// Waiting does not help.
    Final,
}

/// Sends signed requests until one succeeds. The caller limits the time.
///
/// # Errors
///
/// Returns the failure that is final by `judge`, or by [`REFUSAL_LIMIT`]. `last_failure` always has the latest one.
pub(super) async fn first_answer(
    admin: &Admin,
    judge: impl Fn(&Failure) -> Verdict,
    last_failure: &mut Option<Failure>,
) -> Result<(), Failure> {
    let (mut pause, longest) = PAUSES;
    let mut first_refusal = None;
    loop {
        let failure = match admin.check().await {
            Ok(()) => return Ok(()),
            Err(failure) => failure,
        };
        match judge(&failure) {
            Verdict::Ready => return Ok(()),
            Verdict::Starting => first_refusal = None,
            Verdict::Refusing => {
                let since = *first_refusal.get_or_insert_with(Instant::now);
                if since.elapsed() >= REFUSAL_LIMIT {
                    return Err(failure);
                }
            }
            Verdict::Final => return Err(failure),
        }
        *last_failure = Some(failure);
        sleep(pause).await;
        pause = (pause * 2).min(longest);
    }
}
