//! One bucket: its objects and its settings.

use crate::storage::{
    Acl, Content, Deleted, Error, Object, Result, Retention, RetentionMode, Upload, Version,
    Versioning, Versions,
    listing::{self, Entry, Page, Query},
    preconditions::Preconditions,
    settings::Settings,
    versions::{NULL, is_id, missing},
};
use std::{collections::BTreeMap, sync::Arc};
use time::{Duration, OffsetDateTime};

#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) owner: String,
    pub(crate) region: String,
    pub(crate) created: OffsetDateTime,
    pub(crate) acl: Acl,
    pub(crate) versioning: Versioning,
    /// `None` if object lock is off.
    pub(crate) lock: Option<DefaultLock>,
    pub(crate) settings: Settings,
    pub(super) objects: BTreeMap<String, Versions>,
    pub(super) uploads: BTreeMap<String, BTreeMap<String, Upload>>,
    sequence: u64,
}

/// The retention of new versions whose own request names none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct DefaultLock {
    pub(crate) retention: Option<(RetentionMode, Period)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    Days(i32),
    Years(i32),
}

impl Period {
    fn duration(self) -> Duration {
        match self {
            Self::Days(days) => Duration::days(days.into()),
            Self::Years(years) => Duration::days(365 * i64::from(years)),
        }
    }
}

impl Bucket {
    pub(crate) fn new(owner: &str, region: &str, acl: Acl, lock: bool) -> Self {
        Self {
            owner: owner.to_owned(),
            region: region.to_owned(),
            created: crate::storage::now(),
            acl,
            // Object lock works on versions only (User Guide, "How S3 Object Lock works").
            versioning: if lock {
                Versioning::Enabled
            } else {
                Versioning::Unversioned
            },
            lock: lock.then(DefaultLock::default),
            settings: Settings::default(),
            objects: BTreeMap::new(),
            uploads: BTreeMap::new(),
            sequence: 0,
        }
    }

    /// Returns an id that sorts by the time of its creation and looks random, so that no test relies on it.
    pub(crate) fn next_id(&mut self) -> String {
        self.sequence += 1;
        let seed = self.created.unix_timestamp().unsigned_abs();
        // One round of splitmix64, so that ids of different buckets differ.
        let mut mixed = (seed << 32 ^ self.sequence).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        format!("{:016x}{:016x}", self.sequence, mixed ^ (mixed >> 27))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    pub(crate) fn get(&self, key: &str, version: Option<&str>) -> Result<(&Version, &Arc<Object>)> {
        let versions = self.objects.get(key);
        versions.ok_or_else(|| missing(version))?.find(version)
    }

    pub(crate) fn current(&self, key: &str) -> Option<&Arc<Object>> {
        self.objects.get(key)?.current()
    }

    /// Returns an object to change its attributes, and its id as responses name it.
    pub(crate) fn get_mut(
        &mut self,
        key: &str,
        version: Option<&str>,
    ) -> Result<(Option<String>, &mut Object)> {
        let versioned = self.versioning != Versioning::Unversioned;
        let (id, object) = self
            .objects
            .get_mut(key)
            .ok_or_else(|| missing(version))?
            .find_mut(version)?;
        Ok((versioned.then(|| id.to_owned()), object))
    }

    /// Returns the id of a version as responses name it, or `None` in a bucket that never had versioning.
    pub(crate) fn shown_id(&self, version: &Version) -> Option<String> {
        (self.versioning != Versioning::Unversioned).then(|| version.id.clone())
    }

    /// Stores the object if the conditions hold for the current one. Returns the id of the new version if responses name it,
    /// so not while versioning is suspended (S3 API Reference, "PutObject", "x-amz-version-id").
    pub(crate) fn put(
        &mut self,
        key: &str,
        mut object: Object,
        conditions: &Preconditions,
    ) -> Result<Option<String>> {
        conditions.check_write(self.current(key).map(Arc::as_ref))?;
        object.modified = crate::storage::now();
        if object.attributes.lock.retention.is_none()
            && let Some(DefaultLock {
                retention: Some((mode, period)),
            }) = self.lock
        {
            object.attributes.lock.retention = Some(Retention {
                mode,
                until: object.modified + period.duration(),
            });
        }
        let modified = object.modified;
        let id = self.push(key, modified, Content::Object(Arc::new(object)));
        Ok((self.versioning == Versioning::Enabled).then_some(id))
    }

    fn push(&mut self, key: &str, modified: OffsetDateTime, content: Content) -> String {
        let id = match self.versioning {
            Versioning::Enabled => self.next_id(),
            Versioning::Unversioned | Versioning::Suspended => NULL.to_owned(),
        };
        self.objects
            .entry(key.to_owned())
            .or_default()
            .push(Version {
                id: id.clone(),
                modified,
                content,
            });
        id
    }

    /// Removes a version. Without a version id, and with versioning, a delete marker is added instead.
    pub(crate) fn delete(
        &mut self,
        key: &str,
        version: Option<&str>,
        conditions: &Preconditions,
        bypass_governance: bool,
    ) -> Result<Deleted> {
        let target = match version {
            Some(id) if !is_id(id) => return Err(Error::InvalidVersionId),
            Some(id) => self
                .objects
                .get(key)
                .and_then(|versions| versions.get(id)?.object()),
            None => self.current(key),
        };
        conditions.check_write(target.map(Arc::as_ref))?;
        match (version, self.versioning) {
            (Some(id), _) => self
                .remove(key, id, bypass_governance)
                .map(|removed| Deleted {
                    version: Some(id.to_owned()),
                    delete_marker: removed.is_some_and(|version| version.object().is_none()),
                }),
            (None, Versioning::Unversioned) => self
                .remove(key, NULL, bypass_governance)
                .map(|_| Deleted::default()),
            (None, Versioning::Enabled | Versioning::Suspended) => {
                let version = self.push(key, crate::storage::now(), Content::DeleteMarker);
                Ok(Deleted {
                    version: Some(version),
                    delete_marker: true,
                })
            }
        }
    }

    fn remove(&mut self, key: &str, id: &str, bypass_governance: bool) -> Result<Option<Version>> {
        let Some(versions) = self.objects.get_mut(key) else {
            return Ok(None);
        };
        if let Some(object) = versions.get(id).and_then(Version::object)
            && object
                .attributes
                .lock
                .forbids_deletion(OffsetDateTime::now_utc(), bypass_governance)
        {
            return Err(Error::Locked);
        }
        let removed = versions.remove(id);
        if versions.is_empty() {
            self.objects.remove(key);
        }
        Ok(removed)
    }

    pub(crate) fn list<'a>(&'a self, query: &Query<'_>) -> Page<Entry<'a, &'a Arc<Object>>> {
        listing::page(&self.objects, query, |_, versions| versions.current())
    }

    /// Lists all versions, each with whether it is the latest of its key.
    pub(crate) fn list_versions<'a>(
        &'a self,
        query: &Query<'_>,
    ) -> Page<Entry<'a, (&'a Version, bool)>> {
        listing::page(&self.objects, query, |key, versions| {
            let after = query.after_id_of(key);
            let mut begun = after.is_none();
            versions
                .newest_first()
                .enumerate()
                .filter_map(move |(index, version)| {
                    if begun {
                        return Some((version, index == 0));
                    }
                    begun = after.as_ref() == Some(&version.id);
                    None
                })
        })
    }
}
