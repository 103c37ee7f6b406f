//! What a process holds while it runs: memory and descriptors, as Linux tells them.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// The pause between two looks. A process may hold more descriptors for a shorter time.
const PAUSE: Duration = Duration::from_millis(1);

/// The most that a process has held.
#[derive(Debug, Clone, Copy, Default)]
pub struct Held {
    /// In KiB, which the kernel notes itself.
    pub memory: u64,
    /// Open files and sockets, at one of the looks.
    pub descriptors: usize,
}

/// A look at a process every few milliseconds.
#[derive(Debug)]
pub struct Watch {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<Held>,
}

impl Watch {
    /// Begins to look at a process.
    #[must_use]
    pub fn of(process: u32) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let over = is_over.clone();
        let thread = thread::spawn(move || {
            let mut most = Held::default();
            while !over.load(Ordering::Relaxed) {
                let now = look(process).unwrap_or_default();
                most.memory = most.memory.max(now.memory);
                most.descriptors = most.descriptors.max(now.descriptors);
                thread::sleep(PAUSE);
            }
            most
        });
        Self { is_over, thread }
    }

    /// Ends the looks at a process that has ended. Returns nothing if it ended before the first one.
    #[must_use]
    pub fn end(self) -> Option<Held> {
        self.is_over.store(true, Ordering::Relaxed);
        let held = self.thread.join().expect("the looks end");
        (held.memory > 0).then_some(held)
    }
}

/// Returns nothing of a process that has ended.
fn look(process: u32) -> Option<Held> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(Held {
        memory: line.split_whitespace().next()?.parse().ok()?,
        descriptors: fs::read_dir(format!("/proc/{process}/fd")).ok()?.count(),
    })
}
