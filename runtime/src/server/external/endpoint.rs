//! The endpoint of an external service, and the rules for addresses that tests may use.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use reqwest::Url;

use crate::error::Error;

/// The limit for resolving a host name.
const RESOLVE_LIMIT: Duration = Duration::from_secs(10);
/// The domains that tests may use only with permission, wherever their names lead.
const CLOUDS: [&str; 3] = ["amazonaws.com", "amazonaws.com.cn", "amazonaws.eu"];

/// An endpoint: scheme, host and port, and nothing else.
#[derive(Debug)]
pub(super) struct Endpoint {
    url: Url,
    /// Without a slash at the end.
    text: String,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Endpoint {
    /// Parses an endpoint that follows the rules of the option `endpoint`. The URL's parser judges the host.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let url = Url::parse(text).map_err(|error| Error::EndpointInvalid {
            endpoint: text.to_owned(),
            reason: error.to_string(),
        })?;
        let text = url.origin().ascii_serialization();
        Ok(Self { url, text })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Returns the host as it is written in the URL.
    pub(super) fn host(&self) -> &str {
        // Both schemes have one.
        self.url.host_str().unwrap_or_default()
    }

    /// Returns the addresses of the host.
    ///
    /// # Errors
    ///
    /// If an address is public and remote ones are not allowed, or if there is none.
    pub(super) async fn resolve(&self, remote_is_allowed: bool) -> Result<Vec<SocketAddr>, Error> {
        let remote = |reason: String| Error::EndpointRemote {
            endpoint: self.to_string(),
            reason,
        };
        if !remote_is_allowed && is_cloud(self.host()) {
            return Err(remote("it belongs to Amazon's cloud".to_owned()));
        }
        let unresolved = |message: String| Error::EndpointUnresolved {
            endpoint: self.to_string(),
            message,
        };
        let host = self.host().trim_start_matches('[').trim_end_matches(']');
        let port = self.url.port_or_known_default().unwrap_or_default();
        let lookup = tokio::net::lookup_host((host, port));
        let addresses: Vec<SocketAddr> = match tokio::time::timeout(RESOLVE_LIMIT, lookup).await {
            Ok(Ok(addresses)) => addresses.collect(),
            Ok(Err(error)) => return Err(unresolved(error.to_string())),
            Err(_elapsed) => {
                let limit = RESOLVE_LIMIT.as_secs();
                return Err(unresolved(format!("no answer came within {limit} s")));
            }
        };
        if addresses.is_empty() {
            return Err(unresolved(
                "the name is known, but leads nowhere".to_owned(),
            ));
        }
        let public = addresses
            .iter()
            .find(|address| !is_private(address.ip()))
            .filter(|_| !remote_is_allowed);
        match public {
            Some(public) => Err(remote(format!(
                "its address {} is a public one",
                public.ip()
            ))),
            None => Ok(addresses),
        }
    }
}

/// Returns true for a host of Amazon's. A name may end with a dot, and the URL's parser has made it lower case.
fn is_cloud(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    CLOUDS.iter().any(|cloud| {
        host.strip_suffix(cloud)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// Returns true for an address of this machine or of a private network.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => is_private_v4(address),
            None => is_private_v6(address),
        },
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    // Addresses shared by a provider and its customers, and by overlay networks. (RFC 6598.)
    let [first, second, ..] = address.octets();
    let is_shared = first == 100 && (64..128).contains(&second);
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_unspecified()
        || is_shared
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    address.is_loopback()
        || address.is_unspecified()
        || address.is_unique_local()
        || address.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_scheme_a_host_and_a_port() {
        for (text, endpoint) in [
            ("http://localhost:9000", "http://localhost:9000"),
            ("http://localhost:9000/", "http://localhost:9000"),
            ("HTTPS://S3.Example:443/", "https://s3.example"),
            ("http://[::1]:9000", "http://[::1]:9000"),
            ("http://minio", "http://minio"),
        ] {
            let parsed = Endpoint::parse(text).expect(text);
            assert_eq!(parsed.as_str(), endpoint);
        }
        for (text, reason) in [
            ("http://[::1:9000", "invalid IPv6 address"),
            ("http://1.2.3.4.5", "invalid IPv4 address"),
            ("http://a^b", "invalid international domain name"),
        ] {
            let message = Endpoint::parse(text).expect_err(text).to_string();
            let start = format!("the endpoint `{text}` cannot be used: {reason}");
            assert!(message.starts_with(&start), "{message}");
        }
    }

    #[test]
    fn amazons_cloud_is_known_by_its_name() {
        for host in [
            "http://amazonaws.com",
            "https://s3.amazonaws.com",
            "https://S3.AmazonAWS.com",
            "https://bucket.s3.eu-west-1.amazonaws.com.",
            "https://s3.cn-north-1.amazonaws.com.cn",
            "https://s3.amazonaws.com.cn./",
        ] {
            assert!(
                is_cloud(Endpoint::parse(host).expect(host).host()),
                "{host}"
            );
        }
        for host in [
            "http://localhost",
            "http://notamazonaws.com",
            "http://amazonaws.com.localhost",
            "http://amazonaws.example",
        ] {
            assert!(
                !is_cloud(Endpoint::parse(host).expect(host).host()),
                "{host}"
            );
        }
    }

    #[test]
    fn private_addresses_are_told_from_public_ones() {
        for address in [
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.1.1",
            "100.64.0.1",
            "100.127.255.255",
            "::1",
            "::",
            "fc00::1",
            "fdff::1",
            "fe80::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(is_private(address.parse().expect(address)), "{address}");
        }
        for address in [
            "8.8.8.8",
            "192.0.2.1",
            "172.15.255.255",
            "172.32.0.1",
            "192.169.0.1",
            "100.63.255.255",
            "100.128.0.1",
            "0.0.0.1",
            "255.255.255.255",
            "224.0.0.1",
            "2001:db8::1",
            "2606:4700::1111",
            "fec0::1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::a00:1",
        ] {
            assert!(!is_private(address.parse().expect(address)), "{address}");
        }
    }

    #[tokio::test]
    async fn only_private_addresses_are_resolved() {
        let resolve = async |text: &str, allowed: bool| {
            let endpoint = Endpoint::parse(text).expect(text);
            endpoint.resolve(allowed).await
        };
        for text in [
            "http://127.0.0.1:9000",
            "http://[::1]:9000",
            "http://[::ffff:127.0.0.1]",
            "http://2130706433",
            "http://localhost",
        ] {
            assert!(resolve(text, false).await.is_ok(), "{text}");
        }
        for text in [
            "http://8.8.8.8",
            "http://192.0.2.1:9000",
            "http://134744072",
            "http://0x08.0x08.0x08.0x08",
            "https://[2001:db8::1]",
            "http://[::ffff:8.8.8.8]",
        ] {
            let refused = resolve(text, false).await;
            assert!(
                matches!(refused, Err(Error::EndpointRemote { .. })),
                "{text}: {refused:?}"
            );
            assert!(resolve(text, true).await.is_ok(), "{text}");
        }
    }
}
