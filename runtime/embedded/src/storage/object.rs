//! An object: bytes and attributes.

use crate::storage::{Acl, Body, checksum::Checksum};
use std::{collections::BTreeMap, ops::Range, sync::OnceLock};
use time::OffsetDateTime;

/// Headers that are stored with an object and returned with it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Headers {
    pub(crate) cache_control: Option<String>,
    pub(crate) content_disposition: Option<String>,
    pub(crate) content_encoding: Option<String>,
    pub(crate) content_language: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) expires: Option<Expires>,
    pub(crate) website_redirect_location: Option<String>,
    pub(crate) storage_class: Option<String>,
    pub(crate) encryption: Encryption,
    /// `x-amz-meta-*`, without that prefix.
    pub(crate) user: BTreeMap<String, String>,
}

/// A date, or any other text. Many write `0` or `-1` for a date in the past.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expires {
    At(OffsetDateTime),
    Text(String),
}

/// The encryption method, and the key for methods with keys.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Encryption {
    pub(crate) method: Option<String>,
    pub(crate) key: Option<String>,
}

pub(crate) type Tags = Vec<(String, String)>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetentionMode {
    Governance,
    Compliance,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Retention {
    pub(crate) mode: RetentionMode,
    pub(crate) until: OffsetDateTime,
}

/// The object lock of one version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Lock {
    pub(crate) retention: Option<Retention>,
    /// `None` if it was never set.
    pub(crate) legal_hold: Option<bool>,
}

impl Lock {
    /// Returns true if the version is protected. An expired retention protects nothing.
    pub(crate) fn forbids_deletion(&self, now: OffsetDateTime, bypass_governance: bool) -> bool {
        let retained = self.retention.is_some_and(|retention| {
            retention.until > now
                && !(bypass_governance && retention.mode == RetentionMode::Governance)
        });
        self.legal_hold == Some(true) || retained
    }

    /// Returns true if the retention may not become `wanted`. A longer one is always allowed; a shorter one, another mode
    /// or none only for GOVERNANCE, and only with the right to bypass it (User Guide, "Retention modes").
    pub(crate) fn forbids_retention(
        &self,
        now: OffsetDateTime,
        wanted: Option<Retention>,
        bypass_governance: bool,
    ) -> bool {
        self.retention.is_some_and(|current| {
            let longer = wanted
                .is_some_and(|wanted| wanted.until >= current.until && wanted.mode == current.mode);
            let bypassed = bypass_governance && current.mode == RetentionMode::Governance;
            current.until > now && !longer && !bypassed
        })
    }
}

/// One part of an object that was uploaded in parts.
#[derive(Debug, Clone)]
pub(crate) struct PartSummary {
    pub(crate) number: i32,
    pub(crate) size: u64,
    pub(crate) checksum: Option<Checksum>,
}

/// The attributes of an object: everything but its body.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attributes {
    pub(crate) headers: Headers,
    pub(crate) tags: Tags,
    pub(crate) acl: Acl,
    pub(crate) lock: Lock,
}

/// The multipart upload that became the object.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) upload: String,
    /// The same as `Upload::asked`.
    pub(crate) asked: Vec<(String, String)>,
}

/// One version's content.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) body: Body,
    /// Without its quotes.
    pub(crate) etag: String,
    pub(crate) modified: OffsetDateTime,
    pub(crate) checksum: Option<Checksum>,
    /// Empty unless it was a multipart upload.
    pub(crate) parts: Vec<PartSummary>,
    pub(crate) origin: Option<Origin>,
    /// The checksum of an object that was uploaded without one, computed when it is first asked for.
    pub(crate) crc64nvme: OnceLock<Checksum>,
    pub(crate) attributes: Attributes,
}

impl Object {
    /// Returns the range of part `number`. An object that was not uploaded in parts has one part, the whole.
    pub(crate) fn part(&self, number: i32) -> Option<Range<u64>> {
        if self.parts.is_empty() {
            return (number == 1).then_some(0..self.body.len());
        }
        // `partNumber` counts from 1 without gaps, whatever numbers the parts had in the upload.
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        let size = self.parts.get(index)?.size;
        let start = self.parts[..index].iter().map(|part| part.size).sum();
        Some(start..start + size)
    }
}
