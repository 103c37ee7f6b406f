//! Names S3's operations from method, path, query and headers.

use std::{fmt, str::FromStr};

use http::{HeaderMap, Method};

use super::target::Target;

/// The part of a path that an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Service,
    Bucket,
    Object,
    Any,
}

/// One row of the table below.
struct Row {
    operation: Operation,
    method: Method,
    level: Level,
    /// Parameters that the query must have, `name` or `name=value`.
    query: &'static [&'static str],
    /// Headers that the request must have.
    headers: &'static [&'static str],
}

macro_rules! operations {
    ($($method:ident $level:ident { $($name:ident $([$($query:literal),+])? $({$($header:literal),+})?;)* })*) => {
        /// An operation of S3's REST API, with the name that S3's reference gives it.
        ///
        /// [`Display`](fmt::Display) and [`FromStr`] use that name.
        ///
        /// ```
        /// use s3_test::Operation;
        ///
        /// assert_eq!(Operation::ListObjectsV2.to_string(), "ListObjectsV2");
        /// assert_eq!("PutObject".parse(), Ok(Operation::PutObject));
        /// assert!("PutObjekt".parse::<Operation>().is_err());
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Operation {
            $($(
                #[doc = concat!("S3's `", stringify!($name), "`.")]
                $name,
            )*)*
            /// A request that is none of S3's operations.
            Unknown,
        }

        impl Operation {
            pub(super) const ALL: &[Self] = &[$($(Self::$name,)*)* Self::Unknown];

            /// Returns the name in S3's reference, such as `PutObject`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $($(Self::$name => stringify!($name),)*)*
                    Self::Unknown => "Unknown",
                }
            }
        }

        /// Read from top to bottom: the first row that fits names the operation.
        const TABLE: &[Row] = &[$($(
            Row {
                operation: Operation::$name,
                method: Method::$method,
                level: Level::$level,
                query: &[$($($query),+)?],
                headers: &[$($($header),+)?],
            },
        )*)*];
    };
}

