//! An application that keeps its users' uploads in S3, as a web service would.

use std::sync::Arc;

use object_store::{Error, ObjectStore, ObjectStoreExt, Result, path::Path};

/// The uploads of an application.
#[derive(Debug, Clone)]
pub struct UploadStorage {
    store: Arc<dyn ObjectStore>,
}

impl UploadStorage {
    /// Keeps the uploads in `store`, under keys that begin with `uploads/`.
    #[must_use]
    pub fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store }
    }

    /// Saves a file under its name, and tells the key that it has now.
    ///
    /// # Errors
    ///
    /// Those of [`ObjectStoreExt::put`].
    pub async fn save(&self, name: &str, content: impl Into<Vec<u8>>) -> Result<String> {
        let key = key(name);
        self.store.put(&key, content.into().into()).await?;
        Ok(key.to_string())
    }

    /// Whether there is a file of this name.
    ///
    /// # Errors
    ///
    /// Those of [`ObjectStoreExt::head`], but for the missing object, which is the answer.
    pub async fn exists(&self, name: &str) -> Result<bool> {
        match self.store.head(&key(name)).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The content of a file.
    ///
    /// # Errors
    ///
    /// Those of [`ObjectStoreExt::get`].
    pub async fn open(&self, name: &str) -> Result<Vec<u8>> {
        let object = self.store.get(&key(name)).await?;
        Ok(object.bytes().await?.to_vec())
    }

    /// Deletes a file.
    ///
    /// # Errors
    ///
    /// Those of [`ObjectStoreExt::delete`].
    pub async fn delete(&self, name: &str) -> Result<()> {
        self.store.delete(&key(name)).await
    }
}

fn key(name: &str) -> Path {
    Path::from("uploads").join(name)
}
