//! Tests of the service through HTTP, as a browser uses it.

use example_axum_uploads::app;
use object_store::aws::AmazonS3;
use reqwest::{
    Client, StatusCode,
    multipart::{Form, Part},
};
use s3_test::{BoxError, Operation, Requests, s3_test};
use tokio::net::TcpListener;

/// Serves the application until the test's runtime ends, and returns its address.
async fn serve(store: AmazonS3) -> Result<String, BoxError> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app(store)).await });
    Ok(address)
}

fn client() -> Result<Client, BoxError> {
    Ok(Client::builder().no_proxy().build()?)
}

fn form(name: &'static str, content: Vec<u8>) -> Form {
    Form::new().part("file", Part::bytes(content).file_name(name))
}

#[s3_test]
async fn a_file_is_uploaded_and_downloaded(store: AmazonS3, requests: Requests) -> Result<(), BoxError> {
    let service = serve(store).await?;
    let client = client()?;
    let content: Vec<u8> = (0..12 << 20).map(|byte: u32| byte as u8).collect();

    let request = client.post(format!("{service}/files"));
    let answer = request.multipart(form("film.mp4", content.clone())).send().await?;
    assert_eq!(answer.status(), StatusCode::CREATED);
    // It went up in parts of five megabytes, as it came.
    assert_eq!(requests.operation(Operation::UploadPart).count(), 3, "{requests}");
    assert_eq!(requests.operation(Operation::PutObject).count(), 0, "{requests}");

    // The client follows the redirect to S3.
    let answer = client.get(format!("{service}/files/film.mp4")).send().await?;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.url().query().is_some_and(|query| query.contains("X-Amz-Signature")));
    assert!(answer.bytes().await? == content);
    Ok(())
}

#[s3_test]
async fn a_missing_file_is_not_found(store: AmazonS3) -> Result<(), BoxError> {
    let service = serve(store).await?;
    let answer = client()?.get(format!("{service}/files/none.txt")).send().await?;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    Ok(())
}

/// An upload that breaks off leaves no parts behind, which would be paid for.
#[s3_test]
async fn a_broken_upload_is_given_up(store: AmazonS3, requests: Requests) -> Result<(), BoxError> {
    let service = serve(store).await?;
    let head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"film.mp4\"\r\n\r\n";
    // The end of the form is missing.
    let body = [head.as_bytes(), &vec![7; 6 << 20]].concat();
    let request = client()?.post(format!("{service}/files"));
    let request = request.header("content-type", "multipart/form-data; boundary=x");
    let answer = request.body(body).send().await?;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(requests.operation(Operation::AbortMultipartUpload).count(), 1, "{requests}");
    Ok(())
}
