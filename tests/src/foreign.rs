//! The environment of a developer who works with S3 elsewhere.

use std::process::Command;

/// Nothing listens there.
const NOWHERE: &str = "http://127.0.0.1:1";

/// Sets every variable that would lead a client of S3 to another server, under another name, or through a proxy.
pub fn set_foreign_variables(command: &mut Command) -> &mut Command {
    command.envs([
        ("AWS_ENDPOINT_URL", NOWHERE),
        ("AWS_ENDPOINT_URL_S3", NOWHERE),
        ("AWS_ENDPOINT", NOWHERE),
        ("AWS_ACCESS_KEY_ID", "nobody"),
        ("AWS_SECRET_ACCESS_KEY", "nothing"),
        ("AWS_SESSION_TOKEN", "nonsense"),
        ("AWS_PROFILE", "no-such-profile"),
        ("AWS_REGION", "mars-north-1"),
        ("AWS_DEFAULT_REGION", "mars-north-1"),
        ("AWS_CONFIG_FILE", "/dev/null/none"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/dev/null/none"),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/none"),
        ("AWS_SKIP_SIGNATURE", "true"),
        ("AWS_ALLOW_HTTP", "false"),
        ("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "true"),
        ("AWS_BUCKET", "somebody-elses"),
        ("AWS_CONDITIONAL_PUT", "disabled"),
        ("HTTP_PROXY", NOWHERE),
        ("http_proxy", NOWHERE),
        ("HTTPS_PROXY", NOWHERE),
        ("https_proxy", NOWHERE),
        ("ALL_PROXY", NOWHERE),
        ("all_proxy", NOWHERE),
    ])
}
