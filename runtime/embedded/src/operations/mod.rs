//! S3's operations. Each handler turns a request into a call of the storage, and its result into a response. Operations that
//! are not in the table below answer 501 with their name.

mod acl;
pub(crate) mod attributes;
mod body;
mod buckets;
mod convert;
mod copy;
mod cors_and_policy;
mod delete;
pub(crate) mod digests;
mod encryption;
mod get;
mod lifecycle;
mod list;
mod locking;
mod lookup;
mod multipart;
mod notification;
mod outgoing;
mod pages;
mod public_access;
pub(crate) mod put;
mod storage_class;
mod tagging;
pub(crate) mod tags;
mod threaded_md5;

use crate::{
    access::Request,
    auth::users::Signer,
    storage::{Bucket, Storage, settings::Settings},
};
use s3s::{S3, S3Request, S3Response, S3Result, dto::*};
use std::sync::Arc;

/// Serves one namespace of buckets.
pub(crate) struct Service {
    pub(crate) storage: Arc<Storage>,
    pub(crate) region: String,
}

impl Service {
    /// Changes settings of a bucket and returns an empty output.
    fn change_settings<T: Default>(
        &self,
        bucket: &str,
        change: impl FnOnce(&mut Settings),
    ) -> S3Result<S3Response<T>> {
        let change = |bucket: &mut Bucket| change(&mut bucket.settings);
        self.storage.write(bucket, change)?;
        respond(T::default())
    }

    /// Returns the access to a second object of a request, or to one named in its body. The gate has checked the first.
    fn access<'a, T>(
        request: &'a S3Request<T>,
        action: &'a str,
        bucket: &'a str,
        key: &'a str,
        version: Option<&'a str>,
    ) -> Request<'a> {
        Request {
            principal: principal(request),
            operation: "",
            action,
            bucket,
            key: Some(key),
            version,
            uri: &request.uri,
            headers: &request.headers,
        }
    }
}

/// Returns the access key that signed the request.
fn principal<T>(request: &S3Request<T>) -> Option<&str> {
    match request.extensions.get() {
        Some(Signer(access_key)) => Some(access_key),
        None => Some(&request.credentials.as_ref()?.access_key),
    }
}

fn respond<T>(output: T) -> S3Result<S3Response<T>> {
    Ok(S3Response::new(output))
}

macro_rules! operations {
    (
        with_body { $($async_name:ident($async_input:ident) -> $async_output:ident = $async_handler:path;)* }
        $($name:ident($input:ident) -> $output:ident = $handler:path;)*
    ) => {
        /// Returns true if this server implements the operation of this name.
        pub(crate) fn is_implemented(operation: &str) -> bool {
            let inputs = [$(stringify!($async_input),)* $(stringify!($input),)*];
            inputs.iter().any(|input| input.strip_suffix("Input") == Some(operation))
        }

        #[async_trait::async_trait]
        impl S3 for Service {
            $(
                async fn $name(&self, request: S3Request<$input>) -> S3Result<S3Response<$output>> {
                    $handler(self, request)
                }
            )*
            $(
                async fn $async_name(&self, request: S3Request<$async_input>) -> S3Result<S3Response<$async_output>> {
                    $async_handler(self, request).await
                }
            )*
        }
    };
}

