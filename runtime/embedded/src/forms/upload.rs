//! Stores the file of a form.

use super::{answer::Location, fields::Form};
use crate::{
    auth::signature::IN_QUERY,
    operations::{
        Service, put,
        tags::{self, Tagged},
    },
    storage::Error,
};
use http::{
    HeaderName, HeaderValue,
    header::{ETAG, HOST},
};
use percent_encoding::utf8_percent_encode;
use s3s::{
    S3, S3Request, S3Response, S3Result,
    dto::{ETag, PutObjectInput, PutObjectOutput, Tagging},
    xml::{DeResult, Deserialize, Deserializer},
};

/// The one operation for forms.
pub(super) struct Uploads(pub(super) Service);

#[async_trait::async_trait]
impl S3 for Uploads {
    /// The protocol layer turns a form into a PutObject.
    async fn put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        upload(&self.0, request).await
    }
}

async fn upload(
    service: &Service,
    mut request: S3Request<PutObjectInput>,
) -> S3Result<S3Response<PutObjectOutput>> {
    let form = request.extensions.remove::<Form>().unwrap_or_default();
    if let Some(acl) = form.acl {
        request.input.acl = Some(acl.into());
    }
    if let Some(document) = form.tagging {
        let tagging = tagging(&document).map_err(|_| Error::MalformedDocument)?;
        let tags = tags::from_document(tagging.tag_set, Tagged::Object)?;
        request.input.tagging = Some(tags::to_header(&tags));
    }
    let location = Location(location(&request));
    let mut response = put::object(service, request).await?;
    response.extensions.insert(location);
    if let Some(etag) = &mut response.output.e_tag {
        // The protocol layer would show the ETag without quotes in the document and the URL.
        let quoted = format!("\"{}\"", etag.value());
        *etag = ETag::Strong(quoted.clone());
        response
            .headers
            .extend(HeaderValue::try_from(quoted).map(|quoted| (ETAG, quoted)));
    }
    if let Some(version) = &response.output.version_id {
        let name = HeaderName::from_static("x-amz-version-id");
        response
            .headers
            .extend(HeaderValue::try_from(version).map(|version| (name, version)));
    }
    Ok(response)
}

fn tagging(document: &str) -> DeResult<Tagging> {
    let mut document = Deserializer::new(document.as_bytes());
    let tagging = Tagging::deserialize(&mut document)?;
    document.expect_eof()?;
    Ok(tagging)
}

/// Returns the object's URL, in which S3 also encodes slashes.
fn location(request: &S3Request<PutObjectInput>) -> String {
    let host = request.headers.get(HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let key = utf8_percent_encode(&request.input.key, IN_QUERY);
    format!("http://{host}/{}/{key}", request.input.bucket)
}
