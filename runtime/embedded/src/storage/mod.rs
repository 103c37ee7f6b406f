//! Buckets and objects in memory: plain data structures that know nothing of HTTP.
//!
//! One lock protects everything, so a decision (for instance on a precondition) still holds when it is applied. The lock is
//! never held while bytes are received or sent: a body is stored when it is complete, and read through shared slices.

mod acl;
mod body;
mod bucket;
pub(crate) mod checksum;
mod error;
pub(crate) mod listing;
pub(crate) mod multipart;
mod object;
pub(crate) mod preconditions;
pub(crate) mod settings;
mod upload;
mod versions;

pub(crate) use crate::storage::{
    acl::{Acl, Right},
    body::Body,
    bucket::{Bucket, DefaultLock, Period},
    error::{Error, Result},
    object::{
        Attributes, Encryption, Expires, Headers, Lock, Object, Origin, PartSummary, Retention,
        RetentionMode, Tags,
    },
    upload::{Part, Upload},
    versions::{Content, Deleted, Version, Versioning, Versions, is_id},
};

use self::listing::Page;
use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::{Mutex, MutexGuard, PoisonError},
};
use time::OffsetDateTime;

/// Returns the time to the second, as S3 keeps it: `Last-Modified` has no fractions, and listings must agree with it.
pub(crate) fn now() -> OffsetDateTime {
    let now = OffsetDateTime::now_utc();
    now.replace_nanosecond(0).unwrap_or(now)
}

/// The first region. Some old rules hold in this one only.
pub(crate) const OLDEST_REGION: &str = "us-east-1";

/// All buckets of one server.
#[derive(Debug, Default)]
pub(crate) struct Storage {
    buckets: Mutex<BTreeMap<String, Bucket>>,
}

impl Storage {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Bucket>> {
        // No change panics half-way, so the data is consistent even after a panic.
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn read<T>(&self, bucket: &str, read: impl FnOnce(&Bucket) -> T) -> Result<T> {
        self.lock().get(bucket).map(read).ok_or(Error::NoSuchBucket)
    }

    pub(crate) fn write<T>(&self, bucket: &str, write: impl FnOnce(&mut Bucket) -> T) -> Result<T> {
        self.lock()
            .get_mut(bucket)
            .map(write)
            .ok_or(Error::NoSuchBucket)
    }

    /// Reads with a function that can fail.
    pub(crate) fn try_read<T>(
        &self,
        bucket: &str,
        read: impl FnOnce(&Bucket) -> Result<T>,
    ) -> Result<T> {
        self.read(bucket, read)?
    }

    pub(crate) fn try_write<T>(
        &self,
        bucket: &str,
        write: impl FnOnce(&mut Bucket) -> Result<T>,
    ) -> Result<T> {
        self.write(bucket, write)?
    }

    /// Adds a bucket unless its owner has it already, which is kept as it is.
    pub(crate) fn add_bucket(&self, name: &str, bucket: Bucket) -> Result<()> {
        match self.lock().entry(name.to_owned()) {
            Entry::Occupied(existing) if existing.get().owner == bucket.owner => Ok(()),
            Entry::Occupied(_) => Err(Error::BucketAlreadyExists),
            Entry::Vacant(place) => {
                place.insert(bucket);
                Ok(())
            }
        }
    }

    /// Creates a bucket as S3 does for a request.
    pub(crate) fn create_bucket(&self, name: &str, bucket: Bucket) -> Result<()> {
        let mut buckets = self.lock();
        match buckets.get_mut(name) {
            // "If you re-create an existing bucket that you already own in us-east-1, Amazon S3 returns 200 OK and resets
            // the bucket ACLs" (S3 API Reference, "CreateBucket").
            Some(existing)
                if existing.owner == bucket.owner
                    && existing.region == OLDEST_REGION
                    && bucket.region == OLDEST_REGION =>
            {
                existing.acl = bucket.acl;
                Ok(())
            }
            Some(existing) if existing.owner == bucket.owner => Err(Error::BucketAlreadyOwnedByYou),
            Some(_) => Err(Error::BucketAlreadyExists),
            None => {
                buckets.insert(name.to_owned(), bucket);
                Ok(())
            }
        }
    }

    pub(crate) fn delete_bucket(&self, name: &str) -> Result<Bucket> {
        let mut buckets = self.lock();
        if !buckets.get(name).ok_or(Error::NoSuchBucket)?.is_empty() {
            return Err(Error::BucketNotEmpty);
        }
        buckets.remove(name).ok_or(Error::NoSuchBucket)
    }

    /// Lists buckets in the order of their names. `show` selects and converts them.
    pub(crate) fn list_buckets<T>(
        &self,
        limit: usize,
        mut show: impl FnMut(&str, &Bucket) -> Option<T>,
    ) -> Page<T> {
        let buckets = self.lock();
        let shown = buckets
            .iter()
            .filter_map(|(name, bucket)| show(name, bucket));
        Page::fill(shown, limit)
    }

    /// Frees all buckets at once, even if others still hold the storage.
    pub(crate) fn clear(&self) {
        let buckets = std::mem::take(&mut *self.lock());
        drop(buckets);
    }
}
