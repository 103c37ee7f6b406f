//! Questions about taxi trips in Parquet files on S3, answered by DataFusion.

use std::{collections::HashMap, sync::Arc};

use datafusion::{error::Result, execution::context::SessionContext, prelude::ParquetReadOptions};
use object_store::parse_url_opts;
use url::Url;

/// The trips below an `s3://` address.
pub struct Trips(SessionContext);

impl Trips {
    /// Opens the folder of Parquet files at an address, with the options of object_store.
    pub async fn open(address: &str, options: HashMap<String, String>) -> Result<Self> {
        let context = connect(address, options)?;
        context
            .register_parquet("trips", address, ParquetReadOptions::default())
            .await?;
        Ok(Self(context))
    }

    /// Returns the number of trips from a place.
    pub async fn count_from(&self, place: u32) -> Result<usize> {
        let question = format!("SELECT distance FROM trips WHERE place = {place}");
        self.0.sql(&question).await?.count().await
    }
}

/// Returns a session that reads and writes at the address.
pub fn connect(address: &str, options: HashMap<String, String>) -> Result<SessionContext> {
    let external = |error| datafusion::error::DataFusionError::External(error);
    let url = Url::parse(address).map_err(|error| external(Box::new(error)))?;
    let (store, _) = parse_url_opts(&url, options).map_err(|error| external(Box::new(error)))?;
    let context = SessionContext::new();
    context.register_object_store(&url, Arc::from(store));
    Ok(context)
}
