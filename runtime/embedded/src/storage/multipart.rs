//! Multipart uploads.

use crate::storage::{
    Attributes, Body, Bucket, Encryption, Error, Object, Origin, Part, PartSummary, Result, Upload,
    Version,
    checksum::{self, Algorithm, Checksum, Kind},
    listing::{self, Entry, Page, Query},
    preconditions::Preconditions,
    versions::NULL,
};
use std::collections::BTreeMap;

/// The minimum for every part but the last (S3 User Guide, "Amazon S3 multipart upload limits").
pub(crate) const MIN_PART_SIZE: u64 = 5 << 20;
pub(crate) const MAX_PARTS: i32 = 10_000;
/// Also the limit for one PutObject.
pub(crate) const MAX_PART_SIZE: u64 = 5 << 30;
pub(crate) const MAX_OBJECT_SIZE: u64 = 5 << 40;

/// A part in the list of CompleteMultipartUpload.
#[derive(Debug, Clone)]
pub(crate) struct CompletedPart {
    pub(crate) number: i32,
    pub(crate) etag: String,
    pub(crate) checksum: Option<Checksum>,
}

/// Claims of CompleteMultipartUpload about the whole object.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expected {
    pub(crate) checksum: Option<(Algorithm, String)>,
    pub(crate) kind: Option<Kind>,
    pub(crate) size: Option<u64>,
}

#[derive(Debug, Clone)]
pub(crate) struct Completed {
    pub(crate) etag: String,
    pub(crate) checksum: Option<Checksum>,
    pub(crate) version: Option<String>,
    pub(crate) encryption: Encryption,
}

impl Bucket {
    pub(crate) fn create_upload(
        &mut self,
        key: &str,
        initiator: &str,
        attributes: Attributes,
        asked: Vec<(String, String)>,
        checksum: Option<(Algorithm, Kind)>,
    ) -> String {
        let id = self.next_id();
        let upload = Upload {
            id: id.clone(),
            initiated: crate::storage::now(),
            initiator: initiator.to_owned(),
            attributes,
            asked,
            checksum,
            parts: BTreeMap::new(),
        };
        self.uploads
            .entry(key.to_owned())
            .or_default()
            .insert(id.clone(), upload);
        id
    }

    pub(crate) fn upload(&self, key: &str, id: &str) -> Result<&Upload> {
        self.uploads
            .get(key)
            .and_then(|uploads| uploads.get(id))
            .ok_or(Error::NoSuchUpload)
    }

    pub(crate) fn put_part(&mut self, key: &str, id: &str, number: i32, part: Part) -> Result<()> {
        let upload = self
            .uploads
            .get_mut(key)
            .and_then(|uploads| uploads.get_mut(id))
            .ok_or(Error::NoSuchUpload)?;
        upload.parts.insert(number, part);
        Ok(())
    }

    pub(crate) fn abort_upload(&mut self, key: &str, id: &str) -> Result<Upload> {
        let uploads = self.uploads.get_mut(key).ok_or(Error::NoSuchUpload)?;
        let upload = uploads.remove(id).ok_or(Error::NoSuchUpload)?;
        if uploads.is_empty() {
            self.uploads.remove(key);
        }
        Ok(upload)
    }

    /// Completes an upload. Either the object exists and the upload is gone, or nothing has changed.
    ///
    /// A client that missed the answer may repeat the request, and gets the same answer while the object exists.
    pub(crate) fn complete_upload(
        &mut self,
        key: &str,
        id: &str,
        wanted: &[CompletedPart],
        expected: &Expected,
        conditions: &Preconditions,
    ) -> Result<Completed> {
        if let Some(completed) = self.completed_before(key, id) {
            return Ok(completed);
        }
        let upload = self.upload(key, id)?;
        let object = upload.assemble(wanted, expected)?;
        let (etag, checksum) = (object.etag.clone(), object.checksum.clone());
        let encryption = object.attributes.headers.encryption.clone();
        let version = self.put(key, object, conditions)?;
        self.abort_upload(key, id)?;
        Ok(Completed {
            etag,
            checksum,
            version,
            encryption,
        })
    }

