#!/usr/bin/env bash
# A walk of this folder in Chromium, against what listens on port 8000 here: browser.sh WALK [ARGUMENT of Playwright...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PERIJOVE_E2E_DIR=containers

# The browser has a network of its own: bridges and pairs that come and go beside it would startle it.
way=$(dirname "$PERIJOVE_DOCKER_SOCKET")/hub.sock
rm -f "$way"
node lib/relay.mjs listen "$way" 8000 &
relay=$!
trap 'kill $relay 2>/dev/null || true' EXIT
unshare --net bash -c 'ip link set lo up
  node lib/relay.mjs reach "$0" 8000 & relay=$!
  node_modules/.bin/playwright test "$@"; status=$?
  kill $relay; exit $status' "$way" "$@"
