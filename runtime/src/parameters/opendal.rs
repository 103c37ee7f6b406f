//! OpenDAL's operator.

use futures_util::TryStreamExt;
use http::{Method, Request, Response};
use http_body_util::BodyDataStream;
use object_store::client::{HttpClient, HttpError, HttpRequestBody};
use opendal::{
    Buffer, Error, ErrorKind, HttpBody, HttpTransport, HttpTransporter, OperationContext, Operator,
    services::S3,
};

use super::{BoxError, FromBucket};
use crate::bucket::TestBucket;

impl FromBucket for Operator {
    async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
        let service = S3::default()
            .endpoint(bucket.endpoint())
            .bucket(bucket.name())
            .region(bucket.region())
            .access_key_id(bucket.access_key())
            .secret_access_key(bucket.secret_key())
            .disable_config_load()
            .disable_ec2_metadata();
        let transport = HttpTransporter::new(Bridge(bucket.http_client().clone()));
        let context = OperationContext::new().with_http_transport(transport);
        Ok(Self::new(service)?.with_context(context))
    }
}

/// The way from OpenDAL's requests to the one HTTP client of this process and back. OpenDAL's own client would ask the
/// shell for proxies and the system for certificates.
struct Bridge(HttpClient);

impl HttpTransport for Bridge {
    async fn fetch(&self, request: Request<Buffer>) -> opendal::Result<Response<HttpBody>> {
        let (parts, body) = request.into_parts();
        // The answer to it tells a length that its body does not have.
        let headers_only = parts.method == Method::HEAD;
        let body = HttpRequestBody::from(body.to_bytes());
        let response = self.0.execute(Request::from_parts(parts, body)).await;
        let response = response.map_err(translated)?;
        let length = response.headers().get(http::header::CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
        let length = length.filter(|_| !headers_only);
        Ok(response.map(|body| {
            let body = BodyDataStream::new(body);
            HttpBody::new(body.map_ok(Buffer::from).map_err(translated), length)
        }))
    }
}

fn translated(error: HttpError) -> Error {
    Error::new(ErrorKind::Unexpected, "the HTTP request failed")
        .set_temporary()
        .set_source(error)
}
