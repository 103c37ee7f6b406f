//! The decision on one request.

use crate::{
    access::restrictions,
    errors,
    policy::{Access, Verdict, is_of_new_object, principal_arn},
    storage::{self, Bucket, Right, Storage},
    target::{decoded, query_value},
};
use http::{HeaderMap, Uri};
use s3s::S3Result;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Operations on a multipart upload that has begun.
const OF_UPLOADS: [&str; 5] = [
    "AbortMultipartUpload",
    "CompleteMultipartUpload",
    "ListParts",
    "UploadPart",
    "UploadPartCopy",
];

/// One action of one principal.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    /// The access key, or `None` for an anonymous request.
    pub(crate) principal: Option<&'a str>,
    /// The name of the operation; empty for the second object of a request.
    pub(crate) operation: &'a str,
    /// The action's name in policies.
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
            // The operation reports a missing bucket.
            Ok(true) | Err(_) => Ok(()),
        }
    }

    /// Checks a read. A user who may not list the bucket does not learn that a key is missing (S3 API Reference, "GetObject", "Permissions").
    pub(crate) fn check_read(&self, storage: &Storage) -> S3Result<()> {
        self.check(storage)?;
        let found = storage.read(self.bucket, |bucket| {
            self.key
                .is_none_or(|key| bucket.get(key, self.version).is_ok())
        });
        match found {
            Ok(false) => self.to_list().check(storage),
            Ok(true) | Err(_) => Ok(()),
        }
    }

    /// Checks further actions of the same request.
    pub(crate) fn check_each(&self, actions: &[&str], storage: &Storage) -> S3Result<()> {
        let mut actions = actions.iter();
        actions.try_for_each(|action| Request { action, ..*self }.check(storage))
    }

    /// Returns the request to list the bucket, which also tells whether the object exists.
    pub(crate) fn to_list(self) -> Self {
        Self {
            action: "s3:ListBucket",
            key: None,
            version: None,
            ..self
        }
    }

    fn allowed(&self, bucket: &Bucket) -> bool {
        let owner = self.principal == Some(bucket.owner.as_str());
        match self.policy_verdict(bucket) {
            Verdict::Allowed => owner || !restrictions::is_restricted(bucket),
            // An owner who is locked out can still repair the policy, as the root user can in S3.
            Verdict::Denied => owner && self.action.ends_with("BucketPolicy"),
            Verdict::Silent => owner || self.acl_grants(bucket) || self.is_of_initiator(bucket),
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
        let context = |key: &str| self.context(key, bucket);
        policy.decide(&Access {
            principal: self.principal,
            action: self.action,
            resource: &resource,
            context: &context,
        })
    }

    /// Returns the value of a condition key (Service Authorization Reference, "Condition keys for Amazon S3").
    fn context(&self, key: &str, bucket: &Bucket) -> Option<String> {
        let header = |name: &str| Some(self.headers.get(name)?.to_str().ok()?.to_owned());
        match key {
            "aws:sourceip" => Some("127.0.0.1".to_owned()),
            "aws:securetransport" | "aws:viaawsservice" => Some("false".to_owned()),
            "aws:principalisawsservice" => self.principal.map(|_| "false".to_owned()),
            "aws:principalarn" => self.principal.map(principal_arn),
            "aws:username" => self.principal.map(str::to_owned),
            // IAM User Guide, "Principal key values".
            "aws:userid" => Some(self.principal.unwrap_or("anonymous").to_owned()),
            "aws:principaltype" => {
                let kind = self.principal.map_or("Anonymous", |_| "User");
                Some(kind.to_owned())
            }
            "aws:referer" => header("referer"),
            "aws:useragent" => header("user-agent"),
            "aws:currenttime" => storage::now().format(&Rfc3339).ok(),
            "aws:epochtime" => Some(OffsetDateTime::now_utc().unix_timestamp().to_string()),
            "s3:versionid" => self.version.map(str::to_owned),
            "s3:prefix" | "s3:delimiter" | "s3:max-keys" => {
                query_value(self.uri, key.strip_prefix("s3:")?)
            }
            // With or without a leading slash, encoded or not.
            "s3:x-amz-copy-source" => {
                let source = header("x-amz-copy-source")?;
                Some(decoded(source.trim_start_matches('/')))
            }
            "s3:if-match" | "s3:if-none-match" => header(key.strip_prefix("s3:")?),
            // S3 User Guide, "Enforce conditional writes on Amazon S3 buckets": requests that begin a multipart upload or
            // send a part need the right to put an object, but create none.
            "s3:objectcreationoperation" => (self.action == "s3:PutObject").then(|| {
                let begun = ["CreateMultipartUpload", "UploadPart", "UploadPartCopy"];
                (!begun.contains(&self.operation)).to_string()
            }),
            _ => match key.strip_prefix("s3:existingobjecttag/") {
                Some(tag) => self.tag(tag, bucket),
                None => {
                    let name = key.strip_prefix("s3:");
                    let name = name.filter(|name| name.starts_with("x-amz-"))?;
                    match self.asked(bucket).filter(|_| is_of_new_object(name)) {
                        // Parts and the completion do not repeat the headers that began the upload. A policy that requires
                        // encryption, for instance, admits them all the same.
                        Some(asked) => {
                            let mut asked = asked.iter();
                            asked.find_map(|(asked, value)| (asked == name).then(|| value.clone()))
                        }
                        None => header(name),
                    }
                }
            },
        }
    }

    /// Returns the id of the multipart upload that the request continues. Other operations ignore the parameter.
    fn upload_id(&self) -> Option<String> {
        let goes_on = OF_UPLOADS.contains(&self.operation);
        query_value(self.uri, "uploadId").filter(|_| goes_on)
    }

    fn asked<'b>(&self, bucket: &'b Bucket) -> Option<&'b [(String, String)]> {
        bucket.asked(self.key?, &self.upload_id()?)
    }

    /// Returns the value of a tag of an existing object, if the condition key applies to the action (Service Authorization
    /// Reference, "Condition keys for Amazon S3").
    fn tag(&self, tag: &str, bucket: &Bucket) -> Option<String> {
        let knows = self.action.starts_with("s3:GetObject") || self.action.contains("Tagging");
        let object = self.key.filter(|_| knows);
        let (_, object) = bucket.get(object?, self.version).ok()?;
        let mut tags = object.attributes.tags.iter();
        tags.find_map(|(key, value)| (key == tag).then(|| value.clone()))
    }

    fn acl_grants(&self, bucket: &Bucket) -> bool {
        if !restrictions::acls_count(bucket) {
            return false;
        }
        let authenticated = self.principal.is_some();
        match self.action {
            "s3:ListBucket" | "s3:ListBucketVersions" | "s3:ListBucketMultipartUploads" => {
                bucket.acl.grants(Right::Read, authenticated)
            }
            "s3:PutObject" | "s3:DeleteObject" => bucket.acl.grants(Right::Write, authenticated),
            // As a part of an upload: for ACLs, the uploader owns the object.
            "s3:PutObjectAcl" if self.operation != "PutObjectAcl" => {
                bucket.acl.grants(Right::Write, authenticated)
            }
            "s3:GetObject"
            | "s3:GetObjectVersion"
            | "s3:GetObjectAttributes"
            | "s3:GetObjectVersionAttributes" => {
                self.key
                    .is_some_and(|key| match bucket.get(key, self.version) {
                        Ok((_, object)) => object.attributes.acl.grants(Right::Read, authenticated),
                        // A missing object has no ACL.
                        Err(_) => self.to_list().allowed(bucket),
                    })
            }
            _ => false,
        }
    }

    /// "By default, the bucket owner and the initiator of the multipart upload are allowed" (S3 User Guide, "Multipart upload API
    /// and permissions"); here the initiator is allowed for as long as uploads are.
    fn is_of_initiator(&self, bucket: &Bucket) -> bool {
        let initiated = || {
            let id = self.upload_id().unwrap_or_default();
            let upload = bucket.upload(self.key.unwrap_or_default(), &id);
            upload.is_ok_and(|upload| self.principal == Some(&upload.initiator))
        };
        let upload = Request {
            action: "s3:PutObject",
            ..*self
        };
        matches!(
            self.action,
            "s3:AbortMultipartUpload" | "s3:ListMultipartUploadParts"
        ) && initiated()
            && upload.allowed(bucket)
    }
}

/// Returns the headers of CreateMultipartUpload that policies can check again for the parts.
pub(crate) fn headers_of_new_object(headers: &HeaderMap) -> Vec<(String, String)> {
    let asked = headers
        .iter()
        .filter(|(name, _)| is_of_new_object(name.as_str()));
    asked
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect()
}
