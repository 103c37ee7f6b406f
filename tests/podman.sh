#!/bin/sh
# Runs the container backend's tests on Podman: installs it where it is missing (Debian, Ubuntu), and needs RustFS' image in
# Docker or in Podman. `.ci/run` leaves this out, because it takes minutes.
set -eu
cd "$(dirname "$0")/.."
if ! command -v podman >/dev/null 2>&1; then
  as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
  as_root apt-get update -qq
  as_root apt-get install -y -qq podman
fi
S3_TEST_REQUIRE_PODMAN=1 cargo test -p s3-test-suite --test podman -- "$@"
