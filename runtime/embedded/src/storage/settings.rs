//! A bucket's configurations as they were put.

use crate::{policy::Policy, storage::Tags};
use s3s::dto::{
    BucketLifecycleConfiguration, CORSConfiguration, NotificationConfiguration, ObjectOwnership,
    PublicAccessBlockConfiguration, ServerSideEncryptionConfiguration,
};

/// Configurations that live as long as the bucket. The storage never reads them.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) cors: Option<CORSConfiguration>,
    pub(crate) encryption: Option<ServerSideEncryptionConfiguration>,
    pub(crate) lifecycle: Option<BucketLifecycleConfiguration>,
    pub(crate) notification: Option<NotificationConfiguration>,
    pub(crate) ownership: Option<ObjectOwnership>,
    pub(crate) policy: Option<Policy>,
    pub(crate) public_access_block: Option<PublicAccessBlockConfiguration>,
    pub(crate) tags: Option<Tags>,
}
