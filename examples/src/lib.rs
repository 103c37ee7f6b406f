//! Small programs that keep their data in S3. Each stands in a folder of its own, beside its tests.

#[path = "../uploads/storage.rs"]
pub mod uploads;