operations! {
    with_body {
        put_object(PutObjectInput) -> PutObjectOutput = put::object;
        upload_part(UploadPartInput) -> UploadPartOutput = multipart::upload_part;
    }

    create_bucket(CreateBucketInput) -> CreateBucketOutput = buckets::create;
    head_bucket(HeadBucketInput) -> HeadBucketOutput = buckets::head;
    delete_bucket(DeleteBucketInput) -> DeleteBucketOutput = buckets::delete;
    list_buckets(ListBucketsInput) -> ListBucketsOutput = buckets::list;
    get_bucket_location(GetBucketLocationInput) -> GetBucketLocationOutput = buckets::location;
    get_bucket_versioning(GetBucketVersioningInput) -> GetBucketVersioningOutput = buckets::get_versioning;
    put_bucket_versioning(PutBucketVersioningInput) -> PutBucketVersioningOutput = buckets::put_versioning;

    get_object(GetObjectInput) -> GetObjectOutput = get::get;
    head_object(HeadObjectInput) -> HeadObjectOutput = get::head;
    get_object_attributes(GetObjectAttributesInput) -> GetObjectAttributesOutput = get::attributes;
    delete_object(DeleteObjectInput) -> DeleteObjectOutput = delete::one;
    delete_objects(DeleteObjectsInput) -> DeleteObjectsOutput = delete::many;
    copy_object(CopyObjectInput) -> CopyObjectOutput = copy::object;

    list_objects(ListObjectsInput) -> ListObjectsOutput = list::objects;
    list_objects_v2(ListObjectsV2Input) -> ListObjectsV2Output = list::objects_v2;
    list_object_versions(ListObjectVersionsInput) -> ListObjectVersionsOutput = list::versions;
    list_multipart_uploads(ListMultipartUploadsInput) -> ListMultipartUploadsOutput = list::uploads;

    create_multipart_upload(CreateMultipartUploadInput) -> CreateMultipartUploadOutput = multipart::create;
    upload_part_copy(UploadPartCopyInput) -> UploadPartCopyOutput = copy::part;
    list_parts(ListPartsInput) -> ListPartsOutput = multipart::list_parts;
    complete_multipart_upload(CompleteMultipartUploadInput) -> CompleteMultipartUploadOutput = multipart::complete;
    abort_multipart_upload(AbortMultipartUploadInput) -> AbortMultipartUploadOutput = multipart::abort;

    get_object_tagging(GetObjectTaggingInput) -> GetObjectTaggingOutput = tagging::get_object;
    put_object_tagging(PutObjectTaggingInput) -> PutObjectTaggingOutput = tagging::put_object;
    delete_object_tagging(DeleteObjectTaggingInput) -> DeleteObjectTaggingOutput = tagging::delete_object;
    get_bucket_tagging(GetBucketTaggingInput) -> GetBucketTaggingOutput = tagging::get_bucket;
    put_bucket_tagging(PutBucketTaggingInput) -> PutBucketTaggingOutput = tagging::put_bucket;
    delete_bucket_tagging(DeleteBucketTaggingInput) -> DeleteBucketTaggingOutput = tagging::delete_bucket;

    get_object_lock_configuration(GetObjectLockConfigurationInput) -> GetObjectLockConfigurationOutput
        = locking::get_configuration;
    put_object_lock_configuration(PutObjectLockConfigurationInput) -> PutObjectLockConfigurationOutput
        = locking::put_configuration;
    get_object_retention(GetObjectRetentionInput) -> GetObjectRetentionOutput = locking::get_retention;
    put_object_retention(PutObjectRetentionInput) -> PutObjectRetentionOutput = locking::put_retention;
    get_object_legal_hold(GetObjectLegalHoldInput) -> GetObjectLegalHoldOutput = locking::get_legal_hold;
    put_object_legal_hold(PutObjectLegalHoldInput) -> PutObjectLegalHoldOutput = locking::put_legal_hold;

    get_bucket_acl(GetBucketAclInput) -> GetBucketAclOutput = acl::get_bucket;
    put_bucket_acl(PutBucketAclInput) -> PutBucketAclOutput = acl::put_bucket;
    get_object_acl(GetObjectAclInput) -> GetObjectAclOutput = acl::get_object;
    put_object_acl(PutObjectAclInput) -> PutObjectAclOutput = acl::put_object;

    get_public_access_block(GetPublicAccessBlockInput) -> GetPublicAccessBlockOutput = public_access::get_block;
    put_public_access_block(PutPublicAccessBlockInput) -> PutPublicAccessBlockOutput = public_access::put_block;
    delete_public_access_block(DeletePublicAccessBlockInput) -> DeletePublicAccessBlockOutput
        = public_access::delete_block;
    get_bucket_ownership_controls(GetBucketOwnershipControlsInput) -> GetBucketOwnershipControlsOutput
        = public_access::get_ownership;
    put_bucket_ownership_controls(PutBucketOwnershipControlsInput) -> PutBucketOwnershipControlsOutput
        = public_access::put_ownership;
    delete_bucket_ownership_controls(DeleteBucketOwnershipControlsInput) -> DeleteBucketOwnershipControlsOutput
        = public_access::delete_ownership;

    get_bucket_cors(GetBucketCorsInput) -> GetBucketCorsOutput = cors_and_policy::get_cors;
    put_bucket_cors(PutBucketCorsInput) -> PutBucketCorsOutput = cors_and_policy::put_cors;
    delete_bucket_cors(DeleteBucketCorsInput) -> DeleteBucketCorsOutput = cors_and_policy::delete_cors;
    get_bucket_encryption(GetBucketEncryptionInput) -> GetBucketEncryptionOutput = encryption::get;
    put_bucket_encryption(PutBucketEncryptionInput) -> PutBucketEncryptionOutput = encryption::put;
    delete_bucket_encryption(DeleteBucketEncryptionInput) -> DeleteBucketEncryptionOutput
        = encryption::delete;
    get_bucket_lifecycle_configuration(GetBucketLifecycleConfigurationInput) -> GetBucketLifecycleConfigurationOutput
        = lifecycle::get;
    put_bucket_lifecycle_configuration(PutBucketLifecycleConfigurationInput) -> PutBucketLifecycleConfigurationOutput
        = lifecycle::put;
    delete_bucket_lifecycle(DeleteBucketLifecycleInput) -> DeleteBucketLifecycleOutput
        = lifecycle::delete;
    get_bucket_notification_configuration(GetBucketNotificationConfigurationInput)
        -> GetBucketNotificationConfigurationOutput = notification::get;
    put_bucket_notification_configuration(PutBucketNotificationConfigurationInput)
        -> PutBucketNotificationConfigurationOutput = notification::put;
    get_bucket_policy(GetBucketPolicyInput) -> GetBucketPolicyOutput = cors_and_policy::get_policy;
    put_bucket_policy(PutBucketPolicyInput) -> PutBucketPolicyOutput = cors_and_policy::put_policy;
    delete_bucket_policy(DeleteBucketPolicyInput) -> DeleteBucketPolicyOutput = cors_and_policy::delete_policy;
    get_bucket_policy_status(GetBucketPolicyStatusInput) -> GetBucketPolicyStatusOutput
        = cors_and_policy::get_policy_status;

}
