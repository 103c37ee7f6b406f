//! What belongs to the process and not to any one test: its background runtime, its end, and the real stderr.

pub(crate) mod background;
pub(crate) mod exit;
pub(crate) mod stderr;
