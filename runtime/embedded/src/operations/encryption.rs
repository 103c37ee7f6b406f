//! Encryption headers and settings are validated and returned; nothing is encrypted.

use crate::{
    errors,
    operations::Service,
    storage::{Bucket, Encryption, Error, Headers},
};
use s3s::{S3Request, S3Response, S3Result, dto::*};

/// The method with Amazon's keys, which S3 uses by default (S3 User Guide, "Setting default server-side encryption behavior for
/// Amazon S3 buckets").
const DEFAULT: &str = "AES256";

/// Fills in the encryption fields of an output.
macro_rules! show_encryption {
    ($output:expr, $encryption:expr) => {
        $output.server_side_encryption = $encryption.method.clone().map(Into::into);
        $output.ssekms_key_id = $encryption.key.clone();
    };
}

pub(super) use show_encryption;

fn is_method(name: &str) -> bool {
    matches!(name, DEFAULT | "aws:kms" | "aws:kms:dsse")
}

/// Refuses an unknown method, and a key for a method without keys.
pub(super) fn given(
    method: Option<&ServerSideEncryption>,
    key: Option<String>,
) -> S3Result<Encryption> {
    let method = method.map(ServerSideEncryption::as_str);
    if method.is_some_and(|method| !is_method(method)) {
        return Err(errors::invalid_argument(
            "The encryption method specified is not supported",
        ));
    }
    if key.is_some() && method.is_none_or(|method| method == DEFAULT) {
        return Err(errors::invalid_argument(
            "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
        ));
    }
    Ok(Encryption {
        method: method.map(str::to_owned),
        key,
    })
}

/// Applies the encryption of the bucket to an object that names none.
pub(super) fn settle(bucket: &Bucket, headers: &mut Headers) {
    if headers.encryption.method.is_some() {
        return;
    }
    let rules = bucket.settings.encryption.iter().flat_map(|set| &set.rules);
    let default = rules
        .filter_map(|rule| rule.apply_server_side_encryption_by_default.as_ref())
        .next();
    let method = default.map_or(DEFAULT, |set| set.sse_algorithm.as_str());
    headers.encryption = Encryption {
        method: Some(method.to_owned()),
        key: default.and_then(|set| set.kms_master_key_id.clone()),
    };
}

pub(super) fn get(
    service: &Service,
    request: S3Request<GetBucketEncryptionInput>,
) -> S3Result<S3Response<GetBucketEncryptionOutput>> {
    let set = service.storage.read(&request.input.bucket, |bucket| {
        bucket.settings.encryption.clone()
    })?;
    let default = || ServerSideEncryptionConfiguration {
        rules: vec![ServerSideEncryptionRule {
            apply_server_side_encryption_by_default: Some(ServerSideEncryptionByDefault {
                kms_master_key_id: None,
                sse_algorithm: ServerSideEncryption::from_static(DEFAULT),
            }),
            bucket_key_enabled: Some(false),
        }],
    };
    crate::operations::respond(GetBucketEncryptionOutput {
        server_side_encryption_configuration: Some(set.unwrap_or_else(default)),
    })
}

pub(super) fn put(
    service: &Service,
    request: S3Request<PutBucketEncryptionInput>,
) -> S3Result<S3Response<PutBucketEncryptionOutput>> {
    let input = request.input;
    let mut configuration = input.server_side_encryption_configuration;
    let [rule] = configuration.rules.as_mut_slice() else {
        return Err(Error::MalformedDocument.into());
    };
    if let Some(default) = &rule.apply_server_side_encryption_by_default {
        let method = default.sse_algorithm.as_str();
        if !is_method(method) {
            return Err(Error::MalformedDocument.into());
        }
        if method == DEFAULT && default.kms_master_key_id.is_some() {
            return Err(errors::invalid_argument(
                "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
            ));
        }
    }
    rule.bucket_key_enabled.get_or_insert(false);
    service.change_settings(&input.bucket, |settings| {
        settings.encryption = Some(configuration)
    })
}

/// Restores the default.
pub(super) fn delete(
    service: &Service,
    request: S3Request<DeleteBucketEncryptionInput>,
) -> S3Result<S3Response<DeleteBucketEncryptionOutput>> {
    service.change_settings(&request.input.bucket, |settings| settings.encryption = None)
}
