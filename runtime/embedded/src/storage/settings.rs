//! A bucket's configurations as they were put, for giving back and for those who act on them.

use crate::{policy::Policy, storage::Tags};
use s3s::dto::{
    BucketLifecycleConfiguration, CORSConfiguration, NotificationConfiguration, ObjectOwnership,
    PublicAccessBlockConfiguration, ServerSideEncryptionConfiguration,
};

/// The storage keeps these with the bucket, so that they come and go with it, but never looks inside.
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
