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

/// The operations on an upload that has begun.
const OF_UPLOADS: [&str; 5] = [
    "AbortMultipartUpload",
    "CompleteMultipartUpload",
    "ListParts",
    "UploadPart",
    "UploadPartCopy",
];

/// One thing that somebody wants to do.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    /// The access key; none where the request is anonymous.
    pub(crate) principal: Option<&'a str>,
    /// S3's name for what is done; none for what is done to a second object.
    pub(crate) operation: &'a str,
    /// The action's name in policies, or a part of it.
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

    /// Checks that the same request may do all of these too.
    pub(crate) fn check_each(&self, actions: &[&str], storage: &Storage) -> S3Result<()> {
        let mut actions = actions.iter();
        actions.try_for_each(|action| Request { action, ..*self }.check(storage))
    }

    /// As a request to list the bucket, which is how somebody could learn whether the object is there.
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
            // An owner who locked himself out can still repair the policy, as the root user can in S3.
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

    /// The value of a condition key (Service Authorization Reference, "Condition keys for Amazon S3").
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
            // However it is written.
            "s3:x-amz-copy-source" => {
                let source = header("x-amz-copy-source")?;
                Some(decoded(source.trim_start_matches('/')))
            }
            "s3:if-match" | "s3:if-none-match" => header(key.strip_prefix("s3:")?),
            // S3 User Guide, "Enforce conditional writes on Amazon S3 buckets": beginning an upload in parts and sending them
            // needs the right to put an object, but puts none.
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
                        // Parts and the completion do not repeat what was asked for at the beginning, and yet a policy that
                        // lets in only what is encrypted, say, lets in uploads in parts.
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

    /// The id of the upload in parts that the request goes on with. To other operations the parameter means nothing.
    fn upload_id(&self) -> Option<String> {
        let goes_on = OF_UPLOADS.contains(&self.operation);
        query_value(self.uri, "uploadId").filter(|_| goes_on)
    }

    fn asked<'b>(&self, bucket: &'b Bucket) -> Option<&'b [(String, String)]> {
        bucket.asked(self.key?, &self.upload_id()?)
    }

    /// Of an object that is there, where the action is one that knows its tags (Service Authorization Reference, "Condition
    /// keys for Amazon S3").
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
            // With an upload: its object belongs to whoever uploads it, as far as ACLs are concerned.
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
                        // What is not there has no ACL that could refuse.
                        Err(_) => self.to_list().allowed(bucket),
                    })
            }
            _ => false,
        }
    }

    /// "By default, the bucket owner and the initiator of the multipart upload are allowed" (S3 User Guide, "Multipart upload API
    /// and permissions"), the latter here for as long as uploading is.
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

/// The headers of a request that begins an upload which policies can ask for again when it goes on.
pub(crate) fn headers_of_new_object(headers: &HeaderMap) -> Vec<(String, String)> {
    let asked = headers
        .iter()
        .filter(|(name, _)| is_of_new_object(name.as_str()));
    asked
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect()
}
