//! The state directory and its locks.

pub(crate) mod bucket_lock;
mod directory;
mod file_lock;

pub(crate) use self::{directory::StateDirectory, file_lock::FileLock};
