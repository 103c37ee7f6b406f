//! Facts about RustFS and other S3 images. Another image is one more entry in the functions of this file.
#![cfg_attr(not(feature = "container"), allow(dead_code))]

use crate::options::{DEFAULT_CONSOLE_PORT, DEFAULT_PORT, ServerSettings};

/// The headers that make RustFS and MinIO delete a bucket with everything in it. Other servers ignore them.
pub(in crate::server) const FORCE_DELETE: &[(&str, &str)] = &[
    ("x-rustfs-force-delete", "true"),
    ("x-minio-force-delete", "true"),
];
/// The folder in which the images keep their data.
pub(super) const DATA: &str = "/data";
/// The file in the container with a longer idle timeout than the one it was started with.
pub(super) const IDLE_FILE: &str = "/tmp/s3-test-idle-timeout";
/// The user whom RustFS' image calls `rustfs`.
const RUSTFS_USER: &str = "10001";

/// Returns the variables of the container. The user's own come last and win.
pub(super) fn variables(settings: &ServerSettings) -> Vec<(String, String)> {
    let (access_key, secret_key) = (settings.access_key.as_str(), settings.secret_key.as_str());
    let ours = [
        ("RUSTFS_ACCESS_KEY", access_key),
        ("RUSTFS_SECRET_KEY", secret_key),
        // MinIO and its successors.
        ("MINIO_ROOT_USER", access_key),
        ("MINIO_ROOT_PASSWORD", secret_key),
        // SeaweedFS.
        ("AWS_ACCESS_KEY_ID", access_key),
        ("AWS_SECRET_ACCESS_KEY", secret_key),
        ("RUSTFS_REGION", &settings.region),
        ("RUSTFS_CONSOLE_ENABLE", "true"),
        // The scanner looks after data that lives for days (lifecycle, usage). It doubles the time in which a bucket is
        // created and deleted.
        ("RUSTFS_SCANNER_ENABLED", "false"),
    ];
    let ports = [
        ("RUSTFS_ADDRESS", settings.port, DEFAULT_PORT),
        (
            "RUSTFS_CONSOLE_ADDRESS",
            settings.console_port,
            DEFAULT_CONSOLE_PORT,
        ),
    ];
    // RustFS listens at its own default ports without these.
    let ports = ports
        .into_iter()
        .filter(|(_, port, default)| port != default);
    ours.iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .chain(ports.map(|(name, port, _)| (name.to_owned(), format!(":{port}"))))
        .chain(settings.environment.clone())
        .collect()
}

/// Returns the path of the web console on its port, for a container with these variables. RustFS answers with an S3 error
/// at any other path.
pub(super) fn console_path<'a>(variables: impl IntoIterator<Item = &'a String>) -> &'static str {
    // RustFS' image sets this variable.
    let is_rustfs = variables
        .into_iter()
        .any(|variable| variable.starts_with("RUSTFS_VOLUMES="));
    if is_rustfs { "rustfs/console/" } else { "" }
}

/// Returns the number of the user that an image's server runs as, or `None` for a name that cannot be looked up from
/// outside the image.
pub(super) fn user_id(user: &str) -> Option<&str> {
    match user.split(':').next().unwrap_or_default() {
        "" | "root" => Some("0"),
        "rustfs" => Some(RUSTFS_USER),
        number if number.parse::<u32>().is_ok() => Some(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_of_an_image_has_a_number() {
        for (user, number) in [
            ("", Some("0")),
            ("root", Some("0")),
            ("rustfs", Some("10001")),
            ("1000:1000", Some("1000")),
            ("somebody", None),
        ] {
            assert_eq!(user_id(user), number, "{user}");
        }
    }
}
