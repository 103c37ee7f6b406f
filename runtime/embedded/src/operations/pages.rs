//! Pages of listings: the fields that all requests for them share, and those that all answers do.

use crate::{
    errors,
    storage::listing::{Entry, Page, Query},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::{
    S3Result,
    dto::{CommonPrefix, EncodingType},
};

/// The longest page, whatever was asked for.
const MOST: i32 = 1000;

/// Characters that `encoding-type=url` leaves unencoded, as S3 does.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'*')
    .remove(b'/');

/// The encoding of names in the XML, which cannot carry every character of a key.
#[derive(Clone, Copy)]
pub(super) struct Names {
    encoded: bool,
}

impl Names {
    fn new(encoding: Option<&EncodingType>) -> S3Result<Self> {
        match encoding.map(EncodingType::as_str) {
            None => Ok(Self { encoded: false }),
            Some(EncodingType::URL) => Ok(Self { encoded: true }),
            Some(_) => Err(errors::invalid_argument(
                "Invalid Encoding Method specified in Request",
            )),
        }
    }

    pub(super) fn show(self, name: &str) -> String {
        match self.encoded {
            true => utf8_percent_encode(name, ENCODED).to_string(),
            false => name.to_owned(),
        }
    }
}

/// A request for a page of keys.
pub(super) struct Listing<'a> {
    pub(super) names: Names,
    /// The length of the page as the answer repeats it.
    pub(super) most: i32,
    pub(super) query: Query<'a>,
}

impl<'a> Listing<'a> {
    pub(super) fn new(
        encoding: Option<&EncodingType>,
        prefix: Option<&'a String>,
        delimiter: Option<&'a String>,
        most: Option<i32>,
        name_of_most: &str,
    ) -> S3Result<Self> {
        let names = Names::new(encoding)?;
        let (most, limit) = limit(most, name_of_most)?;
        Ok(Self {
            names,
            most,
            query: Query {
                prefix: given(prefix).unwrap_or_default(),
                delimiter: given(delimiter),
                limit,
                ..Query::default()
            },
        })
    }

    pub(super) fn prefixes<T>(&self, page: &Page<Entry<'_, T>>) -> Option<Vec<CommonPrefix>> {
        let prefixes = page.prefixes().map(|prefix| CommonPrefix {
            prefix: Some(self.names.show(prefix)),
        });
        Some(prefixes.collect::<Vec<_>>()).filter(|prefixes| !prefixes.is_empty())
    }

    /// Returns the name after which the next page begins, if there is one.
    pub(super) fn next<T>(&self, page: &Page<Entry<'_, T>>) -> Option<String> {
        page.next_after().map(|last| self.names.show(last.name()))
    }
}

/// Reads the request for a page of keys from the input of an operation. `$most` is the field for the length of the page, and
/// `$name` what requests call it.
macro_rules! listing {
    ($input:expr, $most:ident: $name:literal) => {
        crate::operations::pages::Listing::new(
            $input.encoding_type.as_ref(),
            $input.prefix.as_ref(),
            $input.delimiter.as_ref(),
            $input.$most,
            $name,
        )
    };
}

/// Fills in the fields that the outputs of all listings of keys share.
macro_rules! show_listing {
    ($output:expr, $input:expr, $listing:expr, $page:expr) => {
        let (listing, page) = (&$listing, &$page);
        let names = listing.names;
        $output.prefix = Some(names.show(listing.query.prefix));
        $output.delimiter = listing.query.delimiter.map(|text| names.show(text));
        $output.encoding_type = $input.encoding_type.clone();
        $output.is_truncated = Some(page.truncated);
        $output.common_prefixes = listing.prefixes(page);
    };
}

pub(super) use {listing, show_listing};

/// Returns the length of a page, for the answer and for the storage.
pub(super) fn limit(most: Option<i32>, name: &str) -> S3Result<(i32, usize)> {
    match most.unwrap_or(MOST) {
        negative if negative < 0 => Err(errors::invalid_argument(format!(
            "Argument {name} must be an integer between 0 and 2147483647"
        ))),
        most => Ok((most.min(MOST), most.min(MOST).unsigned_abs() as usize)),
    }
}

/// An empty parameter means the same as none.
pub(super) fn given(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}
