//! Waiting is told: somebody who sees nothing happen takes a test for one that hangs.

use std::time::Duration;

use tokio::{pin, time::sleep};

use super::stderr;

/// The time after which a wait is told for the first time.
const FIRST: Duration = Duration::from_secs(2);
/// The time between two lines about one wait.
const NEXT: Duration = Duration::from_secs(10);

/// Waits for `work`, and says on the real standard error what is waited for if that takes long. `what` is asked anew for
/// each line, since another process may have it by then.
pub(crate) async fn told<T>(what: impl Fn() -> String, work: impl Future<Output = T>) -> T {
    pin!(work);
    let mut pause = FIRST;
    let mut waited = Duration::ZERO;
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = sleep(pause) => {}
        }
        waited += pause;
        stderr::note(&format!(
            "waiting for {} ({} s so far)",
            what(),
            waited.as_secs()
        ));
        pause = NEXT;
    }
}
