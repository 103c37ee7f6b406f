//! Uploads by a browser's form (S3 API Reference, "POST Object"): how a form is read, and how the rules for uploads apply to
//! its fields.

mod fields;
mod headers;

pub(crate) use self::{
    fields::{Form, Location, expanded, is_form, locate},
    headers::as_headers,
};