    fn completed_before(&self, key: &str, id: &str) -> Option<Completed> {
        let (version, object) = self.made_by(key, id)?;
        Some(Completed {
            etag: object.etag.clone(),
            checksum: object.checksum.clone(),
            version: Some(version.id.clone()).filter(|id| id != NULL),
            encryption: object.attributes.headers.encryption.clone(),
        })
    }

    /// Returns the object that an upload has become.
    fn made_by(&self, key: &str, id: &str) -> Option<(&Version, &Object)> {
        let versions = self.objects.get(key)?;
        let mut objects = versions
            .newest_first()
            .filter_map(|version| Some((version, version.object()?.as_ref())));
        objects.find(|(_, object)| {
            let origin = object.origin.as_ref();
            origin.is_some_and(|origin| origin.upload == id)
        })
    }

    /// Returns the headers that an upload was begun with, also after it has become an object.
    pub(crate) fn asked(&self, key: &str, id: &str) -> Option<&[(String, String)]> {
        let unfinished = self.upload(key, id).map(|upload| &upload.asked);
        let origin = || self.made_by(key, id)?.1.origin.as_ref();
        let asked = unfinished.ok().or_else(|| Some(&origin()?.asked));
        asked.map(Vec::as_slice)
    }

    /// Lists uploads in the order of their keys, and those of one key in the order of their creation.
    pub(crate) fn list_uploads<'a>(&'a self, query: &Query<'_>) -> Page<Entry<'a, &'a Upload>> {
        listing::page(&self.uploads, query, |key, uploads| {
            let after = query.after_id_of(key);
            uploads
                .values()
                .filter(move |upload| after.as_ref().is_none_or(|after| upload.id > *after))
        })
    }
}

impl Upload {
    fn assemble(&self, wanted: &[CompletedPart], expected: &Expected) -> Result<Object> {
        if wanted.is_empty() {
            return Err(Error::MalformedDocument);
        }
        if !wanted.is_sorted_by(|one, next| one.number < next.number) {
            return Err(Error::InvalidPartOrder);
        }
        if let Some((algorithm, Kind::Composite)) = self.checksum
            && let Some(part) = wanted.iter().find(|part| part.checksum.is_none())
        {
            return Err(Error::MissingChecksumOfPart {
                algorithm,
                part: part.number,
            });
        }
        let parts = wanted
            .iter()
            .map(|wanted| self.take_part(wanted))
            .collect::<Result<Vec<_>>>()?;
        if parts[..parts.len() - 1]
            .iter()
            .any(|part| part.body.len() < MIN_PART_SIZE)
        {
            return Err(Error::EntityTooSmall);
        }
        let size = parts.iter().map(|part| part.body.len()).sum::<u64>();
        if size > MAX_OBJECT_SIZE {
            return Err(Error::EntityTooLarge);
        }
        if expected.size.is_some_and(|expected| expected != size) {
            return Err(Error::InvalidRequest(
                "The provided 'x-amz-mp-object-size' header does not match what was computed",
            ));
        }
        Ok(Object {
            body: Body::concat(parts.iter().map(|part| &part.body)),
            etag: checksum::etag_of_parts(parts.iter().map(|part| &part.md5)),
            modified: crate::storage::now(),
            checksum: self.checksum_of(&parts, expected)?,
            parts: wanted
                .iter()
                .zip(&parts)
                .map(|(wanted, part)| part.summary(wanted.number))
                .collect(),
            crc64nvme: Default::default(),
            origin: Some(Origin {
                upload: self.id.clone(),
                asked: self.asked.clone(),
            }),
            attributes: self.attributes.clone(),
        })
    }

