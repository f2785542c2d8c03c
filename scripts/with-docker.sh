#!/usr/bin/env bash
# Runs a command beside a Docker engine of its own, with DOCKER_HOST set, in namespaces of its own: whatever the engine does
# to bridges, firewalls and mounts is gone afterwards. From in there the network is reached, but nobody reaches in.
#
#   scripts/with-docker.sh COMMAND [ARGUMENT...]
#
# Needs root, docker.io, iptables, iproute2 and slirp4netns; ends with 69 and says why where that can't be had.
# PERIJOVE_DOCKER_DATA names a directory that keeps the engine's images from one run to the next.
set -euo pipefail

fail() { echo "scripts/with-docker.sh: $1" >&2; exit 69; }
apart=(unshare --net --mount --pid --fork --kill-child --mount-proc)

if [ -z "${PERIJOVE_DOCKER_INSIDE:-}" ]; then
  [ $# -gt 0 ] || { echo "usage: scripts/with-docker.sh COMMAND [ARGUMENT...]" >&2; exit 64; }
  [ "$(id -u)" = 0 ] || fail "an engine needs root"
  for program in dockerd docker iptables ip slirp4netns unshare; do
    command -v "$program" >/dev/null || fail "there is no $program (scripts/install-deps.sh)"
  done
  why=$("${apart[@]}" true 2>&1) || fail "namespaces of its own can't be made: $why"
  files=$(mktemp -d -t perijove-docker.XXXXXX)
  way='' inside=''
  clean() {
    [ -z "$way" ] || kill "$way" 2>/dev/null || true
    [ -z "$inside" ] || { kill "$inside" 2>/dev/null; wait "$inside" 2>/dev/null; } || true
    rm -rf "$files"
  }
  trap clean EXIT
  trap 'exit 130' INT TERM
  export PERIJOVE_DOCKER_INSIDE=$files PERIJOVE_DOCKER_DATA=${PERIJOVE_DOCKER_DATA:-$files/data}
  "${apart[@]}" "${BASH_SOURCE[0]}" "$@" <&0 &
  inside=$!
  until first=$(pgrep -P "$inside"); do
    kill -0 "$inside" 2>/dev/null || fail "the namespaces ended before anything began"
    sleep 0.05
  done
  slirp4netns --configure --mtu=65520 --disable-host-loopback "$first" tap0 >"$files/way.log" 2>&1 &
  way=$!
  status=0
  wait "$inside" || status=$?
  inside=''
  exit "$status"
fi

files=$PERIJOVE_DOCKER_INSIDE
ip link set lo up
for _ in $(seq 100); do
  if ip -4 addr show tap0 2>/dev/null | grep -q inet; then break; fi
  sleep 0.1
done
export DOCKER_HOST=unix://$files/docker.sock
dockerd --data-root "$PERIJOVE_DOCKER_DATA" --exec-root "$files/exec" --pidfile "$files/pid" --host "$DOCKER_HOST" \
  >"$files/engine.log" 2>&1 &
engine=$!
end() {
  # Its containers end with it, and it puts away its mounts.
  kill "$engine" 2>/dev/null || true
  wait "$engine" 2>/dev/null || true
}
trap end EXIT
for _ in $(seq 600); do
  if docker version >/dev/null 2>&1; then break; fi
  kill -0 "$engine" 2>/dev/null || { tail -n 20 "$files/engine.log" >&2; fail "the engine does not start"; }
  sleep 0.1
done
unset PERIJOVE_DOCKER_INSIDE
export PERIJOVE_DOCKER_SOCKET=$files/docker.sock
"$@"
