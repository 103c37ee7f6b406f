//! An S3 service behind TLS, with a certificate authority of its own.

use std::{fs, path::Path, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use s3_test_suite::{Finished, Sandbox};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

use crate::{
    errors::message,
    service::{Service, command},
};

/// An authority, and the certificate file that makes a client believe it.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    /// A server's side of TLS, for `localhost`.
    fn acceptor(&self) -> TlsAcceptor {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("protocol versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a configuration");
        TlsAcceptor::from(Arc::new(config))
    }

    /// TLS in front of the service; the endpoint.
    fn in_front_of(&self, service: &Service) -> String {
        let acceptor = self.acceptor();
        in_front_of(service, move || acceptor.clone())
    }
}

/// TLS in front of the service, chosen for each connection; the endpoint.
fn in_front_of(service: &Service, tls: impl Fn() -> TlsAcceptor + Send + 'static) -> String {
    let upstream = service
        .endpoint
        .strip_prefix("http://")
        .expect("plain HTTP")
        .to_owned();
    let listener = service
        .runtime
        .block_on(TcpListener::bind("127.0.0.1:0"))
        .expect("a port");
    let port = listener.local_addr().expect("an address").port();
    service.runtime.spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let (acceptor, upstream) = (tls(), upstream.clone());
            tokio::spawn(async move {
                let Ok(mut client) = acceptor.accept(connection).await else {
                    return;
                };
                let mut server = TcpStream::connect(upstream).await.expect("the service");
                let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    format!("https://localhost:{port}")
}

fn write(sandbox: &Sandbox, name: &str, text: &str) -> String {
    let path = sandbox.path().join(name);
    fs::write(&path, text).expect("a file");
    path.display().to_string()
}

#[test]
fn tests_pass_behind_tls_with_an_authority_of_its_own() {
    let (service, sandbox, authority) = (
        Service::embedded(),
        Sandbox::without_engine(),
        Authority::new("an authority"),
    );
    let endpoint = authority.in_front_of(&service);
    let bundle = write(&sandbox, "authority.pem", &authority.pem);
    for (subject, tests, count) in [
        ("hundred", "t0", 100),
        ("external", "hands_over_its_authority", 1),
    ] {
        let mut command = command(&sandbox, subject, &endpoint);
        command.arg(tests).env("S3_TEST_CA_BUNDLE", &bundle);
        let finished: Finished = command.output().expect("the subject runs").into();
        assert_eq!(finished.passed().passed_tests(), count);
    }
    assert!(service.buckets().is_empty());
}

/// Clients speak plain http to the gateway, and the gateway TLS to the service.
#[test]
fn requests_are_seen_and_broken_in_front_of_tls() {
    let (service, sandbox, authority) = (
        Service::embedded(),
        Sandbox::without_engine(),
        Authority::new("an authority"),
    );
    let endpoint = authority.in_front_of(&service);
    let mut command = command(&sandbox, "external", &endpoint);
    command.arg("sees_and_breaks_requests");
    let bundle = write(&sandbox, "authority.pem", &authority.pem);
    command.env("S3_TEST_CA_BUNDLE", &bundle);
    let finished: Finished = command.output().expect("the subject runs").into();
    assert_eq!(finished.passed().passed_tests(), 1);
    assert!(service.buckets().is_empty());
}

/// The gateway believes whom the stores believe. s3-test itself talks to the service by a connection that it has already.
#[test]
fn an_impostor_gets_no_request_from_the_gateway() {
    let (service, sandbox, authority) = (
        Service::embedded(),
        Sandbox::without_engine(),
        Authority::new("an authority"),
    );
    let (right, wrong) = (authority.acceptor(), Authority::new("another").acceptor());
    let impostor = sandbox.path().join("impostor");
    let marked = impostor.clone();
    let endpoint = in_front_of(&service, move || match marked.exists() {
        true => wrong.clone(),
        false => right.clone(),
    });
    let mut command = command(&sandbox, "external", &endpoint);
    command.arg("meets_an_impostor");
    let bundle = write(&sandbox, "authority.pem", &authority.pem);
    command.env("S3_TEST_CA_BUNDLE", &bundle);
    command.env("SUITE_IMPOSTOR", impostor);
    let finished: Finished = command.output().expect("the subject runs").into();
    assert_eq!(finished.passed().passed_tests(), 1);
    assert!(service.buckets().is_empty());
}

#[test]
fn a_certificate_of_another_authority_is_refused() {
    let (service, sandbox, authority) = (
        Service::embedded(),
        Sandbox::without_engine(),
        Authority::new("an authority"),
    );
    let endpoint = authority.in_front_of(&service);
    let remedy = "Set S3_TEST_CA_BUNDLE to a PEM file with the certificate of the authority that signed it, and use a \
                  host name that stands in it.";
    let other = write(&sandbox, "other.pem", &Authority::new("another").pem);
    assert_eq!(
        message(&endpoint, &[("S3_TEST_CA_BUNDLE", &other)]),
        format!(
            "the S3 service at {endpoint} has a certificate that the authorities in {other} (variable S3_TEST_CA_BUNDLE) \
             do not accept: invalid peer certificate: UnknownIssuer. {remedy}"
        )
    );
    assert_eq!(
        message(&endpoint, &[]),
        format!(
            "the S3 service at {endpoint} has a certificate that this system's authorities do not accept: invalid peer \
             certificate: UnknownIssuer. {remedy}"
        )
    );
    // Another name of the same host.
    let bundle = write(&sandbox, "authority.pem", &authority.pem);
    let by_address = endpoint.replace("localhost", "127.0.0.1");
    let message = message(&by_address, &[("S3_TEST_CA_BUNDLE", &bundle)]);
    assert!(
        message.starts_with(&format!(
            "the S3 service at {by_address} has a certificate that the authorities in {bundle}"
        )),
        "{message}"
    );
    assert!(message.ends_with(remedy), "{message}");
}

#[test]
fn a_file_of_authorities_that_is_none() {
    let sandbox = Sandbox::without_engine();
    let nothing = write(&sandbox, "nothing.pem", "no certificate");
    let broken = write(
        &sandbox,
        "broken.pem",
        "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n",
    );
    for (file, reason) in [
        (
            "/no/such/file.pem",
            "No such file or directory (os error 2)",
        ),
        (nothing.as_str(), "there is no certificate in it"),
        (broken.as_str(), ""),
    ] {
        let message = message("https://localhost:9", &[("S3_TEST_CA_BUNDLE", file)]);
        let start = format!(
            "the certificate authorities in {} (variable S3_TEST_CA_BUNDLE) cannot be used: {reason}",
            Path::new(file).display()
        );
        assert!(message.starts_with(&start), "{message}");
        assert!(
            message.ends_with(
                ". Name a PEM file with the certificate of the authority that signed the S3 service's, or unset the \
                 variable to use the system's authorities."
            ),
            "{message}"
        );
    }
    // Plain HTTP asks nobody.
    let service = Service::embedded();
    let mut command = service.command(&sandbox, "twenty_a");
    command
        .arg("a00")
        .env("S3_TEST_CA_BUNDLE", "/no/such/file.pem");
    let finished: Finished = command.output().expect("the subject runs").into();
    finished.passed();
}
