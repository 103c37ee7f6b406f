//! Canned ACLs. They are put by name or by their grants, and returned as grants.

use crate::{
    errors,
    operations::{Service, convert, lookup::Lookup},
    storage::Acl,
};
use s3s::{S3Request, S3Response, S3Result, dto::*};

const EVERYBODY: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";
/// The name and the ID of the user that fetches machine images.
const EC2: (&str, &str) = (
    "za-team",
    "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c",
);

/// The ACL that a request asks for: a canned one, or the `x-amz-grant-*` headers.
#[derive(Default)]
pub(super) struct Wanted<'a> {
    pub(super) canned: Option<&'a str>,
    pub(super) read: Option<&'a str>,
    /// Buckets only.
    pub(super) write: Option<&'a str>,
    /// `FULL_CONTROL`, `READ_ACP` and `WRITE_ACP`, which no canned ACL grants.
    pub(super) others: [Option<&'a str>; 3],
}

/// Reads the ACL from the input of an operation.
macro_rules! wanted {
    ($input:expr, write: $write:expr) => {
        crate::operations::acl::Wanted {
            canned: $input.acl.as_ref().map(|acl| acl.as_str()),
            read: $input.grant_read.as_deref(),
            write: $write,
            others: [
                $input.grant_full_control.as_deref(),
                $input.grant_read_acp.as_deref(),
                $input.grant_write_acp.as_deref(),
            ],
        }
    };
}
pub(super) use wanted;

/// The grantees of a header.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Nobody,
    Authenticated,
    Everybody,
}

impl Wanted<'_> {
    pub(super) fn is_empty(&self) -> bool {
        let grants = [self.canned, self.read, self.write];
        grants.iter().chain(&self.others).all(Option::is_none)
    }

    /// Returns the canned ACL, or the one that the grants amount to.
    fn acl(&self) -> S3Result<Acl> {
        let granted = Self {
            canned: None,
            ..*self
        };
        if self.canned.is_some() {
            return match granted.is_empty() {
                true => convert::acl(self.canned),
                false => Err(errors::invalid_request(
                    "Specifying both Canned ACLs and Header Grants is not allowed",
                )),
            };
        }
        let no_such_acl =
            || errors::not_implemented("Granting by x-amz-grant-* what no canned ACL grants");
        if self.others.iter().any(Option::is_some) {
            return Err(no_such_acl());
        }
        match (group(self.read)?, group(self.write)?) {
            (Group::Nobody, Group::Nobody) => Ok(Acl::Private),
            (Group::Everybody, Group::Nobody) => Ok(Acl::PublicRead),
            (Group::Authenticated, Group::Nobody) => Ok(Acl::AuthenticatedRead),
            (Group::Everybody, Group::Everybody) => Ok(Acl::PublicReadWrite),
            _ => Err(no_such_acl()),
        }
    }
}

/// Parses `uri="…", uri="…"`.
fn group(header: Option<&str>) -> S3Result<Group> {
    let mut granted = Group::Nobody;
    for grantee in header.iter().flat_map(|header| header.split(',')) {
        let (kind, name) = grantee.split_once('=').unwrap_or((grantee, ""));
        match (kind.trim(), name.trim().trim_matches('"')) {
            ("uri", EVERYBODY) => granted = Group::Everybody,
            ("uri", AUTHENTICATED) if granted == Group::Nobody => granted = Group::Authenticated,
            ("uri", AUTHENTICATED) => {}
            _ => {
                return Err(errors::not_implemented(
                    "Granting by x-amz-grant-* to anybody but the groups AllUsers and AuthenticatedUsers",
                ));
            }
        }
    }
    Ok(granted)
}

pub(super) fn bucket_acl(wanted: &Wanted<'_>) -> S3Result<Acl> {
    Ok(match wanted.acl()? {
        // "If you specify this canned ACL when creating a bucket, Amazon S3 ignores it" (User Guide, "Canned ACL").
        Acl::BucketOwnerRead | Acl::BucketOwnerFullControl => Acl::Private,
        acl => acl,
    })
}

