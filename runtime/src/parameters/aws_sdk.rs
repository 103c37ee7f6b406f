//! The client of the AWS SDK for Rust, and the configuration from which a project makes its own.

use aws_sdk_s3::{
    Client,
    config::{
        BehaviorVersion, Builder, Credentials, Region, RuntimeComponents, SharedCredentialsProvider,
    },
    primitives::{ByteStream, SdkBody},
};
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_types::SdkConfig;
use object_store::client::{HttpClient as SharedClient, HttpError, HttpErrorKind};

use super::{BoxError, FromBucket};
use crate::bucket::TestBucket;

impl FromBucket for SdkConfig {
    async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
        let credentials = Credentials::new(
            bucket.access_key(),
            bucket.secret_key(),
            None,
            None,
            "s3-test",
        );
        Ok(SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(bucket.endpoint())
            .region(Region::new(bucket.region().to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(Bridge(bucket.http_client().clone()))
            .build())
    }
}

impl FromBucket for Client {
    async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
        let config = SdkConfig::from_bucket(bucket).await?;
        let config = Builder::from(&config).force_path_style(true).build();
        Ok(Self::from_conf(config))
    }
}

/// The way from the SDK's requests to the one HTTP client of this process and back. The SDK's own client would ask the
/// shell for proxies and the system for certificates.
#[derive(Debug, Clone)]
struct Bridge(SharedClient);

impl HttpClient for Bridge {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Bridge {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self(client) = self.clone();
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x().map_err(cannot_be_sent)?;
            let (parts, body) = request.into_parts();
            let body = ByteStream::new(body).collect().await;
            let body = body.map_err(cannot_be_sent)?.into_bytes();
            let request = http::Request::from_parts(parts, body.into());
            let response = client.execute(request).await.map_err(translated)?;
            HttpResponse::try_from(response.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

fn cannot_be_sent(error: impl Into<BoxError>) -> ConnectorError {
    ConnectorError::user(error.into())
}

/// The same error; what it is decides whether the SDK tries again.
fn translated(error: HttpError) -> ConnectorError {
    match error.kind() {
        HttpErrorKind::Timeout => ConnectorError::timeout(error.into()),
        _ => ConnectorError::io(error.into()),
    }
}
