//! The bucket in the words of programs and libraries that take no object: variables, options, properties.

use std::collections::HashMap;

use crate::{TestBucket, server::CA_BUNDLE};

/// For what makes its own client. Everything here holds the keys in plain text.
impl TestBucket {
    /// Environment variables that lead a program to the bucket: those of AWS' command line and SDKs, of boto3, of
    /// object_store's `from_env`, and the names that programs commonly read the bucket's own name from.
    ///
    /// The child inherits all other variables of the test. Remove by name what could stand in the way there: a profile or
    /// session token of the developer's, and a proxy that would be asked for the server on this machine.
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
    /// `S3_CONSOLE_URL` is there where the server has a web console, and `AWS_CA_BUNDLE` where an external endpoint of https
    /// has a certificate authority of its own (`S3_TEST_CA_BUNDLE`).
    #[must_use]
    pub fn env_vars(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("AWS_ENDPOINT_URL", self.endpoint().to_owned()),
            ("AWS_ENDPOINT_URL_S3", self.endpoint().to_owned()),
            ("AWS_ENDPOINT", self.endpoint().to_owned()),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "false".to_owned()),
            ("AWS_ACCESS_KEY_ID", self.access_key().to_owned()),
            ("AWS_SECRET_ACCESS_KEY", self.secret_key().to_owned()),
            ("AWS_REGION", self.region().to_owned()),
            ("AWS_DEFAULT_REGION", self.region().to_owned()),
            ("AWS_BUCKET", self.name().to_owned()),
            ("AWS_BUCKET_NAME", self.name().to_owned()),
            ("AWS_STORAGE_BUCKET_NAME", self.name().to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ];
        if self.endpoint().starts_with("https://")
            && let Ok(bundle) = std::env::var(CA_BUNDLE)
            && !bundle.is_empty()
        {
            variables.push(("AWS_CA_BUNDLE", bundle));
        }
        if let Some(url) = self.console_url() {
            variables.push(("S3_CONSOLE_URL", url.to_owned()));
        }
        variables
    }

    /// The options under which DataFusion, delta-rs, polars and others open `s3://` addresses, with the keys of
    /// object_store (any version since 0.12).
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
            // The same to object_store; delta-rs looks for the second itself.
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

    /// The properties of Iceberg's catalogs and `FileIO`. Apart from [`Self::storage_options`], because some who take
    /// those refuse a key that they do not know.
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
