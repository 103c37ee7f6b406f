//! Further buckets of a test, which it makes while it runs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use s3_test_options as rules;

use super::{TestBucket, ownership, unique_name};
use crate::{
    error::{Error, opaque},
    process::exit,
    state::{FileLock, bucket_lock},
};

/// The siblings of one bucket.
#[derive(Debug)]
pub(crate) struct Siblings {
    /// The beginning of their names.
    prefix: String,
    /// The test that holds their locks.
    holder: String,
    /// `None` once the test is over.
    made: Mutex<Option<Vec<Sibling>>>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Sibling {
    pub(crate) name: String,
    /// The lock of its name, on a server that other tests use too.
    pub(crate) lock: Option<FileLock>,
}

impl Siblings {
    pub(crate) fn new(prefix: &str, holder: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
            holder: holder.to_owned(),
            made: Mutex::new(Some(Vec::new())),
        }
    }

    /// Returns the names of all that are there.
    pub(crate) fn names(&self) -> Vec<String> {
        let made = self.made();
        let names = made.iter().flatten().map(|sibling| sibling.name.clone());
        names.collect()
    }

    /// Returns all of them when their test is over. None is made after that.
    pub(crate) fn close(&self) -> Vec<Sibling> {
        self.made().take().unwrap_or_default()
    }

    /// Remembers one, or gives it back if the test is over.
    fn add(&self, sibling: Sibling) -> Result<(), Sibling> {
        match &mut *self.made() {
            Some(made) => {
                made.push(sibling);
                Ok(())
            }
            None => Err(sibling),
        }
    }

    fn made(&self) -> MutexGuard<'_, Option<Vec<Sibling>>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TestBucket {
    /// Creates another bucket on the same server, and returns it. It goes with this bucket, after the test.
    ///
    /// Its name is unique: the option `bucket_prefix`, `name`, and digits. So a test, or a program that it starts, can have
    /// as many buckets as it likes on a server that others use too. The option `keep` of this bucket applies to it as well.
    ///
    /// A bucket that a test creates by other means (a client's CreateBucket) is not deleted: s3-test deletes only what it
    /// has created. On a container it goes with the container, with the embedded server after the test; on an external
    /// service it stays until somebody deletes it.
    ///
    /// # Errors
    ///
    /// [`Error`](opaque::Error) if `name` cannot be a part of a bucket's name, the server does not create the bucket, or the
    /// test is over.
    ///
    /// ```
    /// use object_store::{ObjectStoreExt, path::Path};
    /// use s3_test::{BoxError, TestBucket, s3_test};
    ///
    /// #[s3_test]
    /// async fn copies_to_each_tenant(bucket: TestBucket) -> Result<(), BoxError> {
    ///     for tenant in ["red", "blue"] {
    ///         let bucket = bucket.sibling(tenant).await?;
    ///         bucket.store()?.put(&Path::from("greeting"), "hello".into()).await?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub async fn sibling(&self, name: &str) -> Result<Self, opaque::Error> {
        let (bucket, name) = (self.clone(), name.to_owned());
        // To its end, so that a cancelled test leaves no half of a bucket.
        let made = exit::completed(async move { bucket.make_sibling(&name).await }).await;
        made.map_err(opaque::Error::from)
    }

    async fn make_sibling(&self, name: &str) -> Result<Self, Error> {
        let problems = rules::bucket_prefix(name);
        if !problems.is_empty() {
            return Err(Error::InvalidOption {
                place: "the name of a sibling".to_owned(),
                value: name.to_owned(),
                problem: problems.join("; "),
            });
        }
        let (server, siblings) = (self.server(), &self.siblings);
        let name = unique_name(&siblings.prefix, name);
        let mut lock = match server.shared_identity() {
            Some(identity) => Some(bucket_lock::take(identity, &name, &siblings.holder).await?),
            None => None,
        };
        let created = ownership::create(server, &name, lock.as_mut(), false).await;
        created.map_err(|failure| server.bucket_error(name.clone(), failure))?;
        let sibling = Sibling {
            name: name.clone(),
            lock,
        };
        if let Err(Sibling { name, lock }) = siblings.add(sibling) {
            if let Some(lock) = lock {
                ownership::remove_in_background(server.clone(), name, lock);
            }
            return Err(Error::TestOver {
                bucket: self.name().to_owned(),
            });
        }
        Ok(Self {
            name: name.into(),
            ..self.clone()
        })
    }

    /// Returns this bucket and the further ones that the test has made.
    pub(crate) fn with_siblings(&self) -> Vec<Self> {
        let siblings = self.siblings.names().into_iter().map(|name| Self {
            name: name.into(),
            ..self.clone()
        });
        std::iter::once(self.clone()).chain(siblings).collect()
    }

    /// Returns the further buckets that the test has made.
    pub(crate) fn siblings(&self) -> &Arc<Siblings> {
        &self.siblings
    }
}
