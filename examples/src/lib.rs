//! Small programs that keep their data in S3. Each has a folder with its code and its tests.

#[path = "../uploads/storage.rs"]
pub mod uploads;
