#!/usr/bin/env bash
# Sends the REST API thousands of requests that nobody would write, and holds every answer to docs/reference/openapi.json:
# no 5xx, no status, content type or body that is not described.
#
#   scripts/fuzz-api.sh [sqlite] [postgres]      on which databases [both; PostgreSQL where it is installed]
#
# Takes a hub of its own with a throw-away database. FUZZ_EXAMPLES (10): requests of the random phase for each operation.
# FUZZ_SEED (1): other requests. FUZZ_PHASES: see `schemathesis run --help`. PERIJOVE_BINARY: another binary.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

[ $# -gt 0 ] || set -- sqlite postgres
artifacts=${PERIJOVE_ARTIFACTS:-$root/artifacts}/fuzz
environments=${PERIJOVE_TEST_ENVIRONMENTS:-$root/.perijove/environments}
environments/build.sh fuzz "$environments/fuzz"
if [ -z "${PERIJOVE_BINARY:-}" ]; then
  cargo build --locked -p perijove
  PERIJOVE_BINARY=${CARGO_TARGET_DIR:-$PWD/target}/debug/perijove
fi
PERIJOVE_BINARY=$(realpath "$PERIJOVE_BINARY")

# PostgreSQL is there for the inner run alone.
for database in "$@"; do
  if [ "$database" = postgres ] && [ -z "${PERIJOVE_TEST_POSTGRES:-}" ]; then
    PERIJOVE_BINARY=$PERIJOVE_BINARY exec scripts/with-postgres.sh "$0" "$@"
  fi
done

dir=$(mktemp -d)
hub=
end_hub() {
  [ -z "$hub" ] || kill -TERM "$hub" 2>/dev/null || true
  [ -z "$hub" ] || wait "$hub" || true
  hub=
  "$PERIJOVE_BINARY" stop --servers --config "$dir/perijove.toml" >/dev/null 2>&1 || true
}
trap 'end_hub; rm -rf "$dir"' EXIT

free_ports() {
  python3 -c '
import socket
sockets = [socket.socket() for _ in range(3)]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))'
}

start_hub() { # start_hub DATABASE_URL LOG
  read -r edge_port hub_port api_port < <(free_ports)
  local database_key=
  [ -z "$1" ] || database_key="database = \"$1\""
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  cat >"$dir/perijove.toml" <<TOML
[hub]
listen = "127.0.0.1:$hub_port"
data_dir = "$dir/data"
allow_named_servers = true
slow_spawn_timeout = "1s"
$database_key
[edge]
listen = "127.0.0.1:$edge_port"
api_listen = "127.0.0.1:$api_port"
[[auth]]
kind = "dummy"
[access]
allow_all = true
admin_users = ["ruth"]
[[service]]
name = "fuzz"
api_token = "$token"
admin = true
[spawner]
cmd = ["python3", "$root/crates/spawn/src/suite/server.py", "plain", "0"]
TOML
  # The program lies where other accounts may not look.
  PERIJOVE_SPAWNER_PROCESS_ACCOUNTS=hub "$PERIJOVE_BINARY" serve --config "$dir/perijove.toml" >"$2" 2>&1 &
  hub=$!
  api=http://127.0.0.1:$hub_port/hub/api
  for _ in $(seq 300); do
    if curl --noproxy '*' -fs -o /dev/null "$api/health"; then return; fi
    kill -0 "$hub" 2>/dev/null || break
    sleep 0.1
  done
  echo "the hub does not start:" >&2
  tail -20 "$2" >&2
  exit 70
}

fuzz() { # fuzz NAME [OPTION of schemathesis]...
  local name=$1
  shift
  # Not asked: what ends the hub or takes its proxy away, pages for people, answers that have no end, and what lies beside
  # the API.
  (cd "$artifacts" && "$environments/fuzz/bin/schemathesis" "$@" run "$root/docs/reference/openapi.json" --url "$api" \
    --header "Authorization: token $token" --no-color --workers 1 --request-timeout 30 --continue-on-failure \
    --exclude-operation-id post_shutdown --exclude-operation-id patch_proxy \
    --exclude-path-regex '/oauth2/authorize$' --exclude-path-regex '/progress$' --exclude-path-regex '^/scim/' \
    --phases "${FUZZ_PHASES:-examples,coverage,fuzzing}" --max-examples "${FUZZ_EXAMPLES:-10}" \
    --seed "${FUZZ_SEED:-1}" --generation-allow-x00 true --warnings off \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
    --report junit --report-junit-path "$name.xml" >"$name.txt" 2>&1) ||
    { failed=1; sed -n '/= FAILURES =/,$p' "$artifacts/$name.txt"; }
  grep -E 'Test cases|generated|passed|failed' "$artifacts/$name.txt" | tail -3 | sed "s/^/  $name: /"
}

mkdir -p "$artifacts"
artifacts=$(cd "$artifacts" && pwd)
failed=0
for database in "$@"; do
  case $database in
    sqlite) url= ;;
    postgres)
      if [ -z "${PERIJOVE_TEST_POSTGRES:-}" ]; then continue; fi
      url=$PERIJOVE_TEST_POSTGRES
      ;;
    *) echo "scripts/fuzz-api.sh: no database '$database'" >&2; exit 64 ;;
  esac
  rm -rf "$dir/data"
  start_hub "$url" "$artifacts/$database-hub.txt"
  # Names as they come, most of nobody; then those of somebody.
  fuzz "$database-strangers"
  SCHEMATHESIS_HOOKS=scripts.fuzz.hooks FUZZ_API=$api FUZZ_TOKEN=$token PYTHONPATH=$root \
    fuzz "$database-known" --config-file "$root/scripts/fuzz/schemathesis.toml"
  end_hub
done
exit $failed
