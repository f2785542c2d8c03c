#!/usr/bin/env bash
# Runs a command beside a throw-away PostgreSQL: scripts/with-postgres.sh COMMAND [ARGUMENT...]
#
# The command finds its address in PERIJOVE_TEST_POSTGRES, as a superuser, with a password that no one else has. The
# cluster lives in a temporary folder, listens on a free port of 127.0.0.1, and is gone when the command ends.
# Where PERIJOVE_TEST_POSTGRES is set already, that server is used. Where PostgreSQL is not installed, the command runs
# without the variable, and that is said (and noted in the file that PERIJOVE_SKIPPED names).
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: scripts/with-postgres.sh COMMAND [ARGUMENT...]" >&2; exit 64; }
[ -z "${PERIJOVE_TEST_POSTGRES:-}" ] || exec "$@"

skip() {
  echo "PostgreSQL checks are skipped: $1" >&2
  if [ -n "${PERIJOVE_SKIPPED:-}" ]; then echo "PostgreSQL checks: $1" >>"$PERIJOVE_SKIPPED"; fi
  shift
  exec "$@"
}

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb 2>/dev/null || true)")
[ -x "$bin/initdb" ] && [ -x "$bin/pg_ctl" ] || skip "the server is not installed (Debian: postgresql)" "$@"

# PostgreSQL refuses to run as root: its own account runs it then.
as_owner=()
if [ "$(id -u)" = 0 ]; then
  id postgres >/dev/null 2>&1 || skip "root cannot run it, and there is no account 'postgres' that could" "$@"
  as_owner=(setpriv --reuid=postgres --regid=postgres --clear-groups env HOME=/)
fi

# Short, since the path of a Unix socket must fit in 107 bytes.
dir=$(mktemp -d /tmp/perijove-pg.XXXXXX)
finish() {
  local status=$?
  # Only the server that this script started: pg_ctl takes its process id from the data folder.
  (cd "$dir" && "${as_owner[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate -s stop 2>/dev/null) || true
  rm -rf "$dir"
  exit "$status"
}
trap finish EXIT

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
(umask 077 && echo "$password" >"$dir/password")
if [ ${#as_owner[@]} -gt 0 ]; then chown -R postgres: "$dir"; fi

cd_run() { (cd "$dir" && "${as_owner[@]}" "$@"); }
cd_run "$bin/initdb" -D "$dir/data" -U perijove --auth=scram-sha-256 --pwfile="$dir/password" \
  --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; exit 70; }

# Nothing here must survive a power cut.
settings="-c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir -c max_connections=200 -c fsync=off \
-c synchronous_commit=off -c full_page_writes=off -c shared_buffers=64MB"
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
for attempt in 1 2 3 4 5; do
  port=$(free_port)
  if cd_run "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/server.log" -s -w -o "-p $port $settings" start 2>/dev/null; then
    break
  fi
  # Someone else may have taken the port in between; anything else is not going to get better.
  if [ "$attempt" = 5 ] || ! grep -q "could not bind" "$dir/data/server.log"; then
    echo "scripts/with-postgres.sh: PostgreSQL does not start:" >&2
    tail -20 "$dir/data/server.log" >&2
    exit 70
  fi
done

PERIJOVE_TEST_POSTGRES="postgresql://perijove:$password@127.0.0.1:$port/postgres" "$@"
