//! A web service that takes files of any size and hands them out: uploads stream into S3 in parts, and a download is a
//! redirect to a presigned address, so no file is ever held in memory.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Multipart, Path, State},
    http::{Method, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use object_store::{ObjectStoreExt, WriteMultipart, aws::AmazonS3, path::Path as Key, signer::Signer};

/// The time for which the address of a download is valid.
const VALID: Duration = Duration::from_secs(60);
/// The number of parts of one upload that are on their way at once.
const PARTS: usize = 4;

/// Returns the service on this store.
pub fn app(store: AmazonS3) -> Router {
    Router::new()
        .route("/files", post(upload))
        .route("/files/{name}", get(download))
        .layer(DefaultBodyLimit::disable())
        .with_state(Arc::new(store))
}

/// Stores every file of a form under its name.
async fn upload(
    State(store): State<Arc<AmazonS3>>,
    mut form: Multipart,
) -> Result<StatusCode, Failure> {
    while let Some(mut field) = form.next_field().await? {
        let Some(name) = field.file_name().map(str::to_owned) else {
            continue;
        };
        let mut upload = WriteMultipart::new(store.put_multipart(&key(&name)).await?);
        loop {
            match field.chunk().await {
                Ok(Some(chunk)) => {
                    upload.wait_for_capacity(PARTS).await?;
                    upload.put(chunk);
                }
                Ok(None) => break,
                // Parts of an unfinished upload would stay, and be paid for.
                Err(error) => {
                    upload.abort().await?;
                    return Err(error.into());
                }
            }
        }
        upload.finish().await?;
    }
    Ok(StatusCode::CREATED)
}

/// Leads the client to the file itself.
async fn download(
    State(store): State<Arc<AmazonS3>>,
    Path(name): Path<String>,
) -> Result<Redirect, Failure> {
    let key = key(&name);
    store.head(&key).await?;
    let address = store.signed_url(Method::GET, &key, VALID).await?;
    Ok(Redirect::temporary(address.as_str()))
}

fn key(name: &str) -> Key {
    Key::from("files").join(name)
}

/// The answer to a request that failed.
enum Failure {
    Store(object_store::Error),
    Form(axum::extract::multipart::MultipartError),
}

impl From<object_store::Error> for Failure {
    fn from(error: object_store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<axum::extract::multipart::MultipartError> for Failure {
    fn from(error: axum::extract::multipart::MultipartError) -> Self {
        Self::Form(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Store(object_store::Error::NotFound { .. }) => StatusCode::NOT_FOUND.into_response(),
            Self::Store(_) => StatusCode::BAD_GATEWAY.into_response(),
            Self::Form(error) => error.into_response(),
        }
    }
}
