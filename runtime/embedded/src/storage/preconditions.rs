//! Preconditions and the order in which they are decided.
//!
//! RFC 9110, section 13.2.2, as S3 documents it for GetObject ("if both If-Match and If-Unmodified-Since are present and
//! If-Match is true, the object is returned", and so on), and the S3 User Guide, "Conditional writes".

use crate::storage::{Error, Object, Result};
use time::OffsetDateTime;

/// The value of `If-Match` or `If-None-Match`. ETags have no quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ETags {
    Any,
    One(String),
}

impl ETags {
    fn matches(&self, etag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::One(one) => one == etag,
        }
    }
}

/// The conditions of one request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Preconditions {
    pub(crate) if_match: Option<ETags>,
    pub(crate) if_none_match: Option<ETags>,
    pub(crate) if_modified_since: Option<OffsetDateTime>,
    pub(crate) if_unmodified_since: Option<OffsetDateTime>,
}

impl Preconditions {
    /// Checks the conditions of GetObject and HeadObject: 412 or 304.
    pub(crate) fn check_read(&self, object: &Object) -> Result<()> {
        match (&self.if_match, self.if_unmodified_since) {
            (Some(etags), _) if !etags.matches(&object.etag) => {
                return Err(Error::PreconditionFailed("If-Match"));
            }
            (None, Some(since)) if object.modified > since => {
                return Err(Error::PreconditionFailed("If-Unmodified-Since"));
            }
            _ => {}
        }
        let not_modified = match (&self.if_none_match, self.if_modified_since) {
            (Some(etags), _) => etags.matches(&object.etag),
            (None, Some(since)) => object.modified <= since,
            (None, None) => false,
        };
        if not_modified {
            return Err(Error::NotModified {
                etag: object.etag.clone(),
            });
        }
        Ok(())
    }

    /// Checks the conditions on the source of a copy (`x-amz-copy-source-if-*`): every failure is a 412.
    pub(crate) fn check_copy_source(&self, object: &Object) -> Result<()> {
        let name = |name| match name {
            "If-Match" => "x-amz-copy-source-If-Match",
            _ => "x-amz-copy-source-If-Unmodified-Since",
        };
        let of_absence = match self.if_none_match {
            Some(_) => "x-amz-copy-source-If-None-Match",
            None => "x-amz-copy-source-If-Modified-Since",
        };
        self.check_read(object).map_err(|error| match error {
            Error::PreconditionFailed(condition) => Error::PreconditionFailed(name(condition)),
            Error::NotModified { .. } => Error::PreconditionFailed(of_absence),
            other => other,
        })
    }

    /// Checks the conditions of PutObject, CompleteMultipartUpload, CopyObject and DeleteObject. `current` is the current object.
    ///
    /// `If-Match` on a key without an object is a 404, not a 412 (User Guide, "Conditional writes": "If there's no current
    /// object version with the same name, or if the current object version is a delete marker, the operation fails with a
    /// 404 Not Found error").
    pub(crate) fn check_write(&self, current: Option<&Object>) -> Result<()> {
        if let Some(etags) = &self.if_match {
            let current = current.ok_or(Error::NoSuchKey)?;
            if !etags.matches(&current.etag) {
                return Err(Error::PreconditionFailed("If-Match"));
            }
        }
        if let (Some(etags), Some(current)) = (&self.if_none_match, current)
            && etags.matches(&current.etag)
        {
            return Err(Error::PreconditionFailed("If-None-Match"));
        }
        if let (Some(since), Some(current)) = (self.if_unmodified_since, current)
            && self.if_match.is_none()
            && current.modified > since
        {
            return Err(Error::PreconditionFailed("If-Unmodified-Since"));
        }
        if let (Some(since), Some(current)) = (self.if_modified_since, current)
            && self.if_none_match.is_none()
            && current.modified <= since
        {
            return Err(Error::PreconditionFailed("If-Modified-Since"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Body;
    use time::Duration;

    fn object() -> Object {
        Object {
            body: Body::default(),
            etag: "e".into(),
            modified: OffsetDateTime::UNIX_EPOCH,
            checksum: None,
            parts: Vec::new(),
            origin: None,
            crc64nvme: Default::default(),
            attributes: Default::default(),
        }
    }

    #[test]
    fn if_match_outweighs_if_unmodified_since() {
        let before = OffsetDateTime::UNIX_EPOCH - Duration::hours(1);
        let both = |etag: &str| Preconditions {
            if_match: Some(ETags::One(etag.into())),
            if_unmodified_since: Some(before),
            ..Default::default()
        };
        assert_eq!(both("e").check_read(&object()), Ok(()));
        assert_eq!(
            both("f").check_read(&object()),
            Err(Error::PreconditionFailed("If-Match"))
        );
        let alone = Preconditions {
            if_unmodified_since: Some(before),
            ..Default::default()
        };
        assert_eq!(
            alone.check_read(&object()),
            Err(Error::PreconditionFailed("If-Unmodified-Since"))
        );
    }

    #[test]
    fn if_none_match_outweighs_if_modified_since() {
        let later = OffsetDateTime::UNIX_EPOCH + Duration::hours(1);
        let both = |etag: &str| Preconditions {
            if_none_match: Some(ETags::One(etag.into())),
            if_modified_since: Some(later),
            ..Default::default()
        };
        assert_eq!(both("f").check_read(&object()), Ok(()));
        assert!(matches!(
            both("e").check_read(&object()),
            Err(Error::NotModified { .. })
        ));
        let alone = Preconditions {
            if_modified_since: Some(later),
            ..Default::default()
        };
        assert!(matches!(
            alone.check_read(&object()),
            Err(Error::NotModified { .. })
        ));
    }

    #[test]
    fn writing_over_nothing() {
        let create = Preconditions {
            if_none_match: Some(ETags::Any),
            ..Default::default()
        };
        assert_eq!(create.check_write(None), Ok(()));
        assert_eq!(
            create.check_write(Some(&object())),
            Err(Error::PreconditionFailed("If-None-Match"))
        );
        let update = Preconditions {
            if_match: Some(ETags::One("e".into())),
            ..Default::default()
        };
        assert_eq!(update.check_write(None), Err(Error::NoSuchKey));
        assert_eq!(update.check_write(Some(&object())), Ok(()));
    }
}
