//! Parameters of object_store, in each of its supported versions.

use crate::{bucket::store::store_builder, s3::http_client::SharedConnector};

/// Implements the parameters for one version of object_store. A function `connector` beside them returns a connector of
/// that version.
macro_rules! stores {
    ($object_store:ident) => {
        use std::sync::Arc;

        use ::$object_store::{
            ObjectStore,
            aws::{AmazonS3, AmazonS3Builder},
            list::PaginatedListStore,
            multipart::MultipartStore,
            signer::Signer,
        };

        use crate::parameters::{BoxError, FromBucket};
        use crate::bucket::TestBucket;

        fn builder(bucket: &TestBucket) -> AmazonS3Builder {
            store_builder!($object_store, bucket, connector(bucket))
        }

        impl FromBucket for AmazonS3Builder {
            async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
                Ok(builder(bucket))
            }
        }

        impl FromBucket for AmazonS3 {
            async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
                Ok(builder(bucket).build()?)
            }
        }

        stores! { in boxes:
            Arc<AmazonS3>, Arc<dyn ObjectStore>, Arc<dyn MultipartStore>, Arc<dyn PaginatedListStore>, Arc<dyn Signer>,
            Box<dyn ObjectStore>
        }
    };
    (in boxes: $($pointer:ident<$pointee:ty>),+) => {$(
        impl FromBucket for $pointer<$pointee> {
            async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
                Ok($pointer::new(builder(bucket).build()?))
            }
        }
    )+};
}

/// Sends the requests of another version through this process' HTTP client, which ignores the shell's proxy variables.
#[cfg(any(feature = "object_store_0_12", feature = "object_store_0_13"))]
macro_rules! bridge {
    ($object_store:ident) => {
        use async_trait::async_trait;
        use http_body_util::BodyExt;
        use object_store::client::{
            HttpClient as SharedClient, HttpError as SharedError, HttpErrorKind as SharedErrorKind,
        };

        use ::$object_store::{
            ClientOptions,
            client::{
                HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
                HttpResponseBody, HttpService,
            },
        };

        fn connector(bucket: &TestBucket) -> Bridge {
            Bridge(bucket.http_client().clone())
        }

        #[derive(Debug, Clone)]
        struct Bridge(SharedClient);

        impl HttpConnector for Bridge {
            fn connect(&self, _options: &ClientOptions) -> ::$object_store::Result<HttpClient> {
                Ok(HttpClient::new(self.clone()))
            }
        }

        #[async_trait]
        impl HttpService for Bridge {
            async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
                let (parts, body) = request.into_parts();
                let body = body.collect().await?.to_bytes();
                let request = http::Request::from_parts(parts, body.into());
                let response = self.0.execute(request).await.map_err(translated)?;
                Ok(response.map(|body| HttpResponseBody::new(body.map_err(translated))))
            }
        }

        /// Translates an error. Its kind decides whether the store tries again.
        fn translated(error: SharedError) -> HttpError {
            let kind = match error.kind() {
                SharedErrorKind::Connect => HttpErrorKind::Connect,
                SharedErrorKind::Request => HttpErrorKind::Request,
                SharedErrorKind::Timeout => HttpErrorKind::Timeout,
                SharedErrorKind::Interrupted => HttpErrorKind::Interrupted,
                SharedErrorKind::Decode => HttpErrorKind::Decode,
                _ => HttpErrorKind::Unknown,
            };
            HttpError::new(kind, error)
        }
    };
}

stores!(object_store);

fn connector(bucket: &TestBucket) -> SharedConnector {
    SharedConnector(bucket.http_client().clone())
}

#[cfg(feature = "object_store_0_13")]
mod version_0_13 {
    use super::store_builder;
    bridge!(object_store_0_13);
    stores!(object_store_0_13);
}

#[cfg(feature = "object_store_0_12")]
mod version_0_12 {
    use super::store_builder;
    bridge!(object_store_0_12);
    stores!(object_store_0_12);
}
