//! Actions and resources of statements (Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3").

use crate::policy::{
    Refusal, malformed,
    patterns::{Pattern, glob},
};

/// Actions on objects, without `s3:`.
const OF_OBJECTS: &str = "
    AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectTagging DeleteObjectVersion
    DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold GetObjectRetention
    GetObjectTagging GetObjectTorrent GetObjectVersion GetObjectVersionAcl GetObjectVersionAttributes
    GetObjectVersionForReplication GetObjectVersionTagging GetObjectVersionTorrent InitiateReplication
    ListMultipartUploadParts ObjectOwnerOverrideToBucketOwner PutObject PutObjectAcl PutObjectLegalHold PutObjectRetention
    PutObjectTagging PutObjectVersionAcl PutObjectVersionTagging ReplicateDelete ReplicateObject ReplicateTags RestoreObject
    UpdateObjectEncryption";

/// Actions on buckets, without `s3:`.
const OF_BUCKETS: &str = "
    CreateBucket CreateBucketMetadataTableConfiguration DeleteBucket DeleteBucketMetadataTableConfiguration
    DeleteBucketPolicy DeleteBucketWebsite GetAccelerateConfiguration GetAnalyticsConfiguration GetBucketAbac GetBucketAcl
    GetBucketCORS GetBucketLocation GetBucketLogging GetBucketMetadataTableConfiguration GetBucketNotification
    GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus
    GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite
    GetEncryptionConfiguration GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration
    GetMetricsConfiguration GetReplicationConfiguration ListBucket ListBucketMultipartUploads ListBucketVersions
    ListTagsForResource PauseReplication PutAccelerateConfiguration PutAnalyticsConfiguration PutBucketAbac PutBucketAcl
    PutBucketCORS PutBucketLogging PutBucketNotification PutBucketObjectLockConfiguration PutBucketOwnershipControls
    PutBucketPolicy PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging PutBucketVersioning PutBucketWebsite
    PutEncryptionConfiguration PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration
    PutMetricsConfiguration PutReplicationConfiguration TagResource UntagResource
    UpdateBucketMetadataInventoryTableConfiguration UpdateBucketMetadataJournalTableConfiguration";

/// The name of an action, or a pattern of names.
#[derive(Debug)]
pub(super) struct Action {
    /// In lower case, because actions are compared without regard to case.
    pattern: Pattern,
    of_objects: bool,
    of_buckets: bool,
}

impl Action {
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let pattern = Pattern::literal(&text.to_ascii_lowercase());
        let names_one_of = |actions: &str| {
            let mut actions = actions.split_whitespace();
            actions.any(|action| matches(&pattern, &format!("s3:{}", action.to_ascii_lowercase())))
        };
        let (of_objects, of_buckets) = (names_one_of(OF_OBJECTS), names_one_of(OF_BUCKETS));
        let of_this_service = text == "*" || text.to_ascii_lowercase().starts_with("s3:");
        if !of_this_service || !(of_objects || of_buckets) {
            return Err(malformed("Policy has invalid action"));
        }
        Ok(Self {
            pattern,
            of_objects,
            of_buckets,
        })
    }

    /// `action` is in lower case.
    pub(super) fn matches(&self, action: &str) -> bool {
        matches(&self.pattern, action)
    }

    /// Returns true if the resource can be one that the action applies to.
    pub(super) fn applies_to(&self, resource: &str) -> bool {
        self.of_objects && resource.contains(['/', '*'])
            || self.of_buckets && !resource.contains('/')
    }
}

fn matches(pattern: &Pattern, action: &str) -> bool {
    let tokens = pattern.replaced(&|_| None);
    tokens.is_some_and(|tokens| glob(&tokens, action))
}
