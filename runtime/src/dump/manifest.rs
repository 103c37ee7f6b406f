//! The contents of `manifest.json`.

use std::collections::BTreeMap;

use serde::Serialize;

/// Everything that a dump says of a test.
#[derive(Debug, Serialize)]
pub(super) struct Manifest {
    /// The version of this format.
    pub(super) format: u32,
    pub(super) test: String,
    pub(super) attempt: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<String>,
    /// The end of the test.
    pub(super) date: String,
    pub(super) server: String,
    pub(super) endpoint: String,
    pub(super) buckets: Vec<Bucket>,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Bucket {
    pub(super) name: String,
    /// The parameters of the test that it belongs to.
    pub(super) parameter: String,
    /// The folder of its objects.
    pub(super) folder: String,
    pub(super) objects: Vec<Object>,
    /// All versions and delete markers, if the bucket is versioned.
    pub(super) versions: Vec<Version>,
    pub(super) unfinished_uploads: Vec<Upload>,
    /// What is missing above, one sentence for each reason.
    pub(super) missing: Vec<String>,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Object {
    pub(super) key: String,
    pub(super) size: u64,
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
    pub(super) storage_class: Option<String>,
    pub(super) content_type: Option<String>,
    /// The other headers that were stored with the object.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
    /// The file with the content, relative to the folder of the manifest.
    pub(super) file: Option<String>,
    /// The reason why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) not_written: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Version {
    pub(super) key: String,
    pub(super) version_id: Option<String>,
    pub(super) is_latest: bool,
    pub(super) is_delete_marker: bool,
    pub(super) size: Option<u64>,
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Upload {
    pub(super) key: String,
    pub(super) upload_id: String,
    pub(super) initiated: Option<String>,
}
