//! Canned ACLs and the rights that they grant.

/// Canned ACLs (S3 User Guide, "Access control list overview").
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Acl {
    #[default]
    Private,
    PublicRead,
    PublicReadWrite,
    AuthenticatedRead,
    /// The owner of the bucket owns its objects anyway.
    BucketOwnerRead,
    BucketOwnerFullControl,
    /// For services of Amazon's, which never send requests here.
    AwsExecRead,
    LogDeliveryWrite,
}

impl Acl {
    /// Returns the canned ACL of this name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "private" => Self::Private,
            "public-read" => Self::PublicRead,
            "public-read-write" => Self::PublicReadWrite,
            "authenticated-read" => Self::AuthenticatedRead,
            "bucket-owner-read" => Self::BucketOwnerRead,
            "bucket-owner-full-control" => Self::BucketOwnerFullControl,
            "aws-exec-read" => Self::AwsExecRead,
            "log-delivery-write" => Self::LogDeliveryWrite,
            _ => return None,
        })
    }

    pub(crate) fn grants(self, right: Right, authenticated: bool) -> bool {
        match self {
            Self::PublicReadWrite => true,
            Self::PublicRead => right == Right::Read,
            Self::AuthenticatedRead => right == Right::Read && authenticated,
            Self::Private
            | Self::BucketOwnerRead
            | Self::BucketOwnerFullControl
            | Self::AwsExecRead
            | Self::LogDeliveryWrite => false,
        }
    }
}

/// A right that an ACL can grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    Read,
    Write,
}
