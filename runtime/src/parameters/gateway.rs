//! Parameters that look into the traffic of a test: [`Requests`] and [`Faults`].

use super::{BoxError, FromBucket};
use crate::{
    bucket::TestBucket,
    gateway::{Faults, Gateway, Requests},
};

impl FromBucket for Requests {
    const NEEDS_GATEWAY: bool = true;

    async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
        Ok(gateway_of(bucket)?.requests())
    }
}

impl FromBucket for Faults {
    const NEEDS_GATEWAY: bool = true;

    async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
        Ok(gateway_of(bucket)?.faults())
    }
}

fn gateway_of(bucket: &TestBucket) -> Result<&Gateway, BoxError> {
    let gateway = bucket.gateway().ok_or(
        "its type did not ask for the gateway. Add `const NEEDS_GATEWAY: bool = true;` to the `FromBucket` \
         implementation",
    )?;
    Ok(gateway)
}
