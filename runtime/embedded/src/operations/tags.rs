//! Tags in requests and responses, and their limits (S3 User Guide, "Categorizing your objects using tags").

use crate::{errors, storage::Tags};
use http::StatusCode;
use percent_encoding::percent_decode_str;
use s3s::{S3Error, S3ErrorCode, S3Result, dto::Tag};
use std::collections::HashSet;

/// Parses the tags of `x-amz-tagging`, which is written like a query string.
pub(super) fn from_header(header: Option<&str>) -> S3Result<Tags> {
    let malformed = || {
        errors::invalid_argument(
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
        )
    };
    let header = header.unwrap_or_default();
    if percent_decode_str(header).decode_utf8().is_err() {
        return Err(malformed());
    }
    let pairs = form_urlencoded::parse(header.as_bytes());
    let tags = pairs.into_owned().collect();
    if has_duplicates(&tags) {
        return Err(malformed());
    }
    valid(tags, Tagged::Object)
}

/// Writes tags in the form that [`from_header`] reads.
pub(crate) fn to_header(tags: &Tags) -> String {
    let mut header = form_urlencoded::Serializer::new(String::new());
    header.extend_pairs(tags).finish()
}

/// The tagged resource, which decides the limit and S3's message for reserved keys.
#[derive(Clone, Copy)]
pub(crate) enum Tagged {
    Object,
    Bucket,
}

pub(crate) fn from_document(tags: Vec<Tag>, tagged: Tagged) -> S3Result<Tags> {
    let pair = |tag: Tag| {
        Ok((
            tag.key.ok_or_else(|| invalid_tag(INVALID_KEY))?,
            tag.value.unwrap_or_default(),
        ))
    };
    let tags = tags.into_iter().map(pair).collect::<S3Result<Tags>>()?;
    if has_duplicates(&tags) {
        return Err(invalid_tag(
            "Cannot provide multiple Tags with the same key",
        ));
    }
    valid(tags, tagged)
}

fn has_duplicates(tags: &Tags) -> bool {
    let mut keys = HashSet::new();
    !tags.iter().all(|(key, _)| keys.insert(key))
}

const INVALID_KEY: &str = "The TagKey you have provided is invalid";

fn valid(tags: Tags, tagged: Tagged) -> S3Result<Tags> {
    let (most, what, reserved) = match tagged {
        Tagged::Object => (
            10,
            "Object tags",
            "Your TagKey cannot be prefixed with aws:",
        ),
        Tagged::Bucket => (
            50,
            "Bucket tag count",
            "System tags cannot be added/updated by requester",
        ),
    };
    if tags.len() > most {
        return Err(errors::custom(
            "BadRequest",
            StatusCode::BAD_REQUEST,
            format!("{what} cannot be greater than {most}"),
        ));
    }
    for (key, value) in &tags {
        if key.starts_with("aws:") {
            return Err(invalid_tag(reserved));
        }
        if key.is_empty() || !is_tag_text(key, 128) {
            return Err(invalid_tag(INVALID_KEY));
        }
        if !is_tag_text(value, 256) {
            return Err(invalid_tag("The TagValue you have provided is invalid"));
        }
    }
    Ok(tags)
}

fn is_tag_text(text: &str, longest: usize) -> bool {
    let space = |char: char| char.is_whitespace() && !char.is_control();
    let allowed = |char: char| char.is_alphanumeric() || space(char) || "+-=._:/@".contains(char);
    text.chars().count() <= longest && text.chars().all(allowed)
}

fn invalid_tag(message: &'static str) -> S3Error {
    S3Error::with_message(S3ErrorCode::InvalidTag, message)
}

pub(super) fn show(tags: &Tags) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag {
            key: Some(key.clone()),
            value: Some(value.clone()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_tags() {
        for (text, allowed) in [
            ("", true),
            ("aZ09 +-=._:/@", true),
            ("größe 大きさ ٣\u{a0}", true),
            ("a\tb", false),
            ("a\nb", false),
            ("a&b", false),
            ("a*", false),
            ("😀", false),
        ] {
            assert_eq!(is_tag_text(text, 20), allowed, "{text:?}");
        }
        assert!(is_tag_text("äöü", 3));
        assert!(!is_tag_text("äöü", 2));
    }
}
