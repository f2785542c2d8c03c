#!/usr/bin/env bash
# Runs a real JupyterHub's own tests with our binary in the place of configurable-http-proxy.
#
#   scripts/conformance-proxy.sh [proxy|smoke|all]     proxy: its tests of the proxy alone; smoke (the usual): what
#                                                      passes through a proxy; all: every test but those in a browser
#
# Needs the kit, beside the checkout at ../shared/conformance or where PERIJOVE_CONFORMANCE_KIT says; without it, it says
# so and does nothing. PERIJOVE_BINARY: a binary that is built already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

what=${1:-smoke}
kit=${PERIJOVE_CONFORMANCE_KIT:-$PWD/../shared/conformance}/proxyswap
out=${PERIJOVE_ARTIFACTS:-$PWD/artifacts}/conformance-proxy
environments=${PERIJOVE_TEST_ENVIRONMENTS:-$PWD/.perijove/environments}

skip() {
  echo "SKIPPED $1" >&2
  [ -z "${PERIJOVE_SKIPPED:-}" ] || echo "$1" >>"$PERIJOVE_SKIPPED"
  exit 0
}
case $what in proxy | smoke | all) ;; *) echo "usage: scripts/conformance-proxy.sh [proxy|smoke|all]" >&2; exit 64 ;; esac
[ -x "$kit/run_proxy_suite.sh" ] ||
  skip "JupyterHub's own tests with our proxy: the kit is not there (PERIJOVE_CONFORMANCE_KIT names its folder)"
if ! command -v uv >/dev/null && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  skip "JupyterHub's own tests with our proxy: neither uv nor Python's venv is installed (Debian: python3-venv)"
fi
kit=$(cd "$kit" && pwd)

environments/build.sh conformance "$environments/conformance"
binary=${PERIJOVE_BINARY:-}
if [ -z "$binary" ]; then
  cargo build --locked -p perijove
  binary=${CARGO_TARGET_DIR:-$PWD/target}/debug/perijove
fi
binary=$(cd "$(dirname "$binary")" && pwd)/$(basename "$binary")

rm -rf "$out"
mkdir -p "$out"
export PATH="$environments/conformance/bin:$PATH"
"$kit/run_proxy_suite.sh" "$out" "$what" -- "$binary" edge
