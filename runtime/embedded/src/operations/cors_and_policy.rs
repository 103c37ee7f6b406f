//! The handlers for CORS and bucket policies. They take effect in `http/cors.rs` and `policy/`.

use crate::{
    access::blocks_public_policy,
    errors,
    operations::Service,
    policy::{Policy, Refusal},
};
use http::{HeaderValue, StatusCode, header::CONTENT_TYPE};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result, dto::*};

pub(super) fn missing(code: S3ErrorCode, what: &'static str) -> S3Error {
    let mut error = S3Error::with_message(code, what);
    error.set_status_code(StatusCode::NOT_FOUND);
    error
}

pub(super) fn get_cors(
    service: &Service,
    request: S3Request<GetBucketCorsInput>,
) -> S3Result<S3Response<GetBucketCorsOutput>> {
    let cors = service
        .storage
        .read(&request.input.bucket, |bucket| bucket.settings.cors.clone())?;
    let cors = cors.ok_or_else(|| {
        missing(
            S3ErrorCode::NoSuchCORSConfiguration,
            "The CORS configuration does not exist",
        )
    })?;
    crate::operations::respond(GetBucketCorsOutput {
        cors_rules: Some(cors.cors_rules),
    })
}

pub(super) fn put_cors(
    service: &Service,
    request: S3Request<PutBucketCorsInput>,
) -> S3Result<S3Response<PutBucketCorsOutput>> {
    let input = request.input;
    crate::operations::cors_and_policy::validate(&input.cors_configuration)?;
    service.change_settings(&input.bucket, |settings| {
        settings.cors = Some(input.cors_configuration)
    })
}

pub(super) fn delete_cors(
    service: &Service,
    request: S3Request<DeleteBucketCorsInput>,
) -> S3Result<S3Response<DeleteBucketCorsOutput>> {
    service.change_settings(&request.input.bucket, |settings| settings.cors = None)
}

fn no_policy() -> S3Error {
    missing(
        S3ErrorCode::NoSuchBucketPolicy,
        "The bucket policy does not exist",
    )
}

pub(super) fn get_policy(
    service: &Service,
    request: S3Request<GetBucketPolicyInput>,
) -> S3Result<S3Response<GetBucketPolicyOutput>> {
    let text = service.storage.read(&request.input.bucket, |bucket| {
        bucket
            .settings
            .policy
            .as_ref()
            .map(|policy| policy.text.clone())
    })?;
    let policy = Some(text.ok_or_else(no_policy)?);
    let mut response = S3Response::new(GetBucketPolicyOutput { policy });
    let json = HeaderValue::from_static("application/json");
    response.headers.insert(CONTENT_TYPE, json);
    Ok(response)
}

pub(super) fn put_policy(
    service: &Service,
    request: S3Request<PutBucketPolicyInput>,
) -> S3Result<S3Response<PutBucketPolicyOutput>> {
    let input = request.input;
    let policy = Policy::parse(&input.policy, &input.bucket).map_err(|refusal| match refusal {
        Refusal::Malformed(why) => S3Error::with_message(S3ErrorCode::MalformedPolicy, why),
        Refusal::NotImplemented(what) => errors::not_implemented(what),
    })?;
    service.storage.write(&input.bucket, |bucket| {
        if policy.is_public() && blocks_public_policy(bucket) {
            return Err(errors::access_denied());
        }
        bucket.settings.policy = Some(policy);
        Ok(())
    })??;
    crate::operations::respond(PutBucketPolicyOutput::default())
}

pub(super) fn delete_policy(
    service: &Service,
    request: S3Request<DeleteBucketPolicyInput>,
) -> S3Result<S3Response<DeleteBucketPolicyOutput>> {
    service.change_settings(&request.input.bucket, |settings| settings.policy = None)
}

pub(super) fn get_policy_status(
    service: &Service,
    request: S3Request<GetBucketPolicyStatusInput>,
) -> S3Result<S3Response<GetBucketPolicyStatusOutput>> {
    let public = service.storage.read(&request.input.bucket, |bucket| {
        bucket.settings.policy.as_ref().map(Policy::is_public)
    })?;
    let is_public = Some(public.ok_or_else(no_policy)?);
    crate::operations::respond(GetBucketPolicyStatusOutput {
        policy_status: Some(PolicyStatus { is_public }),
    })
}

const METHODS: [&str; 5] = ["GET", "PUT", "HEAD", "POST", "DELETE"];

/// Checks a configuration as PutBucketCors does.
pub(crate) fn validate(configuration: &CORSConfiguration) -> S3Result<()> {
    if configuration.cors_rules.is_empty() || configuration.cors_rules.len() > 100 {
        return Err(crate::storage::Error::MalformedDocument.into());
    }
    for rule in &configuration.cors_rules {
        if let Some(method) = rule
            .allowed_methods
            .iter()
            .find(|method| !METHODS.contains(&method.as_str()))
        {
            let message = format!(
                "Found unsupported HTTP method in CORS config. Unsupported method is {method}"
            );
            return Err(errors::invalid_request(message));
        }
        let patterns = rule
            .allowed_origins
            .iter()
            .chain(rule.allowed_headers.iter().flatten());
        if let Some(pattern) = patterns
            .into_iter()
            .find(|pattern| pattern.matches('*').count() > 1)
        {
            let message =
                format!("AllowedOrigin \"{pattern}\" can not have more than one wildcard.");
            return Err(errors::invalid_request(message));
        }
        let mut exposed = rule.expose_headers.iter().flatten();
        if let Some(header) = exposed.find(|header| header.contains('*')) {
            let message = format!(
                "ExposeHeader \"{header}\" contains wildcard. We currently do not support wildcard for ExposeHeader."
            );
            return Err(errors::invalid_request(message));
        }
    }
    Ok(())
}
