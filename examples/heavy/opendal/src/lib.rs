//! A cache of rendered pages, written against OpenDAL.

use opendal::{ErrorKind, Operator, Result};

/// Keeps rendered pages wherever the operator leads.
#[derive(Debug, Clone)]
pub struct PageCache(Operator);

impl PageCache {
    /// Creates the cache. All keys begin with `pages/`.
    pub fn new(operator: Operator) -> Self {
        Self(operator)
    }

    /// Returns a page from the cache, or renders and keeps it.
    pub async fn page(&self, name: &str, render: impl FnOnce() -> String) -> Result<String> {
        let path = format!("pages/{name}.html");
        match self.0.read(&path).await {
            Ok(page) => Ok(String::from_utf8_lossy(&page.to_vec()).into_owned()),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let page = render();
                self.0.write(&path, page.clone()).await?;
                Ok(page)
            }
            Err(error) => Err(error),
        }
    }

    /// Forgets all pages.
    pub async fn clear(&self) -> Result<()> {
        self.0.delete_with("pages/").recursive(true).await
    }
}
