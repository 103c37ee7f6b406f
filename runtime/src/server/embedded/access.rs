//! Who may do what: the owner everything, others and the anonymous what a canned ACL or the bucket's policy grants.
//!
//! Every object belongs to its bucket's owner, as in S3 since ACLs are off by default ("bucket owner enforced").

use super::{
    errors,
    policy::{Access, Verdict},
    service::is_implemented,
    signed_headers,
    storage::{Bucket, Storage},
};
use http::{HeaderMap, Uri};
use percent_encoding::percent_decode_str;
use s3s::{
    S3Error, S3ErrorCode, S3Request, S3Result,
    access::{S3Access, S3AccessContext},
    auth::{S3Auth, SecretKey},
    dto::PostObjectInput,
    path::S3Path,
};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

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
    /// To services of Amazon's, which do not come here.
    AwsExecRead,
    LogDeliveryWrite,
}

impl Acl {
    pub(crate) fn parse(name: &str) -> S3Result<Self> {
        Ok(match name {
            "private" => Self::Private,
            "public-read" => Self::PublicRead,
            "public-read-write" => Self::PublicReadWrite,
            "authenticated-read" => Self::AuthenticatedRead,
            "bucket-owner-read" => Self::BucketOwnerRead,
            "bucket-owner-full-control" => Self::BucketOwnerFullControl,
            "aws-exec-read" => Self::AwsExecRead,
            "log-delivery-write" => Self::LogDeliveryWrite,
            _ => {
                return Err(errors::invalid_argument(format!(
                    "{name} is not a canned ACL"
                )));
            }
        })
    }

    fn grants(self, right: Right, authenticated: bool) -> bool {
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

/// What an ACL can grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Right {
    Read,
    Write,
}

/// The users of one server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Users(pub(crate) Arc<HashMap<String, String>>);

#[async_trait::async_trait]
impl S3Auth for Users {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        let secret = self.0.get(access_key).ok_or_else(|| {
            let message = "The AWS Access Key Id you provided does not exist in our records.";
            S3Error::with_message(S3ErrorCode::InvalidAccessKeyId, message)
        })?;
        Ok(SecretKey::from(secret.as_str()))
    }
}

/// The access key that signed a request, in the extensions of one that came to s3s without its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signer(pub(crate) String);

/// One thing that somebody wants to do.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    /// The access key; none where the request is anonymous.
    pub(crate) principal: Option<&'a str>,
    pub(crate) action: &'a str,
    pub(crate) bucket: &'a str,
    pub(crate) key: Option<&'a str>,
    pub(crate) version: Option<&'a str>,
    pub(crate) uri: &'a Uri,
    pub(crate) headers: &'a HeaderMap,
}

impl Request<'_> {
    pub(crate) fn check(&self, storage: &Storage) -> S3Result<()> {
        match storage.read(self.bucket, |bucket| self.allowed(bucket)) {
            Ok(false) => Err(errors::access_denied()),
            // That there is no such bucket is for the operation to say.
            Ok(true) | Err(_) => Ok(()),
        }
    }

    fn allowed(&self, bucket: &Bucket) -> bool {
        let owner = self.principal == Some(bucket.owner.as_str());
        match self.policy_verdict(bucket) {
            Verdict::Allowed => true,
            // An owner who locked himself out can still repair the policy, as the root user can in S3.
            Verdict::Denied => owner && self.action.ends_with("BucketPolicy"),
            Verdict::Silent => owner || self.acl_grants(bucket),
        }
    }

    fn policy_verdict(&self, bucket: &Bucket) -> Verdict {
        let Some(policy) = &bucket.settings.policy else {
            return Verdict::Silent;
        };
        let resource = match self.key {
            Some(key) => format!("arn:aws:s3:::{}/{key}", self.bucket),
            None => format!("arn:aws:s3:::{}", self.bucket),
        };
        let context = |key: &str| self.context(key);
        policy.decide(&Access {
            principal: self.principal,
            action: self.action,
            resource: &resource,
            context: &context,
        })
    }

    /// The value of a condition key (Service Authorization Reference, "Condition keys for Amazon S3").
    fn context(&self, key: &str) -> Option<String> {
        let header = |name: &str| Some(self.headers.get(name)?.to_str().ok()?.to_owned());
        match key {
            "aws:sourceip" => Some("127.0.0.1".to_owned()),
            "aws:securetransport" => Some("false".to_owned()),
            "aws:username" | "aws:userid" => self.principal.map(str::to_owned),
            "aws:referer" => header("referer"),
            "aws:useragent" => header("user-agent"),
            "s3:prefix" | "s3:delimiter" | "s3:max-keys" | "s3:versionid" => {
                query_value(self.uri, key.strip_prefix("s3:")?)
            }
            _ => header(
                key.strip_prefix("s3:")
                    .filter(|name| name.starts_with("x-amz-"))?,
            ),
        }
    }

    fn acl_grants(&self, bucket: &Bucket) -> bool {
        let authenticated = self.principal.is_some();
        match self.action {
            "s3:ListBucket" | "s3:ListBucketVersions" | "s3:ListBucketMultipartUploads" => {
                bucket.acl.grants(Right::Read, authenticated)
            }
            "s3:PutObject" | "s3:DeleteObject" => bucket.acl.grants(Right::Write, authenticated),
            "s3:GetObject" | "s3:GetObjectVersion" => self.key.is_some_and(|key| {
                let object = bucket.get(key, self.version);
                object.is_ok_and(|(_, object)| {
                    object.attributes.acl.grants(Right::Read, authenticated)
                })
            }),
            _ => false,
        }
    }
}

