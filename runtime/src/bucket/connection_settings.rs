//! Connection settings for programs and libraries that build their own client.

use std::collections::HashMap;

use super::TestBucket;
use crate::{options::CA_BUNDLE, server::Server};

/// Returns the variables that lead programs to a server, at this endpoint.
pub(crate) fn server_variables(server: &Server, endpoint: &str) -> Vec<(&'static str, String)> {
    let mut variables = vec![
        ("AWS_ENDPOINT_URL", endpoint.to_owned()),
        ("AWS_ENDPOINT_URL_S3", endpoint.to_owned()),
        ("AWS_ENDPOINT", endpoint.to_owned()),
        ("AWS_ALLOW_HTTP", "true".to_owned()),
        ("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "false".to_owned()),
        ("AWS_ACCESS_KEY_ID", server.access_key.clone()),
        ("AWS_SECRET_ACCESS_KEY", server.secret_key.clone()),
        ("AWS_REGION", server.region.clone()),
        ("AWS_DEFAULT_REGION", server.region.clone()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
    ];
    if endpoint.starts_with("https://")
        && let Ok(bundle) = std::env::var(CA_BUNDLE)
        && !bundle.is_empty()
    {
        variables.push(("AWS_CA_BUNDLE", bundle));
    }
    if let Some(url) = &server.console_url {
        variables.push(("S3_CONSOLE_URL", url.clone()));
    }
    variables
}

/// Connection settings for other clients. They hold the keys in plain text.
impl TestBucket {
    /// Returns the environment variables that lead a program to the bucket: those of AWS' command line and SDKs, of boto3
    /// and of object_store's `from_env`, and the common ones for a bucket's name.
    ///
    /// The child inherits all other variables of the test. Remove those that would interfere: the developer's profile or
    /// session token, and a proxy.
    ///
    /// ```
    /// use std::process::Command;
    ///
    /// use s3_test::{TestBucket, s3_test};
    ///
    /// # const PROGRAM: &str = "true";
    /// #[s3_test]
    /// async fn the_program_finds_the_bucket(bucket: TestBucket) {
    ///     let mut program = Command::new(PROGRAM); // env!("CARGO_BIN_EXE_my-program"), say
    ///     program.envs(bucket.env_vars());
    ///     for foreign in ["AWS_PROFILE", "AWS_SESSION_TOKEN", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
    ///         program.env_remove(foreign);
    ///     }
    ///     assert!(program.status().expect("the program runs").success());
    /// }
    /// ```
    ///
    /// `S3_CONSOLE_URL` is set if the server has a web console, and `AWS_CA_BUNDLE` if an external https endpoint has its own
    /// certificate authority (`S3_TEST_CA_BUNDLE`).
    #[must_use]
    pub fn env_vars(&self) -> Vec<(&'static str, String)> {
        let mut variables = server_variables(self.server(), self.endpoint());
        let names = ["AWS_BUCKET", "AWS_BUCKET_NAME", "AWS_STORAGE_BUCKET_NAME"];
        variables.extend(names.map(|name| (name, self.name().to_owned())));
        variables
    }

    /// Returns the options with which DataFusion, delta-rs, polars and others open `s3://` addresses. The keys are those of
    /// object_store 0.12 and later.
    ///
    /// ```
    /// use object_store::{ObjectStore, ObjectStoreExt, parse_url_opts};
    /// use s3_test::{TestBucket, s3_test};
    ///
    /// #[s3_test]
    /// async fn an_address_is_opened(bucket: TestBucket) -> Result<(), Box<dyn std::error::Error>> {
    ///     let address = format!("s3://{}/folder", bucket.name()).parse()?;
    ///     let (store, folder) = parse_url_opts(&address, bucket.storage_options())?;
    ///     store.put(&folder.join("greeting"), "hello".into()).await?;
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn storage_options(&self) -> HashMap<String, String> {
        properties([
            // object_store takes either; delta-rs reads the second itself.
            ("aws_endpoint", self.endpoint()),
            ("aws_endpoint_url", self.endpoint()),
            ("aws_allow_http", "true"),
            ("aws_virtual_hosted_style_request", "false"),
            ("aws_access_key_id", self.access_key()),
            ("aws_secret_access_key", self.secret_key()),
            ("aws_region", self.region()),
            ("aws_bucket", self.name()),
            // With these delta-rs commits without a lock in DynamoDB.
            ("aws_conditional_put", "etag"),
            ("aws_copy_if_not_exists", "multipart"),
        ])
    }

    /// Returns the properties of Iceberg's catalogs and `FileIO`. They are separate from [`Self::storage_options`], because
    /// some libraries refuse unknown keys.
    ///
    /// ```
    /// use s3_test::{TestBucket, s3_test};
    ///
    /// #[s3_test]
    /// async fn a_warehouse(bucket: TestBucket) {
    ///     let mut properties = bucket.iceberg_properties();
    ///     properties.insert("warehouse".to_owned(), format!("s3://{}/warehouse", bucket.name()));
    ///     assert_eq!(properties["s3.endpoint"], bucket.endpoint());
    /// }
    /// ```
    #[must_use]
    pub fn iceberg_properties(&self) -> HashMap<String, String> {
        properties([
            ("s3.endpoint", self.endpoint()),
            ("s3.region", self.region()),
            ("s3.access-key-id", self.access_key()),
            ("s3.secret-access-key", self.secret_key()),
            ("s3.path-style-access", "true"),
        ])
    }
}

fn properties<const N: usize>(pairs: [(&str, &str); N]) -> HashMap<String, String> {
    let owned = pairs.map(|(key, value)| (key.to_owned(), value.to_owned()));
    owned.into()
}
