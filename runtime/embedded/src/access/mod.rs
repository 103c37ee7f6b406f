//! The access gate: the owner may do everything; others and anonymous requests need a canned ACL or the bucket's policy.
//!
//! Every object belongs to its bucket's owner, as in S3 since ACLs are off by default ("bucket owner enforced").

mod actions;
mod request;
mod restrictions;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use ::http::HeaderMap;
use s3s::{
    S3Result,
    access::{S3Access, S3AccessContext},
    path::S3Path,
};

use self::actions::{action, others};
pub(crate) use self::{
    request::{Request, headers_of_new_object},
    restrictions::blocks_public_policy,
};
use crate::{
    auth::{signed_headers, users::Signer},
    errors,
    policy::ACCOUNT,
    storage::Storage,
    target::query_value,
};

/// A mark in the extensions of a request, set when it has passed the gate.
#[derive(Debug, Clone, Default)]
pub(crate) struct Admitted(Arc<AtomicBool>);

impl Admitted {
    pub(crate) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Checks every request before its input is read.
pub(crate) struct Gate {
    pub(crate) storage: Arc<Storage>,
    /// Returns true for the name of an implemented operation.
    pub(crate) is_implemented: fn(&str) -> bool,
}

impl Gate {
    /// Checks an upload that names its object in its body.
    pub(crate) fn check_upload(&self, upload: &Request<'_>) -> S3Result<()> {
        upload.check(&self.storage)?;
        let others = others("PutObject", false, upload.headers);
        upload.check_each(&others, &self.storage)?;
        self.check_acl_headers(upload.bucket, upload.headers)
    }

    fn check_acl_headers(&self, bucket: &str, headers: &HeaderMap) -> S3Result<()> {
        let checked = self.storage.read(bucket, |bucket| {
            restrictions::refuse_acl_headers(bucket, headers)
        });
        // The operation reports a missing bucket.
        checked.unwrap_or(Ok(()))
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
        // The signature of a known signer covers them all.
        if signer.is_none() {
            signed_headers::check(context.uri(), context.headers())?;
        }
        // Here, because the operation would first read its input and might refuse that.
        if !(self.is_implemented)(operation) {
            return Err(errors::not_implemented(operation));
        }
        let (bucket, key) = match context.s3_path() {
            S3Path::Root => ("", None),
            S3Path::Bucket { bucket } => (&**bucket, None),
            S3Path::Object { bucket, key } => (&**bucket, Some(&**key)),
        };
        // Everybody with credentials may list their own buckets and create one.
        if bucket.is_empty() || operation == "CreateBucket" {
            principal.ok_or_else(errors::access_denied)?;
            // Creating one's own bucket again sets its ACL.
            return self.check_acl_headers(bucket, context.headers());
        }
        check_owner(&self.storage, bucket, EXPECTED_OWNER, context.headers())?;
        // A form names its key in its body and is checked when that has been read (`check_upload`), as are keys to delete.
        if matches!(operation, "PostObject" | "DeleteObjects") {
            return Ok(());
        }
        let version = query_value(context.uri(), "versionId").filter(|id| !id.is_empty());
        let request = Request {
            principal,
            operation,
            action: &action(operation, version.is_some()),
            bucket,
            key,
            version: version.as_deref(),
            uri: context.uri(),
            headers: context.headers(),
        };
        match operation {
            "GetObject" | "HeadObject" | "GetObjectAttributes" => {
                request.check_read(&self.storage)?;
            }
            _ => request.check(&self.storage)?,
        }
        let others = others(operation, version.is_some(), context.headers());
        request.check_each(&others, &self.storage)?;
        self.check_acl_headers(bucket, context.headers())
    }
}

/// The header that names the expected owner of the bucket.
const EXPECTED_OWNER: &str = "x-amz-expected-bucket-owner";
/// The header that names the expected owner of the source bucket of a copy.
pub(crate) const EXPECTED_SOURCE_OWNER: &str = "x-amz-source-expected-bucket-owner";

/// Refuses a request that expects somebody else to own the bucket (S3 User Guide, "Verifying bucket ownership with bucket
/// owner condition"). Here an owner is named by access key, or by the account of all users.
pub(crate) fn check_owner(
    storage: &Storage,
    bucket: &str,
    header: &str,
    headers: &HeaderMap,
) -> S3Result<()> {
    let Some(expected) = headers.get(header) else {
        return Ok(());
    };
    match storage.read(bucket, |bucket| {
        expected == bucket.owner.as_str() || expected == ACCOUNT
    }) {
        Ok(false) => Err(errors::access_denied()),
        // The operation reports a missing bucket.
        Ok(true) | Err(_) => Ok(()),
    }
}
