//! An application that keeps its users' uploads in S3, as a web service would.

use std::sync::Arc;

use object_store::{Error, ObjectStore, ObjectStoreExt, Result, path::Path};

/// Stores the files that the users of an application upload.
#[derive(Debug, Clone)]
pub struct UploadStorage {
    store: Arc<dyn ObjectStore>,
}

impl UploadStorage {
    /// Creates the storage on `store`. All keys begin with `uploads/`.
    #[must_use]
    pub fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store }
    }

    /// Saves a file and returns its key.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`ObjectStoreExt::put`].
    pub async fn save(&self, name: &str, content: impl Into<Vec<u8>>) -> Result<String> {
        let key = key(name);
        self.store.put(&key, content.into().into()).await?;
        Ok(key.to_string())
    }

    /// Returns true if a file of this name exists.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`ObjectStoreExt::head`], except for a missing object.
    pub async fn exists(&self, name: &str) -> Result<bool> {
        match self.store.head(&key(name)).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Returns the content of a file.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`ObjectStoreExt::get`].
    pub async fn open(&self, name: &str) -> Result<Vec<u8>> {
        let object = self.store.get(&key(name)).await?;
        Ok(object.bytes().await?.to_vec())
    }

    /// Deletes a file.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`ObjectStoreExt::delete`].
    pub async fn delete(&self, name: &str) -> Result<()> {
        self.store.delete(&key(name)).await
    }
}

fn key(name: &str) -> Path {
    Path::from("uploads").join(name)
}
