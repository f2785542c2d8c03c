#!/usr/bin/env bash
# Measures Perijove beside its peers in one run: bench/run.sh [startup|cost|load] [options]. See bench/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:-startup}
[ $# -gt 0 ] && shift
case $what in
  startup | cost | load) ;;
  *) echo "error: there is no benchmark named '$what'; there are: startup, cost, load" >&2; exit 2 ;;
esac

cargo build --locked --release -p perijove
environments/build.sh test .perijove/environments/test
[ -d bench/node_modules ] || npm --prefix bench ci
# With the drivers of databases.
exec .perijove/environments/test/bin/python "bench/$what.py" "$@"
