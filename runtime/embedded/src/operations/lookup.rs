//! The lookup of the object that a request names by bucket, key and version.

use crate::{
    operations::{Service, convert},
    storage::{Bucket, Error, Object, Result, Storage, Version},
};
use s3s::dto::*;
use std::sync::Arc;

/// Inputs of operations on an existing object.
pub(super) trait NamesObject {
    /// Returns bucket, key and version id.
    fn name(&self) -> (&str, &str, Option<&str>);
}

macro_rules! names_object {
    ($($input:ident)*) => {$(
        impl NamesObject for $input {
            fn name(&self) -> (&str, &str, Option<&str>) {
                (&self.bucket, &self.key, convert::version(self.version_id.as_ref()))
            }
        }
    )*};
}

names_object! {
    GetObjectInput HeadObjectInput GetObjectAttributesInput
    GetObjectTaggingInput PutObjectTaggingInput DeleteObjectTaggingInput
    GetObjectAclInput PutObjectAclInput
    GetObjectRetentionInput PutObjectRetentionInput
    GetObjectLegalHoldInput PutObjectLegalHoldInput
}

/// A lookup that has not been made yet.
pub(super) struct Lookup<'a> {
    storage: &'a Storage,
    bucket: &'a str,
    key: &'a str,
    version: Option<&'a str>,
    of_lock: bool,
}

/// An object as it was when the lookup was made, without a lock on the storage.
pub(super) struct Found {
    pub(super) object: Arc<Object>,
    /// The version id, if the response shows it.
    pub(super) version: Option<String>,
}

impl<'a> Lookup<'a> {
    pub(super) fn of(service: &'a Service, input: &'a impl NamesObject) -> Self {
        let (bucket, key, version) = input.name();
        Self::new(service, bucket, key, version)
    }

    pub(super) fn new(
        service: &'a Service,
        bucket: &'a str,
        key: &'a str,
        version: Option<&'a str>,
    ) -> Self {
        Self {
            storage: &service.storage,
            bucket,
            key,
            version,
            of_lock: false,
        }
    }

    /// Looks up the object's lock: the bucket must have object lock, and a delete marker never has a lock, even if it is
    /// what the key means without a version id.
    pub(super) fn of_lock(self) -> Self {
        Self {
            of_lock: true,
            ..self
        }
    }

    pub(super) fn read<T>(
        self,
        read: impl FnOnce(&Bucket, &Version, &Arc<Object>) -> T,
    ) -> Result<T> {
        self.storage.try_read(self.bucket, |bucket| {
            self.check_lock(bucket)?;
            let found = bucket.get(self.key, self.version);
            let (version, object) = found.map_err(|error| self.refusal(error))?;
            Ok(read(bucket, version, object))
        })
    }

    pub(super) fn find(self) -> Result<Found> {
        self.read(|bucket, version, object| Found {
            object: object.clone(),
            version: bucket.shown_id(version),
        })
    }

    /// Changes metadata of the object; its bytes never change. Returns the version id, if the response shows it.
    pub(super) fn change(
        self,
        change: impl FnOnce(&mut Object) -> Result<()>,
    ) -> Result<Option<String>> {
        self.storage.try_write(self.bucket, |bucket| {
            self.check_lock(bucket)?;
            let found = bucket.get_mut(self.key, self.version);
            let (version, object) = found.map_err(|error| self.refusal(error))?;
            change(object)?;
            Ok(version)
        })
    }

    fn check_lock(&self, bucket: &Bucket) -> Result<()> {
        match self.of_lock && bucket.lock.is_none() {
            true => Err(Error::MissingLockConfiguration),
            false => Ok(()),
        }
    }

    fn refusal(&self, error: Error) -> Error {
        match error {
            Error::DeleteMarker { version } if self.of_lock => Error::IsDeleteMarker { version },
            other => other,
        }
    }
}
