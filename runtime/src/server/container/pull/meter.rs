//! The progress of a pull on the real standard error: a bar on a terminal (feature `progress`), else a line now and then.

use std::time::{Duration, Instant};

use testcontainers::bollard::models::CreateImageInfo;

use super::layers::{Layers, megabytes};
use crate::process::stderr;

/// The time between two lines.
pub(super) const PERIOD: Duration = Duration::from_secs(3);

/// The progress of one attempt to pull an image.
pub(super) struct Meter {
    image: String,
    layers: Layers,
    start: Instant,
    said: Instant,
    #[cfg(feature = "progress")]
    bar: Option<indicatif::ProgressBar>,
}

impl Meter {
    pub(super) fn new(image: &str) -> Self {
        Self {
            image: image.to_owned(),
            layers: Layers::default(),
            start: Instant::now(),
            said: Instant::now(),
            #[cfg(feature = "progress")]
            bar: bar(image),
        }
    }

    /// Takes note of one line of the engine's.
    pub(super) fn note(&mut self, line: &CreateImageInfo) {
        self.layers.note(line);
        self.show();
    }

    /// Shows the progress, if there is a bar or it is time for a line.
    pub(super) fn show(&mut self) {
        #[cfg(feature = "progress")]
        if let Some(bar) = &self.bar {
            // A bar of length 0 would be full.
            bar.set_length(self.layers.total().max(1));
            bar.set_position(self.layers.arrived());
            bar.set_message(self.layers.summary(self.start.elapsed()));
            return;
        }
        if self.said.elapsed() >= PERIOD {
            self.said = Instant::now();
            let summary = self.layers.summary(self.start.elapsed());
            stderr::note(&format!("pulling {}: {summary}", self.image));
        }
    }

    /// Says that the image has arrived.
    pub(super) fn finish(self) {
        #[cfg(feature = "progress")]
        if let Some(bar) = &self.bar {
            // Or it would take the line with it.
            bar.finish_and_clear();
        }
        // An engine says nothing of what it has, and nothing of the size of what arrives at once.
        let (_, layers) = self.layers.count();
        let mut parts = Vec::new();
        if layers > 0 {
            parts.push(format!("{layers} layers"));
        }
        if self.layers.total() > 0 {
            parts.push(format!("{} MB", megabytes(self.layers.total())));
        }
        parts.push(format!("{} s", self.start.elapsed().as_secs()));
        stderr::note(&format!("pulled {}: {}", self.image, parts.join(", ")));
    }
}

#[cfg(feature = "progress")]
impl Drop for Meter {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Returns a bar, if the real standard error is a terminal and notes are wanted.
#[cfg(feature = "progress")]
fn bar(image: &str) -> Option<indicatif::ProgressBar> {
    use std::io::IsTerminal;

    if stderr::is_quiet() || !std::io::stderr().is_terminal() {
        return None;
    }
    let template = "s3-test: {prefix} [{bar:30}] {msg}";
    let style = indicatif::ProgressStyle::with_template(template)
        .ok()?
        .progress_chars("=> ");
    let bar = indicatif::ProgressBar::new(1)
        .with_style(style)
        .with_prefix(format!("pulling {image}"));
    bar.enable_steady_tick(Duration::from_millis(200));
    Some(bar)
}
