//! The attributes of a new object, as PutObject, CopyObject and CreateMultipartUpload give them.

/// An `Expires` header that is no date, in the extensions of a request. S3 keeps it unchanged.
#[derive(Debug, Clone)]
pub(crate) struct NoDate(pub(crate) String);

/// Reads the attributes from the input of PutObject, CopyObject or CreateMultipartUpload.
macro_rules! attributes {
    ($input:expr, $extensions:expr) => {{
        use crate::errors;
        use crate::operations::{convert, encryption, storage_class, tags};
        use crate::operations::attributes::NoDate;
        use crate::storage::{Attributes, Expires, Headers};
        if $input.sse_customer_algorithm.is_some() {
            return Err(errors::not_implemented(
                "Server-side encryption with customer-provided keys",
            ));
        }
        let acl = crate::operations::acl::object_acl(&crate::operations::acl::wanted!($input, write: None))?;
        Attributes {
            headers: Headers {
                cache_control: $input.cache_control.take(),
                content_disposition: $input.content_disposition.take(),
                content_encoding: convert::content_encoding($input.content_encoding.take()),
                content_language: $input.content_language.take(),
                content_type: $input
                    .content_type
                    .take()
                    .map(|content_type| content_type.to_string()),
                expires: match $extensions.remove() {
                    Some(NoDate(text)) => Some(Expires::Text(text)),
                    None => $input.expires.take().map(|at| Expires::At(at.into())),
                },
                website_redirect_location: $input.website_redirect_location.take(),
                storage_class: storage_class::given($input.storage_class.as_ref())?,
                encryption: encryption::given(
                    $input.server_side_encryption.as_ref(),
                    $input.ssekms_key_id.take(),
                )?,
                user: convert::user_metadata($input.metadata.take())?,
            },
            tags: tags::from_header($input.tagging.as_deref())?,
            acl,
            lock: convert::lock(
                $input.object_lock_mode.as_ref().map(|mode| mode.as_str()),
                $input.object_lock_retain_until_date.take(),
                $input
                    .object_lock_legal_hold_status
                    .as_ref()
                    .map(|status| status.as_str()),
            )?,
        }
    }};
}
pub(super) use attributes;
