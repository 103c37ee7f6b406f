# Runs a server and ends the container some time after its last client is gone. Plain POSIX sh.
#
#   $1 the server's port as /proc/net/tcp writes it (four capital hexadecimal digits)
#   $2 seconds without a connection after which the container ends
#   $3 seconds that the server may take until it listens
#   $4 a file that may hold another number for $2
#   the rest: the server's command
port=$1 idle_limit=$2 start_limit=$3 idle_file=$4
shift 4

# Whether a socket of the port is in the state $1: 01 is ESTABLISHED, 0A is LISTEN.
socket() {
  for table in /proc/net/tcp /proc/net/tcp6; do
    [ -r "$table" ] || continue
    while read -r _ local _ state _; do
      case "$local $state" in *":$port $1") return 0 ;; esac
    done <"$table"
  done
  return 1
}

(
  read -r now _ </proc/uptime
  since=${now%%.*}
  limit=$start_limit
  listened=
  while sleep 1; do
    read -r now _ </proc/uptime
    now=${now%%.*}
    if [ -z "$listened" ] && socket 0A; then
      listened=yes
      since=$now
    fi
    if [ -n "$listened" ]; then
      limit=$idle_limit
      [ -r "$idle_file" ] && read -r limit <"$idle_file"
    fi
    if socket 01; then
      since=$now
    elif [ $((now - since)) -ge "$limit" ]; then
      echo "s3-test: no connection for $((now - since)) s, so this container ends" >&2
      # Everything but the init process, which ends when its only child does. Not a polite signal: a server that shuts
      # down gracefully would still answer the first request of a process that has just arrived.
      kill -9 -1
    fi
  done
) &

"$@"
code=$?
# Time for the process that waits for the server to read the log, before the engine removes the container.
sleep 2
exit "$code"
