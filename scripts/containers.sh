#!/usr/bin/env bash
# Builds the images of deploy/images on an engine of its own, brings deploy/compose/data up, walks through it in a real
# browser, and takes it down again. Skipped aloud where that can't be.
#
# PERIJOVE_BINARY names the program, arguments go to Playwright. PERIJOVE_DOCKER_DATA keeps what was built for the next run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

skip() {
  echo "SKIPPED images and compose stacks: $1" >&2
  if [ -n "${PERIJOVE_SKIPPED:-}" ]; then echo "images and compose stacks: $1" >>"$PERIJOVE_SKIPPED"; fi
  exit 0
}
compose() {
  local program=(docker-compose)
  if docker compose version >/dev/null 2>&1; then program=(docker compose); fi
  "${program[@]}" --file docker-compose.yml --file ../../../e2e/containers/pages.yml "$@"
}

if [ -z "${PERIJOVE_DOCKER_SOCKET:-}" ]; then
  for browser in "${PERIJOVE_CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if PERIJOVE_CHROMIUM=$(command -v "$browser" 2>/dev/null); then break; fi
  done
  [ -n "$PERIJOVE_CHROMIUM" ] || skip "Chromium is not installed (Debian: chromium)"
  command -v npm >/dev/null || skip "npm is not installed (Debian: nodejs npm)"
  command -v mmdebstrap >/dev/null || skip "mmdebstrap is not installed (Debian: mmdebstrap)"
  docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null ||
    skip "compose is not installed (Debian: docker-compose)"
  why=$(scripts/with-docker.sh true 2>&1 >/dev/null) || skip "${why#scripts/with-docker.sh: }"
  if [ -z "${PERIJOVE_BINARY:-}" ]; then
    cargo build --locked -p perijove
    PERIJOVE_BINARY=${CARGO_TARGET_DIR:-$PWD/target}/debug/perijove
  fi
  PERIJOVE_BINARY=$(realpath "$PERIJOVE_BINARY")
  export PERIJOVE_CHROMIUM PERIJOVE_BINARY
  e2e/install.sh
  exec scripts/with-docker.sh "${BASH_SOURCE[0]}" "$@"
fi

# Beside the engine now. Images come from Debian's packages and the registries of Python and npm, not from one of images.
export DOCKER_BUILDKIT=0 BASE=local/debian:bookworm
docker image inspect "$BASE" >/dev/null 2>&1 || deploy/images/base.sh "$BASE"
deploy/images/build.sh perijove lab vscode marimo

artifacts=${PERIJOVE_ARTIFACTS:-$PWD/artifacts}/containers
mkdir -p "$artifacts"
export PERIJOVE_ARTIFACTS=$artifacts PERIJOVE_SOURCE=$PWD DOCKER_SOCKET=$PERIJOVE_DOCKER_SOCKET PERIJOVE_E2E_DIR=containers
cd deploy/compose/data
compose up -d
relay=''
end() {
  docker logs jupyterhub-hub >"$artifacts/hub.log" 2>&1 || true
  docker logs jupyterhub-engine >"$artifacts/engine.log" 2>&1 || true
  [ -z "$relay" ] || kill "$relay" 2>/dev/null || true
}
trap end EXIT
for _ in $(seq 60); do
  health=$(docker inspect --format '{{.State.Health.Status}}' jupyterhub-hub)
  if [ "$health" = healthy ]; then break; fi
  sleep 1
done
[ "$health" = healthy ] || { docker logs jupyterhub-hub >&2; echo "the hub is not healthy after a minute" >&2; exit 1; }

# The browser has a network of its own: bridges and pairs that come and go beside it would startle it.
way=$(dirname "$PERIJOVE_DOCKER_SOCKET")/hub.sock
node ../../../e2e/lib/relay.mjs listen "$way" 8000 &
relay=$!
cd ../../../e2e
unshare --net bash -c 'ip link set lo up
  node lib/relay.mjs reach "$0" 8000 & relay=$!
  node_modules/.bin/playwright test "$@"; status=$?
  kill $relay; exit $status' "$way" "$@"

# People's servers are not the stack's: what is taken down leaves them, and their files.
cd ../deploy/compose/data
servers=$(docker ps --all --quiet --filter label=perijove.server)
# shellcheck disable=SC2086 # one word each
[ -z "$servers" ] || docker rm --force $servers >/dev/null
compose down
docker volume inspect jupyterhub_data jupyterhub-user-admin >/dev/null || { echo "down has removed files" >&2; exit 1; }
compose down -v
! docker volume inspect jupyterhub_data >/dev/null 2>&1 || { echo "down -v has left the hub's files" >&2; exit 1; }
docker volume inspect jupyterhub-user-admin >/dev/null || { echo "down -v has removed somebody's files" >&2; exit 1; }
echo "The stack came up, was walked through and is down again."
