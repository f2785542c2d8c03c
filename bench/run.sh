#!/usr/bin/env bash
# Measures Perijove beside its peers in one run: bench/run.sh [startup|cost|load|spawn|docker|signin|pages|edge|routes] [options]. See bench/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:-startup}
[ $# -gt 0 ] && shift
case $what in
  startup | cost | load | spawn | docker | signin | pages | edge | routes) ;;
  *) echo "error: there is no benchmark named '$what'; there are: startup, cost, load, spawn, docker, signin, pages, edge, routes" >&2; exit 2 ;;
esac

cargo build --locked --profile dist -p perijove
[ -d bench/node_modules ] || npm --prefix bench ci
if [ "$what" = edge ] || [ "$what" = routes ]; then
  cargo build --locked --release --manifest-path bench/edge-load/Cargo.toml --target-dir target/edge-load
  # Without root or apt-get the benchmark says what it leaves out.
  if [ "$(id -u)" = 0 ] && ! { command -v nginx && command -v haproxy; } >/dev/null && command -v apt-get >/dev/null; then
    apt-get install -y -qq --no-install-recommends nginx-light haproxy || true
  fi
  exec python3 "bench/$what.py" "$@"
fi
environments/build.sh test .perijove/environments/test
if [ "$what" = spawn ] || [ "$what" = docker ]; then environments/build.sh lab .perijove/environments/lab; fi
[ "$what" != pages ] || e2e/install.sh
if [ "$what" = signin ]; then
  environments/build.sh authenticators .perijove/environments/authenticators
  exec .perijove/environments/authenticators/bin/python bench/signin.py "$@"
fi
if [ "$what" = docker ]; then
  environments/build.sh dockerspawner .perijove/environments/dockerspawner
  exec scripts/with-docker.sh .perijove/environments/test/bin/python bench/docker.py "$@"
fi
# With the drivers of databases.
exec .perijove/environments/test/bin/python "bench/$what.py" "$@"
