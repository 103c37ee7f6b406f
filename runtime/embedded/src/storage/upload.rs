//! An unfinished multipart upload.

use crate::storage::{
    Attributes, Body,
    checksum::{Algorithm, Checksum, Kind},
};
use std::collections::BTreeMap;
use time::OffsetDateTime;

#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) id: String,
    pub(crate) initiated: OffsetDateTime,
    pub(crate) initiator: String,
    pub(crate) attributes: Attributes,
    /// The headers of those attributes, for policies that check them with each part.
    pub(crate) asked: Vec<(String, String)>,
    pub(crate) checksum: Option<(Algorithm, Kind)>,
    pub(crate) parts: BTreeMap<i32, Part>,
}

#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) body: Body,
    pub(crate) md5: [u8; 16],
    pub(crate) modified: OffsetDateTime,
    pub(crate) checksum: Option<Checksum>,
}
