#!/usr/bin/env bash
# Walks through Perijove in a real browser: builds it, prepares the notebook environment, runs e2e/.
# PERIJOVE_BINARY names another binary to walk through; arguments go to Playwright. Screenshots, logs and traces of
# failures are kept in artifacts/e2e/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

skip() {
  echo "SKIPPED the browser walk: $1" >&2
  if [ -n "${PERIJOVE_SKIPPED:-}" ]; then echo "the browser walk (e2e): $1" >>"$PERIJOVE_SKIPPED"; fi
  exit 0
}
for browser in "${PERIJOVE_CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if PERIJOVE_CHROMIUM=$(command -v "$browser" 2>/dev/null); then break; fi
done
[ -n "$PERIJOVE_CHROMIUM" ] || skip "Chromium is not installed (Debian: chromium)"
command -v npm >/dev/null || skip "npm is not installed (Debian: nodejs npm)"
export PERIJOVE_CHROMIUM

environments=${PERIJOVE_TEST_ENVIRONMENTS:-$PWD/.perijove/environments}
environments/build.sh lab "$environments/lab"
environments/perijove-lab/install.sh "$environments/lab"
if [ -z "${PERIJOVE_BINARY:-}" ]; then
  cargo build --locked -p perijove
  PERIJOVE_BINARY=${CARGO_TARGET_DIR:-$PWD/target}/debug/perijove
fi
PERIJOVE_BINARY=$(realpath "$PERIJOVE_BINARY")
export PERIJOVE_BINARY
export PERIJOVE_LAB=$environments/lab
export PERIJOVE_OIDC=$environments/oidc
if [ ! -d "$PERIJOVE_OIDC/node_modules" ]; then
  echo "SKIPPED signing in elsewhere: there is no $PERIJOVE_OIDC (scripts/test.sh environments makes it)" >&2
  if [ -n "${PERIJOVE_SKIPPED:-}" ]; then echo "the browser walk (e2e): signing in elsewhere" >>"$PERIJOVE_SKIPPED"; fi
fi
export PERIJOVE_MAIL=$environments/mail
if [ ! -x "$PERIJOVE_MAIL/bin/python" ]; then
  echo "SKIPPED letters, captchas and learning platforms: there is no $PERIJOVE_MAIL (scripts/test.sh environments makes it)" >&2
  if [ -n "${PERIJOVE_SKIPPED:-}" ]; then echo "the browser walk (e2e): letters, captchas and learning platforms" >>"$PERIJOVE_SKIPPED"; fi
fi
export PERIJOVE_ARTIFACTS=${PERIJOVE_ARTIFACTS:-$PWD/artifacts}/e2e

e2e/install.sh
cd e2e

# In a network namespace of its own the walk shows that nothing in it needs the internet, and Chromium is not startled
# by network devices that come and go on the machine (ERR_NETWORK_CHANGED).
apart=()
if unshare --net ip link set lo up 2>/dev/null; then
  apart=(unshare --net sh -c 'ip link set lo up && exec "$@"' sh)
fi
exec "${apart[@]}" node_modules/.bin/playwright test "$@"
