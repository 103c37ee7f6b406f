//! The state directory and its locks.

pub(crate) mod bucket_lock;
pub(crate) mod data_lock;
pub(crate) mod departed;
mod directory;
mod file_lock;

pub(crate) use self::{
    directory::StateDirectory,
    file_lock::{FileLock, Share},
};
