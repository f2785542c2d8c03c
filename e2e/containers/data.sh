#!/usr/bin/env bash
# Brings deploy/compose/data up, walks through it in a real browser, and takes it down again. scripts/containers.sh calls it
# beside an engine that has the images. Arguments go to Playwright.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/stack.sh"
begin data

export DOCKER_SOCKET=$PERIJOVE_DOCKER_SOCKET
quietly compose up -d
for service in engine hub; do soon "$service is healthy" healthy "$service"; done
say "the stack is up: the filter before the engine and the hub are healthy"

"$source/e2e/containers/browser.sh" stack.spec.js "$@"

# People's servers are not the stack's: what is taken down leaves them, and their files.
remove_servers
quietly compose down
docker volume inspect jupyterhub_data jupyterhub-user-admin >/dev/null || fail "down has removed files"
quietly compose down -v
! docker volume inspect jupyterhub_data >/dev/null 2>&1 || fail "down -v has left the hub's files"
docker volume inspect jupyterhub-user-admin >/dev/null || fail "down -v has removed somebody's files"
echo "The stack came up, was walked through and is down again."
