//! An archive of documents on S3, each in one object.

use std::sync::Arc;

use object_store::{ObjectStore, ObjectStoreExt, PutPayload, Result, path::Path};

/// Keeps documents by their names.
#[derive(Debug, Clone)]
pub struct Archive {
    store: Arc<dyn ObjectStore>,
}

impl Archive {
    /// An archive in this store.
    pub fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store }
    }

    /// Keeps a document, in the place of one that has its name.
    pub async fn keep(&self, name: &str, document: impl Into<PutPayload>) -> Result<()> {
        self.store.put(&key(name), document.into()).await?;
        Ok(())
    }

    /// Returns a document.
    pub async fn find(&self, name: &str) -> Result<Vec<u8>> {
        let found = self.store.get(&key(name)).await?;
        Ok(found.bytes().await?.to_vec())
    }
}

fn key(name: &str) -> Path {
    Path::from("archive").join(name)
}
