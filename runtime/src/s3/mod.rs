//! Requests to an S3 server on behalf of s3-test itself: signed requests, the deletion of buckets, and HTTP clients.

mod admin;
mod bucket_tags;
mod delete_bucket;
mod empty_bucket;
pub(crate) mod http_client;
mod listing;
mod pinned;

pub(crate) use self::{
    admin::{Admin, Failure, innermost},
    bucket_tags::{Tags, bucket_tags, remove_bucket_tags, set_bucket_tag, tags_in},
    delete_bucket::delete_bucket,
    empty_bucket::is_empty,
    listing::{Entry, List, Pages, object_path},
    pinned::{Pinned, Trust},
};
