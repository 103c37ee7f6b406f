//! The layers of an image that is being pulled: how many have arrived, and how much of them.

use std::{collections::HashMap, time::Duration};

use testcontainers::bollard::models::CreateImageInfo;

/// The number of digits by which engines name a layer.
const LAYER_DIGITS: usize = 12;

/// The bytes of one layer.
#[derive(Debug, Clone, Copy, Default)]
struct Layer {
    arrived: u64,
    total: u64,
    is_complete: bool,
}

/// All layers that the engine has spoken of.
#[derive(Debug, Default)]
pub(super) struct Layers(HashMap<String, Layer>);

impl Layers {
    /// Takes note of one line of the engine's.
    pub(super) fn note(&mut self, line: &CreateImageInfo) {
        let (Some(id), Some(status)) = (&line.id, &line.status) else {
            return;
        };
        // Other lines are about the tag.
        if id.len() != LAYER_DIGITS || !id.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return;
        }
        let layer = self.0.entry(id.clone()).or_default();
        match status.as_str() {
            "Downloading" => {
                let detail = line.progress_detail.as_ref();
                let bytes = |count: Option<i64>| count.and_then(|count| u64::try_from(count).ok());
                if let Some(total) = detail.and_then(|detail| bytes(detail.total)) {
                    layer.total = layer.total.max(total);
                }
                if let Some(arrived) = detail.and_then(|detail| bytes(detail.current)) {
                    layer.arrived = arrived;
                }
            }
            "Download complete" | "Extracting" | "Pull complete" | "Already exists" => {
                layer.arrived = layer.total;
                layer.is_complete = true;
            }
            _ => {}
        }
    }

    /// Returns the bytes that have arrived.
    pub(super) fn arrived(&self) -> u64 {
        self.0.values().map(|layer| layer.arrived).sum()
    }

    /// Returns the bytes of all layers whose size is known.
    pub(super) fn total(&self) -> u64 {
        self.0.values().map(|layer| layer.total).sum()
    }

    /// Returns the layers that have arrived, and all.
    pub(super) fn count(&self) -> (usize, usize) {
        let complete = self.0.values().filter(|layer| layer.is_complete);
        (complete.count(), self.0.len())
    }

    /// Returns the state of the pull after this time, for people.
    pub(super) fn summary(&self, elapsed: Duration) -> String {
        let (complete, all) = self.count();
        if all == 0 {
            return format!("nothing has arrived yet, {} s", elapsed.as_secs());
        }
        format!(
            "{complete} of {all} layers, {} of {} MB, {} s",
            megabytes(self.arrived()),
            megabytes(self.total()),
            elapsed.as_secs()
        )
    }
}

/// Returns bytes in megabytes, as registries count them.
pub(super) fn megabytes(bytes: u64) -> String {
    format!("{}.{}", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}

#[cfg(test)]
mod tests {
    use testcontainers::bollard::models::ProgressDetail;

    use super::*;

    fn line(id: &str, status: &str, bytes: Option<(i64, i64)>) -> CreateImageInfo {
        CreateImageInfo {
            id: Some(id.to_owned()),
            status: Some(status.to_owned()),
            progress_detail: bytes.map(|(current, total)| ProgressDetail {
                current: Some(current),
                total: Some(total),
            }),
            error_detail: None,
        }
    }

    #[test]
    fn layers_and_bytes_are_counted_by_what_the_engine_says() {
        let mut layers = Layers::default();
        let summary = layers.summary(Duration::from_secs(3));
        assert_eq!(summary, "nothing has arrived yet, 3 s");
        for said in [
            line("1.0.1", "Pulling from rustfs/rustfs", None),
            line("aaaaaaaaaaaa", "Pulling fs layer", None),
            line("bbbbbbbbbbbb", "Already exists", None),
            line("aaaaaaaaaaaa", "Downloading", Some((1_500_000, 4_000_000))),
        ] {
            layers.note(&said);
        }
        let summary = layers.summary(Duration::from_secs(7));
        assert_eq!(summary, "1 of 2 layers, 1.5 of 4.0 MB, 7 s");
        layers.note(&line("aaaaaaaaaaaa", "Download complete", None));
        layers.note(&line("aaaaaaaaaaaa", "Extracting", Some((9, 9_000_000))));
        let summary = layers.summary(Duration::from_secs(9));
        assert_eq!(summary, "2 of 2 layers, 4.0 of 4.0 MB, 9 s");
    }
}
