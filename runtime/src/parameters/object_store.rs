//! The types of object_store, in every version that a project may use.

use crate::s3::http_client::SharedConnector;

/// The stores of one version of object_store. All have the same settings; what differs is the function `connector` beside
/// them, which gives a type of that version.
macro_rules! stores {
    ($object_store:ident) => {
        use std::sync::Arc;

        use ::$object_store::{
            ObjectStore,
            aws::{AmazonS3, AmazonS3Builder, S3CopyIfNotExists},
            list::PaginatedListStore,
            multipart::MultipartStore,
            signer::Signer,
        };

        use crate::{BoxError, FromBucket, TestBucket};

        /// The configuration of a store for this bucket.
        pub(crate) fn builder(bucket: &TestBucket) -> AmazonS3Builder {
            AmazonS3Builder::new()
                .with_endpoint(bucket.endpoint())
                .with_allow_http(true)
                .with_virtual_hosted_style_request(false)
                .with_region(bucket.region())
                .with_bucket_name(bucket.name())
                .with_access_key_id(bucket.access_key())
                .with_secret_access_key(bucket.secret_key())
                // Without it object_store refuses `copy_if_not_exists`, which the server can do.
                .with_copy_if_not_exists(S3CopyIfNotExists::Multipart)
                .with_http_connector(connector(bucket))
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

/// The way from another version's requests to the one HTTP client of this process and back, so that neither that
/// version's own client nor what it makes of the shell's proxy variables matters.
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

        /// The same error; its kind decides whether the store tries again.
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
    bridge!(object_store_0_13);
    stores!(object_store_0_13);
}

#[cfg(feature = "object_store_0_12")]
mod version_0_12 {
    bridge!(object_store_0_12);
    stores!(object_store_0_12);
}
