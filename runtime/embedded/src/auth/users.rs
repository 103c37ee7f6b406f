//! The users of a server, by their access keys.

use std::{collections::HashMap, sync::Arc};

use s3s::{
    S3Error, S3ErrorCode, S3Result,
    auth::{S3Auth, SecretKey},
};

/// The users of one server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Users(pub(crate) Arc<HashMap<String, String>>);

#[async_trait::async_trait]
impl S3Auth for Users {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        let secret = self.0.get(access_key).ok_or_else(|| {
            let message = "The AWS Access Key Id you provided does not exist in our records.";
            S3Error::with_message(S3ErrorCode::InvalidAccessKeyId, message)
        })?;
        Ok(SecretKey::from(secret.as_str()))
    }
}

/// The access key that signed a request. It replaces the signature, in the extensions of the request that s3s gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signer(pub(crate) String);
