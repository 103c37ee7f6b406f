//! Signals for a child process, and the exit code that tells of its end.

use std::process::ExitStatus;

/// The signals that this process is sent, passed on to a child process.
#[cfg(unix)]
pub(super) struct Signals(Vec<(rustix::process::Signal, tokio::signal::unix::Signal)>);

#[cfg(unix)]
impl Signals {
    /// Begins to catch the signals, which then no longer end this process.
    pub(super) fn catch() -> std::io::Result<Self> {
        use std::io::IsTerminal;

        use rustix::process::Signal;
        use tokio::signal::unix::{SignalKind, signal};

        let mut signals = Vec::new();
        for caught in [
            Signal::TERM,
            Signal::HUP,
            Signal::USR1,
            Signal::USR2,
            Signal::INT,
            Signal::QUIT,
        ] {
            signals.push((caught, signal(SignalKind::from_raw(caught.as_raw()))?));
        }
        if std::io::stdin().is_terminal() {
            // The terminal sends these two to the child as well.
            signals.retain(|(caught, _)| ![Signal::INT, Signal::QUIT].contains(caught));
        }
        Ok(Self(signals))
    }

    /// Passes signals on to the child process for as long as this is awaited.
    pub(super) async fn pass_on(&mut self, child: u32) {
        use futures_util::future::{FutureExt, select_all};
        use rustix::process::{Pid, kill_process};

        let child = i32::try_from(child).ok().and_then(Pid::from_raw);
        loop {
            let waiting = self.0.iter_mut().map(|(signal, stream)| {
                let signal = *signal;
                async move { stream.recv().await.map(|()| signal) }.boxed()
            });
            let (signal, _, _) = select_all(waiting).await;
            if let (Some(signal), Some(child)) = (signal, child) {
                // The child may have ended just now.
                let _ = kill_process(child, signal);
            }
        }
    }

    /// Returns when one of the signals comes that ask this process to end.
    pub(super) async fn end() -> std::io::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};

        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            _ = terminate.recv() => Ok(()),
            interrupted = tokio::signal::ctrl_c() => interrupted,
        }
    }
}

/// Elsewhere the console sends its events to the child itself.
#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn catch() -> std::io::Result<Self> {
        Ok(Self)
    }

    pub(super) async fn pass_on(&mut self, _child: u32) {
        while tokio::signal::ctrl_c().await.is_ok() {}
        std::future::pending().await
    }

    pub(super) async fn end() -> std::io::Result<()> {
        tokio::signal::ctrl_c().await
    }
}

/// Returns the exit code for a child's end: its own, or 128 and the signal's number, as shells have it.
pub(super) fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code();
    #[cfg(unix)]
    let code = code.or_else(|| Some(128 + std::os::unix::process::ExitStatusExt::signal(&status)?));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
