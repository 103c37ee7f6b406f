//! An S3 service that somebody else runs: a cluster, a container of the CI service, a cloud for tests.
//!
//! Nothing on it is s3-test's but the buckets that it creates there (`claim.rs`).

mod endpoint;

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, LazyLock, atomic::AtomicBool},
    time::Duration,
};

use http::StatusCode;
use reqwest::Certificate;
use tokio::time::{Instant, sleep, timeout};

use self::endpoint::Endpoint;
use super::{Keeper, Server, registry::Slots};
use crate::{
    Backend, Error,
    options::ServerSettings,
    s3::{Admin, Failure, http_client},
    state::StateDirectory,
};

/// Says that a public address is for tests too.
const ALLOW_REMOTE: &str = "S3_TEST_ALLOW_REMOTE";
/// Names a file of certificate authorities.
pub(crate) const CA_BUNDLE: &str = "S3_TEST_CA_BUNDLE";

/// The variables that are no options, since nobody's code should set them.
pub(crate) const OWN_VARIABLES: [&str; 2] = [ALLOW_REMOTE, CA_BUNDLE];

/// The wait between two requests while the service may still be starting.
const PAUSE: Duration = Duration::from_millis(100);
/// A service that refuses requests for so long does not do so because it is still starting.
const REFUSAL_LIMIT: Duration = Duration::from_secs(5);

/// The service of these settings, which has answered a signed request.
pub(super) async fn acquire(settings: &ServerSettings) -> Result<Arc<Server>, Arc<Error>> {
    static SERVICES: LazyLock<Slots> = LazyLock::new(Slots::default);
    let endpoint = settings.endpoint.clone();
    let endpoint = endpoint.ok_or(Error::EndpointMissing)?;
    let state = StateDirectory::open()?;
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
    SERVICES.get(&key, state, connect).await
}

async fn connect(endpoint: &str, settings: ServerSettings) -> Result<Server, Error> {
    let endpoint = Endpoint::parse(endpoint)?;
    let addresses = endpoint.resolve(remote_is_allowed()?).await?;
    let ca_bundle = std::env::var_os(CA_BUNDLE)
        .filter(|path| !path.is_empty() && endpoint.is_https())
        .map(PathBuf::from);
    let authorities = match &ca_bundle {
        Some(path) => Some(authorities(path)?),
        // Without TLS nobody is asked; reading the system's takes time.
        None => (!endpoint.is_https()).then(Vec::new),
    };
    let http = http_client::pinned(endpoint.host(), &addresses, authorities).map_err(|error| {
        let message = crate::s3::innermost(&error);
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
        console_url: None,
        keeper: Keeper::External {
            identity: identity(&addresses),
            lost: AtomicBool::new(false),
        },
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

fn authorities(path: &PathBuf) -> Result<Vec<Certificate>, Error> {
    let unusable = |message: String| Error::CaBundle {
        path: path.clone(),
        message,
    };
    let bundle = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let authorities = Certificate::from_pem_bundle(&bundle)
        .map_err(|error| unusable(crate::s3::innermost(&error)))?;
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
    let mut last_answer = "no answer".to_owned();
    match timeout(limit, first_answer(admin, &mut last_answer)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Final::Refusal(message))) => Err(Error::ExternalRefused {
            endpoint: endpoint.to_string(),
            message,
        }),
        Ok(Err(Final::Certificate(message))) => Err(Error::CertificateRefused {
            endpoint: endpoint.to_string(),
            ca_bundle,
            message,
        }),
        Err(_elapsed) => {
            // Also in the words of the TLS library.
            if endpoint.is_https() && last_answer.contains("InvalidContentType") {
                last_answer += ", as from a service that speaks plain http";
            }
            Err(Error::ExternalNotReady {
                endpoint: endpoint.to_string(),
                limit,
                last_answer,
            })
        }
    }
}

/// A failure that waiting does not mend.
enum Final {
    Refusal(String),
    Certificate(String),
}

async fn first_answer(admin: &Admin, last_answer: &mut String) -> Result<(), Final> {
    let mut first_refusal = None;
    loop {
        let failure = match admin.check().await {
            Ok(()) => return Ok(()),
            Err(failure) => failure,
        };
        *last_answer = failure.to_string();
        match failure {
            // It knows the keys, which may do other things than list everybody's buckets.
            Failure::Refused(StatusCode::FORBIDDEN, message)
                if message.starts_with("AccessDenied") =>
            {
                return Ok(());
            }
            Failure::Refused(status, _) if !is_passing(status) => {
                let since = *first_refusal.get_or_insert_with(Instant::now);
                if since.elapsed() >= REFUSAL_LIMIT {
                    return Err(Final::Refusal(last_answer.clone()));
                }
            }
            // In the words of the TLS library, which has no type of its own at this distance.
            Failure::Unreachable(message) if message.contains("certificate") => {
                return Err(Final::Certificate(message));
            }
            _ => first_refusal = None,
        }
        sleep(PAUSE).await;
    }
}

/// Whether a service may say so while it starts or is busy.
fn is_passing(status: StatusCode) -> bool {
    status.is_server_error()
        || status == StatusCode::REQUEST_TIMEOUT
        || status == StatusCode::TOO_MANY_REQUESTS
}

/// What the names of locks tell the service by, whatever it is called: its addresses. FNV-1a, since the standard library's
/// hash may change with the compiler, and processes of different builds take turns too.
fn identity(addresses: &[SocketAddr]) -> String {
    let mut addresses: Vec<String> = addresses.iter().map(name_of).collect();
    addresses.sort_unstable();
    addresses.dedup();
    let text = addresses.join(" ");
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// This machine has many addresses of its own.
fn name_of(address: &SocketAddr) -> String {
    let ip = address.ip().to_canonical();
    if ip.is_loopback() || ip.is_unspecified() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_service_has_one_identity_whatever_it_is_called() {
        let of = |addresses: &[&str]| {
            let addresses = addresses
                .iter()
                .map(|address| address.parse().expect("an address"));
            identity(&addresses.collect::<Vec<_>>())
        };
        assert_eq!(
            of(&["127.0.0.1:9000"]),
            of(&["[::1]:9000", "127.0.0.1:9000"])
        );
        assert_eq!(
            of(&["10.0.0.1:9000", "10.0.0.2:9000"]),
            of(&["10.0.0.2:9000", "10.0.0.1:9000"])
        );
        assert_ne!(of(&["127.0.0.1:9000"]), of(&["127.0.0.1:9001"]));
        assert_ne!(of(&["10.0.0.1:9000"]), of(&["10.0.0.2:9000"]));
        assert_eq!(of(&[]).len(), 16);
    }
}