operations! {
    OPTIONS Any { OptionsObject; }
    GET Service { ListBuckets; }
    POST Bucket {
        DeleteObjects ["delete"];
        CreateBucketMetadataConfiguration ["metadataConfiguration"];
        CreateBucketMetadataTableConfiguration ["metadataTable"];
        WriteGetObjectResponse {"x-amz-request-route"};
        PostObject;
    }
    GET Bucket {
        GetBucketAbac ["abac"];
        GetBucketAccelerateConfiguration ["accelerate"];
        GetBucketAcl ["acl"];
        GetBucketAnalyticsConfiguration ["analytics", "id"];
        ListBucketAnalyticsConfigurations ["analytics"];
        GetBucketCors ["cors"];
        GetBucketEncryption ["encryption"];
        GetBucketIntelligentTieringConfiguration ["intelligent-tiering", "id"];
        ListBucketIntelligentTieringConfigurations ["intelligent-tiering"];
        GetBucketInventoryConfiguration ["inventory", "id"];
        ListBucketInventoryConfigurations ["inventory"];
        GetBucketLifecycleConfiguration ["lifecycle"];
        GetBucketLocation ["location"];
        GetBucketLogging ["logging"];
        GetBucketMetadataConfiguration ["metadataConfiguration"];
        GetBucketMetadataTableConfiguration ["metadataTable"];
        GetBucketMetricsConfiguration ["metrics", "id"];
        ListBucketMetricsConfigurations ["metrics"];
        GetBucketNotificationConfiguration ["notification"];
        GetObjectLockConfiguration ["object-lock"];
        GetBucketOwnershipControls ["ownershipControls"];
        GetBucketPolicy ["policy"];
        GetBucketPolicyStatus ["policyStatus"];
        GetPublicAccessBlock ["publicAccessBlock"];
        GetBucketReplication ["replication"];
        GetBucketRequestPayment ["requestPayment"];
        CreateSession ["session"];
        GetBucketTagging ["tagging"];
        ListMultipartUploads ["uploads"];
        GetBucketVersioning ["versioning"];
        ListObjectVersions ["versions"];
        GetBucketWebsite ["website"];
        ListObjectsV2 ["list-type=2"];
        ListObjects;
    }
    HEAD Bucket { HeadBucket; }
    PUT Bucket {
        PutBucketAbac ["abac"];
        PutBucketAccelerateConfiguration ["accelerate"];
        PutBucketAcl ["acl"];
        PutBucketAnalyticsConfiguration ["analytics"];
        PutBucketCors ["cors"];
        PutBucketEncryption ["encryption"];
        PutBucketIntelligentTieringConfiguration ["intelligent-tiering"];
        PutBucketInventoryConfiguration ["inventory"];
        PutBucketLifecycleConfiguration ["lifecycle"];
        PutBucketLogging ["logging"];
        UpdateBucketMetadataInventoryTableConfiguration ["metadataInventoryTable"];
        UpdateBucketMetadataJournalTableConfiguration ["metadataJournalTable"];
        PutBucketMetricsConfiguration ["metrics"];
        PutBucketNotificationConfiguration ["notification"];
        PutObjectLockConfiguration ["object-lock"];
        PutBucketOwnershipControls ["ownershipControls"];
        PutBucketPolicy ["policy"];
        PutPublicAccessBlock ["publicAccessBlock"];
        PutBucketReplication ["replication"];
        PutBucketRequestPayment ["requestPayment"];
        PutBucketTagging ["tagging"];
        PutBucketVersioning ["versioning"];
        PutBucketWebsite ["website"];
        CreateBucket;
    }
    DELETE Bucket {
        DeleteBucketAnalyticsConfiguration ["analytics"];
        DeleteBucketCors ["cors"];
        DeleteBucketEncryption ["encryption"];
        DeleteBucketIntelligentTieringConfiguration ["intelligent-tiering"];
        DeleteBucketInventoryConfiguration ["inventory"];
        DeleteBucketLifecycle ["lifecycle"];
        DeleteBucketMetadataConfiguration ["metadataConfiguration"];
        DeleteBucketMetadataTableConfiguration ["metadataTable"];
        DeleteBucketMetricsConfiguration ["metrics"];
        DeleteBucketOwnershipControls ["ownershipControls"];
        DeleteBucketPolicy ["policy"];
        DeletePublicAccessBlock ["publicAccessBlock"];
        DeleteBucketReplication ["replication"];
        DeleteBucketTagging ["tagging"];
        DeleteBucketWebsite ["website"];
        DeleteBucket;
    }
    GET Object {
        GetObjectAcl ["acl"];
        GetObjectAttributes ["attributes"];
        GetObjectLegalHold ["legal-hold"];
        GetObjectRetention ["retention"];
        GetObjectTagging ["tagging"];
        GetObjectTorrent ["torrent"];
        ListParts ["uploadId"];
        GetObject;
    }
    HEAD Object { HeadObject; }
    PUT Object {
        PutObjectAcl ["acl"];
        UpdateObjectEncryption ["encryption"];
        PutObjectLegalHold ["legal-hold"];
        RenameObject ["renameObject"];
        PutObjectRetention ["retention"];
        PutObjectTagging ["tagging"];
        UploadPartCopy ["partNumber", "uploadId"] {"x-amz-copy-source"};
        UploadPart ["partNumber", "uploadId"];
        CopyObject {"x-amz-copy-source"};
        PutObject;
    }
    POST Object {
        CreateMultipartUpload ["uploads"];
        CompleteMultipartUpload ["uploadId"];
        RestoreObject ["restore"];
        SelectObjectContent ["select"];
    }
    DELETE Object {
        DeleteObjectTagging ["tagging"];
        AbortMultipartUpload ["uploadId"];
        DeleteObject;
    }
}

impl Operation {
    /// Returns the operation that a request asks for.
    pub(super) fn of(method: &Method, target: &Target, headers: &HeaderMap) -> Self {
        let level = match (&target.bucket, &target.key) {
            (None, _) => Level::Service,
            (Some(_), None) => Level::Bucket,
            (Some(_), Some(_)) => Level::Object,
        };
        let row = TABLE.iter().find(|row| {
            row.method == *method
                && (row.level == level || row.level == Level::Any)
                && row.query.iter().all(|parameter| target.has(parameter))
                && row
                    .headers
                    .iter()
                    .all(|header| headers.contains_key(*header))
        });
        row.map_or(Self::Unknown, |row| row.operation)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The error of a text that names no operation of S3's.
///
/// ```
/// use s3_test::{Operation, UnknownOperation};
///
/// fn counted(name: &str) -> Result<Operation, UnknownOperation> {
///     name.parse()
/// }
///
/// let error = counted("PutObjekt").expect_err("a typing mistake");
/// assert!(error.to_string().starts_with("`PutObjekt` is no operation of S3's. "));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{name}` is no operation of S3's. Write it as S3's API reference does, such as `PutObject` or `ListObjectsV2`."
)]
pub struct UnknownOperation {
    name: String,
}

impl FromStr for Operation {
    type Err = UnknownOperation;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.iter().find(|operation| operation.name() == name);
        known.copied().ok_or_else(|| UnknownOperation {
            name: name.to_owned(),
        })
    }
}

#[cfg(test)]
#[path = "operation_tests.rs"]
mod tests;
