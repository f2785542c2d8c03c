#!/usr/bin/env bash
# Measures Perijove beside its peers in one run: bench/run.sh [startup] [options]. See bench/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:-startup}
[ $# -gt 0 ] && shift

cargo build --locked --release -p perijove
environments/build.sh test .perijove/environments/test
[ -d bench/node_modules ] || npm --prefix bench ci

case $what in
  startup) exec python3 bench/startup.py "$@" ;;
  *) echo "error: there is no benchmark named '$what'; there is: startup" >&2; exit 2 ;;
esac
