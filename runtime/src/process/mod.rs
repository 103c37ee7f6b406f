//! The process that all its tests share: a background runtime, its end, and the real standard error.

pub(crate) mod background;
pub(crate) mod exit;
pub(crate) mod stderr;
pub(crate) mod waiting;
