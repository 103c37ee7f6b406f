#!/bin/sh
# Starts Ceph's S3 service on a port of 127.0.0.1: one monitor, one store of objects in memory and the gateway. It installs
# what is missing (Debian, Ubuntu), prints `ready` when the service can be used, and ends everything with its standard input.
#
#     tests/ceph.sh PORT ACCESS_KEY SECRET_KEY
set -eu
port=$1 access_key=$2 secret_key=$3

if ! command -v radosgw >/dev/null 2>&1; then
  as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
  as_root apt-get update -qq >&2
  as_root apt-get install -y -qq --no-install-recommends ceph-mon ceph-osd ceph-common radosgw >&2
fi

folder=$(mktemp -d)
started=
end() {
  # shellcheck disable=SC2086
  [ -z "$started" ] || kill -KILL $started 2>/dev/null || true
  rm -rf "$folder"
}
trap end EXIT
trap 'exit 1' INT TERM HUP

monitor=$((port + 1))
identity=$(cat /proc/sys/kernel/random/uuid)
cat >"$folder/ceph.conf" <<CONFIGURATION
[global]
fsid = $identity
mon host = v2:127.0.0.1:$monitor
public addr = 127.0.0.1
keyring = $folder/keyring
run dir = $folder
log file = $folder/\$name.log
admin socket = $folder/\$name.socket
pid file =
osd pool default size = 1
osd pool default pg num = 4
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 10000
osd objectstore = memstore
memstore device bytes = 1073741824
mon data = $folder/monitor
osd data = $folder/store
[osd]
keyring = $folder/store/keyring
CONFIGURATION
export CEPH_CONF="$folder/ceph.conf" CEPH_ARGS="--setuser root --setgroup root"

start() {
  "$@" -f >>"$folder/output.log" 2>&1 </dev/null &
  started="$started $!"
}

ceph-authtool --create-keyring "$folder/keyring" --gen-key --name mon. --cap mon 'allow *' >/dev/null
ceph-authtool "$folder/keyring" --gen-key --name client.admin --cap mon 'allow *' --cap osd 'allow *' >/dev/null
monmaptool --create --fsid "$identity" --addv a "v2:127.0.0.1:$monitor" "$folder/map" >/dev/null
ceph-mon --mkfs --id a --monmap "$folder/map" --keyring "$folder/keyring"
start ceph-mon --id a
store=$(cat /proc/sys/kernel/random/uuid)
number=$(timeout 60 ceph osd create "$store")
mkdir -p "$folder/store"
ceph auth get-or-create "osd.$number" mon 'allow profile osd' osd 'allow *' >"$folder/store/keyring"
ceph-osd --id "$number" --mkfs --osd-uuid "$store" >/dev/null 2>&1
start ceph-osd --id "$number"
timeout 120 radosgw-admin user create --uid=tests --display-name=tests \
  --access-key="$access_key" --secret="$secret_key" >/dev/null
start radosgw --id admin --rgw-frontends "beast endpoint=127.0.0.1:$port"
for _ in $(seq 240); do
  if curl --silent --output /dev/null "http://127.0.0.1:$port"; then
    echo ready
    cat >/dev/null
    exit 0
  fi
  sleep 0.25
done
cat "$folder"/*.log >&2
exit 1
