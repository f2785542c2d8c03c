#!/bin/bash
# Makes the database if there is none, and begins.
set -euo pipefail
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --encoding UTF8 --locale C --username "$POSTGRES_USER" --pwfile <(echo "$POSTGRES_PASSWORD") --auth-host scram-sha-256 --auth-local trust >/dev/null
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  # Where nobody takes it for the one that is to come.
  pg_ctl --wait --options "-c listen_addresses= -c unix_socket_directories=/tmp" start >/dev/null
  createdb --host /tmp --username "$POSTGRES_USER" "$POSTGRES_DB"
  pg_ctl --wait stop >/dev/null
fi
exec postgres -c 'listen_addresses=*'
