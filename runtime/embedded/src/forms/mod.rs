//! Uploads by a browser's form (S3 API Reference, "POST Object"), from the request to the answer: the fields are read
//! (`fields.rs`), the rules for uploads are applied to them (`rights.rs`), the file is stored (`upload.rs`), and the answer
//! names it (`answer.rs`).

mod answer;
mod fields;
mod rights;
mod upload;

use std::sync::Arc;

use http::{Request, Response};
use s3s::{
    Body, HttpError,
    config::{S3Config, StaticConfigProvider},
    service::{S3Service, S3ServiceBuilder},
};

use self::{rights::FormGate, upload::Uploads};
use crate::{access::Gate, auth::users::Users, errors, operations::Service};

/// Answers requests that are forms, see [`crate::target::is_form`].
pub(crate) struct Forms(S3Service);

impl Forms {
    pub(crate) fn new(service: Service, gate: Gate, users: Users) -> Self {
        let mut builder = S3ServiceBuilder::new(Uploads(service));
        builder.set_auth(users);
        builder.set_access(FormGate(gate));
        // The policy of a form says itself when it expires, however long it was signed before.
        let mut config = S3Config::default();
        config.presigned_url_max_skew_time_secs = u32::MAX;
        builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
        Self(builder.build())
    }

    pub(crate) async fn answer(&self, form: Request<Body>) -> Result<Response<Body>, HttpError> {
        match fields::expanded(form).await {
            Ok(form) => self.0.call(form).await.map(answer::corrected),
            Err(error) => Ok(errors::response(error)),
        }
    }
}
