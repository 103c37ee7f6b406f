//! Requests made by hand, with the client that s3-test uses: object_store's authorizer over one shared connection
//! pool, on a runtime of its own.

use std::{sync::OnceLock, time::Duration};

use http::{Method, Request};
use object_store::{
    aws::{AwsAuthorizer, AwsCredential},
    client::{HttpClient, HttpRequestBody, SpawnService},
};
use s3_test::TestBucket;
use tokio::runtime::{Builder, Runtime};

/// Both keys of a server that was started without any.
pub const KEY: &str = "rustfsadmin";
/// The region of a server that was started without one.
pub const REGION: &str = "us-east-1";

/// A server as its administrator sees it.
#[derive(Debug)]
pub struct Server {
    endpoint: String,
    credential: AwsCredential,
    client: HttpClient,
}

impl Server {
    /// A server with the default keys. It has a client of its own, without connections yet.
    #[must_use]
    pub fn new(endpoint: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            credential: AwsCredential {
                key_id: KEY.to_owned(),
                secret_key: KEY.to_owned(),
                token: None,
            },
            client: client(),
        }
    }

    /// The server of a test's bucket.
    #[must_use]
    pub fn of(bucket: &TestBucket) -> Self {
        Self::new(bucket.endpoint())
    }

    /// Lists the buckets.
    ///
    /// # Errors
    ///
    /// The reason of a failure, for people.
    pub async fn check(&self) -> Result<(), String> {
        self.send(Method::GET, "").await
    }

    /// Asks every 10 ms until the server does what it is asked.
    ///
    /// # Panics
    ///
    /// When this takes longer than a minute.
    pub async fn ready(&self) {
        let answered = async {
            while self.check().await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), answered)
            .await
            .expect("the server answers within a minute");
    }

    /// Creates a bucket.
    ///
    /// # Panics
    ///
    /// When the server refuses.
    pub async fn create_bucket(&self, bucket: &str) {
        let created = self.send(Method::PUT, bucket).await;
        created.expect("a bucket is created");
    }

    /// Deletes a bucket.
    ///
    /// # Panics
    ///
    /// When the server refuses.
    pub async fn delete_bucket(&self, bucket: &str) {
        let deleted = self.send(Method::DELETE, bucket).await;
        deleted.expect("a bucket is deleted");
    }

    async fn send(&self, method: Method, bucket: &str) -> Result<(), String> {
        let mut request = Request::builder()
            .method(&method)
            .uri(format!("{}/{bucket}", self.endpoint));
        if method == Method::DELETE {
            request = request.header("x-rustfs-force-delete", "true");
        }
        let mut request = request
            .body(HttpRequestBody::empty())
            .map_err(|error| error.to_string())?;
        AwsAuthorizer::new(&self.credential, "s3", REGION)
            .try_authorize(&mut request, None)
            .map_err(|error| error.to_string())?;
        let response = self.client.execute(request).await;
        let response = response.map_err(|error| error.to_string())?;
        let status = response.status();
        let body = response.into_body().bytes().await;
        let body = body.map_err(|error| error.to_string())?;
        if status.is_success() {
            return Ok(());
        }
        Err(format!("{status}: {}", String::from_utf8_lossy(&body)))
    }
}

fn client() -> HttpClient {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime of two threads")
    });
    let client = reqwest::Client::builder()
        .no_proxy()
        .http1_only()
        .tls_certs_only([])
        .build()
        .expect("an HTTP client without proxy and certificates");
    HttpClient::new(SpawnService::new(client, runtime.handle().clone()))
}
