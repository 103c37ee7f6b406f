//! The identity of an external service, as part of the names of locks.

use std::net::SocketAddr;

/// Returns a hash of the service's addresses, so that its name does not matter.
///
/// The hash is FNV-1a, because that of the standard library may change with the compiler, and processes of different builds
/// share locks.
pub(super) fn identity(addresses: &[SocketAddr]) -> String {
    let mut addresses: Vec<String> = addresses.iter().map(name_of).collect();
    addresses.sort_unstable();
    addresses.dedup();
    let text = addresses.join(" ");
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// Returns one name for all addresses of this machine.
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
