//! Authorises form uploads by mapping fields to headers.

use http::{
    HeaderMap, HeaderValue,
    header::{REFERER, USER_AGENT},
};
use s3s::{
    S3Request, S3Result,
    access::{S3Access, S3AccessContext},
    dto::PostObjectInput,
};

use super::fields::Form;
use crate::access::{Gate, Request};

/// The gate for forms. A form names its key and its file's settings in its body, so it is checked again when it has been read.
pub(super) struct FormGate(pub(super) Gate);

#[async_trait::async_trait]
impl S3Access for FormGate {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        self.0.check(context).await
    }

    async fn post_object(&self, request: &mut S3Request<PostObjectInput>) -> S3Result<()> {
        let credentials = request.credentials.as_ref();
        self.0.check_upload(&Request {
            principal: credentials.map(|credentials| credentials.access_key.as_str()),
            operation: "PostObject",
            action: "s3:PutObject",
            bucket: &request.input.bucket,
            key: Some(&request.input.key),
            version: None,
            uri: &request.uri,
            headers: &as_headers(request),
        })
    }
}

/// Returns the fields as the headers that another upload would have. The form's own headers say nothing about the object.
fn as_headers(request: &S3Request<PostObjectInput>) -> HeaderMap {
    let input = &request.input;
    let form = request.extensions.get::<Form>();
    let acl = input.acl.as_ref().map(|acl| acl.as_str());
    let mode = input.object_lock_mode.as_ref();
    let hold = input.object_lock_legal_hold_status.as_ref();
    let encryption = input.server_side_encryption.as_ref();
    let class = input.storage_class.as_ref();
    let fields = [
        (
            "x-amz-acl",
            form.and_then(|form| form.acl.as_deref()).or(acl),
        ),
        (
            "x-amz-grant-full-control",
            input.grant_full_control.as_deref(),
        ),
        ("x-amz-grant-read", input.grant_read.as_deref()),
        ("x-amz-grant-read-acp", input.grant_read_acp.as_deref()),
        ("x-amz-grant-write-acp", input.grant_write_acp.as_deref()),
        (
            "x-amz-tagging",
            form.and_then(|form| form.tagging.as_deref())
                .or(input.tagging.as_deref()),
        ),
        ("x-amz-object-lock-mode", mode.map(|mode| mode.as_str())),
        (
            "x-amz-object-lock-legal-hold",
            hold.map(|hold| hold.as_str()),
        ),
        (
            "x-amz-server-side-encryption",
            encryption.map(|method| method.as_str()),
        ),
        (
            "x-amz-server-side-encryption-aws-kms-key-id",
            input.ssekms_key_id.as_deref(),
        ),
        (
            "x-amz-server-side-encryption-customer-algorithm",
            input.sse_customer_algorithm.as_deref(),
        ),
        ("x-amz-storage-class", class.map(|class| class.as_str())),
        (
            "x-amz-website-redirect-location",
            input.website_redirect_location.as_deref(),
        ),
    ];
    let mut headers = HeaderMap::new();
    for name in [REFERER, USER_AGENT] {
        let value = request.headers.get(&name).cloned();
        headers.extend(value.map(|value| (name, value)));
    }
    for (name, value) in fields {
        // A document of tags has line ends. All that counts is that it is there.
        let value = value.map(|value| HeaderValue::from_str(value).unwrap_or(PRESENT));
        if let Some(value) = value {
            headers.insert(name, value);
        }
    }
    headers
}

const PRESENT: HeaderValue = HeaderValue::from_static("present");