    fn take_part(&self, wanted: &CompletedPart) -> Result<&Part> {
        let part = self.parts.get(&wanted.number).ok_or(Error::InvalidPart)?;
        let differs = wanted
            .checksum
            .as_ref()
            .is_some_and(|wanted| part.checksum.as_ref() != Some(wanted));
        if checksum::hex(&part.md5) != wanted.etag || differs {
            return Err(Error::InvalidPart);
        }
        Ok(part)
    }

    fn checksum_of(&self, parts: &[&Part], expected: &Expected) -> Result<Option<Checksum>> {
        if let (Some(kind), Some((_, declared))) = (expected.kind, self.checksum)
            && kind != declared
        {
            return Err(Error::InvalidRequest(
                "The checksum type differs from the one the upload was created with",
            ));
        }
        let checksum = self.checksum.map(|(algorithm, kind)| {
            let of_part = |part: &Part| {
                part.checksum
                    .clone()
                    .unwrap_or_else(|| Checksum::of(algorithm, &part.body))
            };
            let checksums = parts.iter().map(|part| of_part(part)).collect::<Vec<_>>();
            let parts = checksums
                .iter()
                .zip(parts)
                .map(|(checksum, part)| (checksum, part.body.len()));
            Checksum::of_parts(algorithm, kind, &parts.collect::<Vec<_>>())
                .ok_or_else(|| Error::BadDigest(algorithm.name().to_owned()))
        });
        let checksum = checksum.transpose()?;
        match &expected.checksum {
            Some((algorithm, value)) => {
                // An upload without an algorithm has the CRC64NVME of the whole, as every object has.
                let actual = match checksum.clone() {
                    Some(checksum) => checksum,
                    None => Checksum::of(
                        *algorithm,
                        &Body::concat(parts.iter().map(|part| &part.body)),
                    ),
                };
                // A composite checksum may be given with or without its `-N`.
                let same = actual.value == *value || actual.value.split('-').next() == Some(value);
                if actual.algorithm != *algorithm || !same {
                    return Err(Error::BadDigest(algorithm.name().to_owned()));
                }
                Ok(Some(actual))
            }
            None => Ok(checksum),
        }
    }
}

impl Part {
    fn summary(&self, number: i32) -> PartSummary {
        PartSummary {
            number,
            size: self.body.len(),
            checksum: self.checksum.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns an upload whose parts all share their bytes.
    fn upload(chunks: usize, parts: i32) -> (Upload, Vec<CompletedPart>) {
        let chunk = bytes::Bytes::from(vec![0; 5 << 20]);
        let part = Part {
            body: Body::new(vec![chunk; chunks]),
            md5: [0; 16],
            modified: crate::storage::now(),
            checksum: None,
        };
        let wanted = |number| CompletedPart {
            number,
            etag: checksum::hex(&part.md5),
            checksum: None,
        };
        let wanted = (1..=parts).map(wanted).collect();
        let upload = Upload {
            id: "id".to_owned(),
            initiated: part.modified,
            initiator: "KEY".to_owned(),
            attributes: Attributes::default(),
            asked: Vec::new(),
            checksum: None,
            parts: (1..=parts).map(|number| (number, part.clone())).collect(),
        };
        (upload, wanted)
    }

    #[test]
    fn ten_thousand_of_the_smallest_parts_make_an_object() {
        let (upload, wanted) = upload(1, MAX_PARTS);
        let object = upload.assemble(&wanted, &Expected::default());
        let object = object.expect("as many as there may be");
        assert_eq!(object.parts.len(), 10_000);
        assert_eq!(object.body.len(), 10_000 * MIN_PART_SIZE);
    }

    #[test]
    fn five_tebibytes_are_the_most() {
        let (upload, wanted) = upload(1024, 1025);
        assert_eq!(upload.parts[&1].body.len(), MAX_PART_SIZE);
        let most = upload.assemble(&wanted[..1024], &Expected::default());
        assert_eq!(
            most.map(|object| object.body.len()).ok(),
            Some(MAX_OBJECT_SIZE)
        );
        let more = upload.assemble(&wanted, &Expected::default());
        assert_eq!(more.err(), Some(Error::EntityTooLarge));
    }
}
