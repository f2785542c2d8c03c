#!/usr/bin/env bash
# Brings deploy/compose/data up, walks through it in a real browser, and takes it down again. scripts/containers.sh calls it
# beside an engine that has the images. Arguments go to Playwright.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

export DOCKER_SOCKET=$PERIJOVE_DOCKER_SOCKET
artifacts=$PERIJOVE_ARTIFACTS
compose() {
  local program=(docker-compose)
  if docker compose version >/dev/null 2>&1; then program=(docker compose); fi
  "${program[@]}" --file docker-compose.yml --file ../../../e2e/containers/pages.yml "$@"
}

cd deploy/compose/data
compose up -d
end() {
  docker logs jupyterhub-hub >"$artifacts/hub.log" 2>&1 || true
  docker logs jupyterhub-engine >"$artifacts/engine.log" 2>&1 || true
}
trap end EXIT
for _ in $(seq 60); do
  health=$(docker inspect --format '{{.State.Health.Status}}' jupyterhub-hub)
  if [ "$health" = healthy ]; then break; fi
  sleep 1
done
[ "$health" = healthy ] || { docker logs jupyterhub-hub >&2; echo "the hub is not healthy after a minute" >&2; exit 1; }

../../../e2e/containers/browser.sh stack.spec.js "$@"

# People's servers are not the stack's: what is taken down leaves them, and their files.
servers=$(docker ps --all --quiet --filter label=perijove.server)
# shellcheck disable=SC2086 # one word each
[ -z "$servers" ] || docker rm --force $servers >/dev/null
compose down
docker volume inspect jupyterhub_data jupyterhub-user-admin >/dev/null || { echo "down has removed files" >&2; exit 1; }
compose down -v
! docker volume inspect jupyterhub_data >/dev/null 2>&1 || { echo "down -v has left the hub's files" >&2; exit 1; }
docker volume inspect jupyterhub-user-admin >/dev/null || { echo "down -v has removed somebody's files" >&2; exit 1; }
echo "The stack came up, was walked through and is down again."