pub(super) fn object_acl(wanted: &Wanted<'_>) -> S3Result<Acl> {
    match wanted.acl()? {
        Acl::LogDeliveryWrite => Err(errors::invalid_argument(
            "log-delivery-write is for buckets only",
        )),
        acl => Ok(acl),
    }
}

fn grants(owner: &str, acl: Acl) -> Option<Vec<Grant>> {
    let to_user = |name: &str, id: &str, permission| Grant {
        grantee: Some(Grantee {
            display_name: Some(name.to_owned()),
            email_address: None,
            id: Some(id.to_owned()),
            type_: Type::from_static(Type::CANONICAL_USER),
            uri: None,
        }),
        permission: Some(Permission::from_static(permission)),
    };
    let to_group = |uri: &str, permission| Grant {
        grantee: Some(Grantee {
            display_name: None,
            email_address: None,
            id: None,
            type_: Type::from_static(Type::GROUP),
            uri: Some(uri.to_owned()),
        }),
        permission: Some(Permission::from_static(permission)),
    };
    let (read, write) = (Permission::READ, Permission::WRITE);
    let mut grants = vec![to_user(owner, owner, Permission::FULL_CONTROL)];
    grants.extend(match acl {
        Acl::Private | Acl::BucketOwnerRead | Acl::BucketOwnerFullControl => vec![],
        Acl::PublicRead => vec![to_group(EVERYBODY, read)],
        Acl::PublicReadWrite => vec![to_group(EVERYBODY, read), to_group(EVERYBODY, write)],
        Acl::AuthenticatedRead => vec![to_group(AUTHENTICATED, read)],
        Acl::AwsExecRead => vec![to_user(EC2.0, EC2.1, read)],
        Acl::LogDeliveryWrite => vec![
            to_group(LOG_DELIVERY, write),
            to_group(LOG_DELIVERY, Permission::READ_ACP),
        ],
    });
    Some(grants)
}

pub(super) fn get_bucket(
    service: &Service,
    request: S3Request<GetBucketAclInput>,
) -> S3Result<S3Response<GetBucketAclOutput>> {
    let output = service
        .storage
        .read(&request.input.bucket, |bucket| GetBucketAclOutput {
            grants: grants(&bucket.owner, bucket.acl),
            owner: Some(convert::owner(&bucket.owner)),
        })?;
    crate::operations::respond(output)
}

pub(super) fn put_bucket(
    service: &Service,
    request: S3Request<PutBucketAclInput>,
) -> S3Result<S3Response<PutBucketAclOutput>> {
    let input = request.input;
    let wanted = wanted!(input, write: input.grant_write.as_deref());
    if wanted.is_empty() {
        return Err(errors::not_implemented("PutBucketAcl by a document"));
    }
    let acl = bucket_acl(&wanted)?;
    service
        .storage
        .write(&input.bucket, |bucket| bucket.acl = acl)?;
    crate::operations::respond(PutBucketAclOutput::default())
}

pub(super) fn get_object(
    service: &Service,
    request: S3Request<GetObjectAclInput>,
) -> S3Result<S3Response<GetObjectAclOutput>> {
    let lookup = Lookup::of(service, &request.input);
    let output = lookup.read(|bucket, _, object| GetObjectAclOutput {
        grants: grants(&bucket.owner, object.attributes.acl),
        owner: Some(convert::owner(&bucket.owner)),
        request_charged: None,
    })?;
    crate::operations::respond(output)
}

pub(super) fn put_object(
    service: &Service,
    request: S3Request<PutObjectAclInput>,
) -> S3Result<S3Response<PutObjectAclOutput>> {
    let input = request.input;
    let wanted = wanted!(input, write: input.grant_write.as_deref());
    if wanted.is_empty() {
        return Err(errors::not_implemented("PutObjectAcl by a document"));
    }
    let acl = object_acl(&wanted)?;
    Lookup::of(service, &input).change(|object| {
        object.attributes.acl = acl;
        Ok(())
    })?;
    crate::operations::respond(PutObjectAclOutput::default())
}
