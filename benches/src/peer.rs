//! Code that people write by hand without s3-test: containers through testcontainers, stores through
//! `AmazonS3Builder`.
//!
//! Everything that is not the point of the comparison is as quick as s3-test has it: readiness is a signed request
//! that succeeds, polled every 10 ms, and buckets are created through one shared client.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use object_store::aws::{AmazonS3, AmazonS3Builder};
use testcontainers::{
    ContainerAsync, GenericImage, ImageExt, core::IntoContainerPort, runners::AsyncRunner,
};

use crate::{
    docker::{IMAGE, LABEL, LABEL_VARIABLE, TMPFS},
    s3,
};

/// The variable that has the server keep its data in memory, as s3-test does.
pub const TMPFS_VARIABLE: &str = "BENCH_TMPFS";
/// The variable that names a server which runs already, instead of a container.
pub const ENDPOINT_VARIABLE: &str = "BENCH_ENDPOINT";

/// A server in a container of its own, or one that runs already.
#[derive(Debug)]
pub struct Peer {
    server: s3::Server,
    endpoint: String,
    _container: Option<ContainerAsync<GenericImage>>,
}

impl Peer {
    /// Starts a container, if no server runs, and waits until its server answers.
    ///
    /// # Panics
    ///
    /// When Docker refuses, or outside of a benchmark.
    pub async fn start() -> Self {
        if let Ok(endpoint) = std::env::var(ENDPOINT_VARIABLE) {
            return Self {
                server: s3::Server::new(&endpoint),
                endpoint,
                _container: None,
            };
        }
        let label = std::env::var(LABEL_VARIABLE).expect("the benchmark says whose this is");
        let mut request = GenericImage::new(IMAGE.0, IMAGE.1)
            .with_exposed_port(9000.tcp())
            .with_label(LABEL, label);
        if std::env::var_os(TMPFS_VARIABLE).is_some() {
            request = request.with_host_config_modifier(|host| {
                host.tmpfs = Some(HashMap::from([("/data".to_owned(), TMPFS.to_owned())]));
            });
        }
        let container = request.start().await.expect("a container");
        let port = container.get_host_port_ipv4(9000).await.expect("a port");
        let endpoint = format!("http://127.0.0.1:{port}");
        let server = s3::Server::new(&endpoint);
        server.ready().await;
        Self {
            server,
            endpoint,
            _container: Some(container),
        }
    }

    /// A store of its own for a new bucket.
    ///
    /// # Panics
    ///
    /// When the server refuses.
    pub async fn store(&self) -> AmazonS3 {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let bucket = format!("bucket-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        self.server.create_bucket(&bucket).await;
        AmazonS3Builder::new()
            .with_endpoint(&self.endpoint)
            .with_allow_http(true)
            .with_region(s3::REGION)
            .with_bucket_name(bucket)
            .with_access_key_id(s3::KEY)
            .with_secret_access_key(s3::KEY)
            .build()
            .expect("a store")
    }
}