/// Whether a request has passed the gate, for whoever put this into its extensions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Admitted(Arc<AtomicBool>);

impl Admitted {
    pub(crate) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The same without what a presigned URL is signed with.
pub(crate) fn unsigned(uri: &Uri) -> Uri {
    let signing = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        name.starts_with("X-Amz-") || matches!(name, "AWSAccessKeyId" | "Signature" | "Expires")
    };
    let query = uri.query().unwrap_or_default().split('&');
    let kept = query.filter(|pair| !signing(pair)).collect::<Vec<_>>();
    let target = format!("{}?{}", uri.path(), kept.join("&"));
    target.parse().unwrap_or_else(|_| uri.clone())
}

/// Checks every request before it is read further.
pub(crate) struct Gate {
    pub(crate) storage: Arc<Storage>,
}

impl Gate {
    fn is_missing(&self, request: &Request<'_>) -> bool {
        let Some(key) = request.key else { return false };
        let found = self.storage.read(request.bucket, |bucket| {
            bucket.get(key, request.version).is_ok()
        });
        matches!(found, Ok(false))
    }
}

#[async_trait::async_trait]
impl S3Access for Gate {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        let signer = context.extensions_mut().get::<Signer>().cloned();
        self.admit(context, signer.as_ref())?;
        if let Some(admitted) = context.extensions_mut().get::<Admitted>() {
            admitted.0.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    async fn post_object(&self, request: &mut S3Request<PostObjectInput>) -> S3Result<()> {
        let request = Request {
            principal: request
                .credentials
                .as_ref()
                .map(|credentials| credentials.access_key.as_str()),
            action: "s3:PutObject",
            bucket: &request.input.bucket,
            key: Some(&request.input.key),
            version: None,
            uri: &request.uri,
            headers: &request.headers,
        };
        request.check(&self.storage)
    }
}

impl Gate {
    fn admit(&self, context: &S3AccessContext<'_>, signer: Option<&Signer>) -> S3Result<()> {
        let principal = match signer {
            Some(Signer(access_key)) => Some(access_key.as_str()),
            None => context
                .credentials()
                .map(|credentials| credentials.access_key.as_str()),
        };
        let operation = context.s3_op().name();
        check_expiry(context.uri())?;
        // A signer is known by a signature over all of them.
        if signer.is_none() {
            signed_headers::check(context.uri(), context.headers())?;
        }
        // Here and not by the operation itself, whose input would be read first and might be found wanting.
        if !is_implemented(operation) {
            return Err(errors::not_implemented(operation));
        }
        let (bucket, key) = match context.s3_path() {
            S3Path::Root => ("", None),
            S3Path::Bucket { bucket } => (&**bucket, None),
            S3Path::Object { bucket, key } => (&**bucket, Some(&**key)),
        };
        // These are about no bucket that exists already: whoever has credentials may.
        if bucket.is_empty() || operation == "CreateBucket" {
            return if principal.is_some() {
                Ok(())
            } else {
                Err(errors::access_denied())
            };
        }
        check_owner(&self.storage, bucket, EXPECTED_OWNER, context.headers())?;
        // A form names its key inside; s3s asks again when it has read it (`post_object` below). Keys to delete are in the body.
        if matches!(operation, "PostObject" | "DeleteObjects") {
            return Ok(());
        }
        let version = query_value(context.uri(), "versionId");
        let request = Request {
            principal,
            action: &action(operation, version.is_some()),
            bucket,
            key,
            version: version.as_deref(),
            uri: context.uri(),
            headers: context.headers(),
        };
        request.check(&self.storage)?;
        // Who may not list a bucket does not learn what it lacks (S3 API Reference, "GetObject", "Permissions").
        if matches!(operation, "GetObject" | "HeadObject") && self.is_missing(&request) {
            let list = Request {
                action: "s3:ListBucket",
                key: None,
                ..request
            };
            list.check(&self.storage)?;
        }
        if context
            .headers()
            .get("x-amz-bypass-governance-retention")
            .is_some_and(|value| value == "true")
        {
            Request {
                action: "s3:BypassGovernanceRetention",
                ..request
            }
            .check(&self.storage)?;
        }
        Ok(())
    }
}

/// The header by which a request makes sure that its bucket is whose it thinks.
const EXPECTED_OWNER: &str = "x-amz-expected-bucket-owner";
/// The same for the bucket that is copied from.
pub(crate) const EXPECTED_SOURCE_OWNER: &str = "x-amz-source-expected-bucket-owner";

/// Refuses a request that expects somebody else to own the bucket (S3 User Guide, "Verifying bucket ownership with bucket
/// owner condition"). Here users are known by their access key.
pub(crate) fn check_owner(
    storage: &Storage,
    bucket: &str,
    header: &str,
    headers: &HeaderMap,
) -> S3Result<()> {
    let Some(expected) = headers.get(header) else {
        return Ok(());
    };
    match storage.read(bucket, |bucket| expected == bucket.owner.as_str()) {
        Ok(false) => Err(errors::access_denied()),
        // That there is no such bucket is for the operation to say.
        Ok(true) | Err(_) => Ok(()),
    }
}

/// A presigned URL lives for a week at most (S3 API Reference, "Authenticating requests: using query parameters").
fn check_expiry(uri: &Uri) -> S3Result<()> {
    let expires = query_value(uri, "X-Amz-Expires").and_then(|expires| expires.parse::<u64>().ok());
    if expires.is_some_and(|seconds| seconds > 604_800) {
        return Err(S3Error::with_message(
            S3ErrorCode::AuthorizationQueryParametersError,
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
        ));
    }
    Ok(())
}

/// What policies call an operation (Service Authorization Reference, "Actions defined by Amazon S3").
fn action(operation: &str, version: bool) -> String {
    let name = match operation {
        "GetObject" | "HeadObject" | "GetObjectAttributes" if version => "GetObjectVersion",
        "GetObject" | "HeadObject" | "GetObjectAttributes" => "GetObject",
        "PutObject"
        | "CopyObject"
        | "CreateMultipartUpload"
        | "UploadPart"
        | "UploadPartCopy"
        | "CompleteMultipartUpload" => "PutObject",
        "DeleteObject" if version => "DeleteObjectVersion",
        "ListObjects" | "ListObjectsV2" | "HeadBucket" => "ListBucket",
        "ListObjectVersions" => "ListBucketVersions",
        "ListMultipartUploads" => "ListBucketMultipartUploads",
        "ListParts" => "ListMultipartUploadParts",
        "GetBucketCors" => "GetBucketCORS",
        "PutBucketCors" | "DeleteBucketCors" => "PutBucketCORS",
        "GetBucketLifecycleConfiguration" => "GetLifecycleConfiguration",
        "PutBucketLifecycleConfiguration" | "DeleteBucketLifecycle" => "PutLifecycleConfiguration",
        "GetBucketEncryption" => "GetEncryptionConfiguration",
        "PutBucketEncryption" | "DeleteBucketEncryption" => "PutEncryptionConfiguration",
        "GetBucketNotificationConfiguration" => "GetBucketNotification",
        "PutBucketNotificationConfiguration" => "PutBucketNotification",
        "DeleteBucketTagging" => "PutBucketTagging",
        "GetObjectLockConfiguration" => "GetBucketObjectLockConfiguration",
        "PutObjectLockConfiguration" => "PutBucketObjectLockConfiguration",
        other => other,
    };
    format!("s3:{name}")
}

pub(crate) fn query_value(uri: &Uri, name: &str) -> Option<String> {
    let pairs = uri
        .query()?
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.into_iter().find(|(key, _)| *key == name)?;
    Some(
        percent_decode_str(&value.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned(),
    )
}
