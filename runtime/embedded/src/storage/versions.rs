//! The versions of one key, and the effect of writes in each state of the bucket's versioning.

use crate::storage::{Error, Object, Result};
use std::sync::Arc;
use time::OffsetDateTime;

/// A bucket's versioning. It can be suspended but never taken back to `Unversioned`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Versioning {
    #[default]
    Unversioned,
    Enabled,
    Suspended,
}

/// The id of versions that were written while versioning was not enabled.
pub(crate) const NULL: &str = "null";

/// Returns the error for a missing version: S3 tells an unknown id from a malformed one.
pub(super) fn missing(id: Option<&str>) -> Error {
    match id {
        None => Error::NoSuchKey,
        Some(id) if is_id(id) => Error::NoSuchVersion,
        Some(_) => Error::InvalidVersionId,
    }
}

/// Returns the error for a delete marker, which S3 treats as a missing key unless the request names it by its id.
fn refused_marker(marker: &str, id: Option<&str>) -> Error {
    let version = marker.to_owned();
    match id {
        Some(_) => Error::IsDeleteMarker { version },
        None => Error::DeleteMarker { version },
    }
}

/// Returns true for `null` and for ids like those of `Bucket::next_id`.
pub(crate) fn is_id(id: &str) -> bool {
    id == NULL || id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[derive(Debug, Clone)]
pub(crate) enum Content {
    Object(Arc<Object>),
    DeleteMarker,
}

#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) id: String,
    pub(crate) modified: OffsetDateTime,
    pub(crate) content: Content,
}

impl Version {
    pub(crate) fn object(&self) -> Option<&Arc<Object>> {
        match &self.content {
            Content::Object(object) => Some(object),
            Content::DeleteMarker => None,
        }
    }
}

/// The result of a deletion, for the headers of its response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Deleted {
    /// The version that was removed, or the delete marker that was made.
    pub(crate) version: Option<String>,
    pub(crate) delete_marker: bool,
}

/// All versions of one key, oldest first. Never empty inside a bucket.
#[derive(Debug, Clone, Default)]
pub(crate) struct Versions(Vec<Version>);

impl Versions {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Version> {
        self.0.iter().rev()
    }

    /// Returns the version that a GET without a version id reads.
    pub(crate) fn current(&self) -> Option<&Arc<Object>> {
        self.0.last()?.object()
    }

    /// Returns the version with this id, or the latest.
    pub(crate) fn find(&self, id: Option<&str>) -> Result<(&Version, &Arc<Object>)> {
        let version = &self.0[self.position(id)?];
        match &version.content {
            Content::Object(object) => Ok((version, object)),
            Content::DeleteMarker => Err(refused_marker(&version.id, id)),
        }
    }

    /// Returns a version to change its attributes (tags, lock, ACL); its bytes never change.
    pub(crate) fn find_mut(&mut self, id: Option<&str>) -> Result<(&str, &mut Object)> {
        let index = self.position(id)?;
        let version = &mut self.0[index];
        match &mut version.content {
            Content::Object(object) => Ok((&version.id, Arc::make_mut(object))),
            Content::DeleteMarker => Err(refused_marker(&version.id, id)),
        }
    }

    fn position(&self, id: Option<&str>) -> Result<usize> {
        let position = match id {
            None => self.0.len().checked_sub(1),
            Some(id) => self.0.iter().position(|version| version.id == id),
        };
        position.ok_or_else(|| missing(id))
    }

    /// Makes `version` the latest. A null version replaces the previous null version, wherever that is.
    pub(crate) fn push(&mut self, version: Version) {
        if version.id == NULL {
            self.0.retain(|old| old.id != NULL);
        }
        self.0.push(version);
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<Version> {
        let index = self.0.iter().position(|version| version.id == id)?;
        Some(self.0.remove(index))
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Version> {
        self.0.iter().find(|version| version.id == id)
    }
}
