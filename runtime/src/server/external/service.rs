//! Connects to an external service. s3-test owns nothing there but the buckets that it creates (`bucket/ownership.rs`).

use std::{
    path::PathBuf,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use http::StatusCode;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use tokio::time::timeout;

use super::{endpoint::Endpoint, identity::identity};
use crate::{
    error::Error,
    options::{ALLOW_REMOTE, Backend, CA_BUNDLE, ServerSettings},
    process::waiting,
    s3::{Admin, Failure, Pinned, Trust, http_client, innermost},
    server::{
        container::image::FORCE_DELETE,
        handle::{Keeper, Server},
        ready::{Verdict, first_answer},
        registry::Registry,
    },
    state::StateDirectory,
};

/// A service that somebody else keeps alive.
#[derive(Debug)]
struct Service {
    identity: String,
    /// Set when a request has shown that the service is gone.
    lost: AtomicBool,
}

/// Nothing watches the service. A body that cannot reach it fails by itself or by its timeout.
impl Keeper for Service {
    fn shared_identity(&self) -> Option<&str> {
        Some(&self.identity)
    }

    fn set_lost(&self) {
        self.lost.store(true, Ordering::Relaxed);
    }

    fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }
}

/// Returns the service of these settings after it has answered a signed request.
pub(in crate::server) async fn acquire(
    settings: &ServerSettings,
) -> Result<Arc<Server>, Arc<Error>> {
    static SERVICES: LazyLock<Registry> = LazyLock::new(Registry::default);
    let endpoint = settings.endpoint.clone();
    let endpoint = endpoint.ok_or(Error::EndpointMissing)?;
    // Before anything is created there: locks must be possible.
    StateDirectory::open()?;
    let key = [
        &endpoint,
        &settings.access_key,
        &settings.secret_key,
        &settings.region,
    ]
    .map(String::as_str)
    .join("\0");
    let settings = settings.clone();
    let connect = async move { connect(&endpoint, settings).await };
    SERVICES.get(&key, connect).await
}

async fn connect(endpoint: &str, settings: ServerSettings) -> Result<Server, Error> {
    let endpoint = Endpoint::parse(endpoint)?;
    let addresses = endpoint.resolve(remote_is_allowed()?).await?;
    let ca_bundle = std::env::var_os(CA_BUNDLE)
        .filter(|path| !path.is_empty() && endpoint.is_https())
        .map(PathBuf::from);
    let trust = match &ca_bundle {
        Some(path) => Trust::Only(authorities(path)?),
        None if endpoint.is_https() => Trust::System,
        None => Trust::Nobody,
    };
    let identity = identity(&addresses);
    let pinned = Pinned::new(endpoint.host(), addresses, trust);
    let http = http_client::pinned(&pinned).map_err(|error| {
        let message = innermost(&error);
        match ca_bundle.clone() {
            Some(path) => Error::CaBundle { path, message },
            None => Error::CertificateRefused {
                endpoint: endpoint.to_string(),
                ca_bundle: None,
                message,
            },
        }
    })?;
    let admin = Admin::with_client(
        endpoint.as_str(),
        &settings.region,
        &settings.access_key,
        &settings.secret_key,
        http,
    );
    ready(&admin, &endpoint, ca_bundle, settings.startup_timeout).await?;
    Ok(Server {
        backend: Backend::External,
        description: format!("the S3 service at {endpoint}"),
        endpoint: endpoint.to_string(),
        pinned: Some(pinned),
        console_url: None,
        force_delete: FORCE_DELETE,
        keeper: Box::new(Service {
            identity,
            lost: AtomicBool::new(false),
        }),
        swept: AtomicBool::new(false),
        access_key: settings.access_key,
        secret_key: settings.secret_key,
        region: settings.region,
        admin,
    })
}

fn remote_is_allowed() -> Result<bool, Error> {
    match std::env::var(ALLOW_REMOTE) {
        Err(_) => Ok(false),
        Ok(value) => match value.as_str() {
            "1" => Ok(true),
            "" | "0" => Ok(false),
            _ => Err(Error::InvalidOption {
                place: format!("the variable {ALLOW_REMOTE}"),
                value,
                problem: "it is either `1` or `0`".to_owned(),
            }),
        },
    }
}

fn authorities(path: &PathBuf) -> Result<Vec<CertificateDer<'static>>, Error> {
    let unusable = |message: String| Error::CaBundle {
        path: path.clone(),
        message,
    };
    let bundle = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let authorities: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bundle).collect();
    let authorities = authorities.map_err(|error| unusable(error.to_string()))?;
    if authorities.is_empty() {
        return Err(unusable("there is no certificate in it".to_owned()));
    }
    Ok(authorities)
}

/// Waits until a signed request succeeds: the service may still be starting.
async fn ready(
    admin: &Admin,
    endpoint: &Endpoint,
    ca_bundle: Option<PathBuf>,
    limit: Duration,
) -> Result<(), Error> {
    let mut last_failure = None;
    let endpoint_text = endpoint.to_string();
    let what = || format!("an answer of the S3 service at {endpoint_text}");
    let answer = timeout(limit, first_answer(admin, judge, &mut last_failure));
    let answered = waiting::told(what, answer).await;
    match answered {
        Ok(Ok(())) => Ok(()),
        Ok(Err(failure)) if is_closed(&failure) => Err(Error::ExternalClosed {
            endpoint: endpoint_text,
        }),
        Ok(Err(Failure::Unreachable(message))) => Err(Error::CertificateRefused {
            endpoint: endpoint_text,
            ca_bundle,
            message,
        }),
        Ok(Err(refusal)) if refusal.is_about_clocks() => Err(Error::ClocksApart {
            endpoint: endpoint_text,
            message: refusal.to_string(),
        }),
        Ok(Err(refusal)) => Err(Error::ExternalRefused {
            endpoint: endpoint_text,
            message: refusal.to_string(),
        }),
        Err(_elapsed) => {
            let mut last_answer =
                last_failure.map_or_else(|| "no answer".to_owned(), |failure| failure.to_string());
            // The TLS library's word for an answer that is not TLS.
            if endpoint.is_https() && last_answer.contains("InvalidContentType") {
                last_answer += ", as from a service that speaks plain http";
            }
            Err(Error::ExternalNotReady {
                endpoint: endpoint_text,
                limit,
                last_answer,
            })
        }
    }
}

fn judge(failure: &Failure) -> Verdict {
    match failure {
        // The service knows the keys, which may not list all buckets.
        Failure::Refused(StatusCode::FORBIDDEN, message) if message.starts_with("AccessDenied") => {
            Verdict::Ready
        }
        Failure::Refused(status, _) if !is_passing(*status) => Verdict::Refusing,
        // Nobody listens there. A service that only starts listens soon.
        failure if is_closed(failure) => Verdict::Refusing,
        // The error of the TLS library has no type at this distance.
        Failure::Unreachable(message) if message.contains("certificate") => Verdict::Final,
        _ => Verdict::Starting,
    }
}

/// Returns true if the machine answered that nobody listens at the port. The error has no type at this distance.
fn is_closed(failure: &Failure) -> bool {
    matches!(failure, Failure::Unreachable(message) if message.contains("refused"))
}

/// Returns true for a status that a service may answer while it starts or is busy.
fn is_passing(status: StatusCode) -> bool {
    status.is_server_error()
        || status == StatusCode::REQUEST_TIMEOUT
        || status == StatusCode::TOO_MANY_REQUESTS
}
