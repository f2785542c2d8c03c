#!/usr/bin/env bash
# Sees to it that what the tests need is on this machine. As root on Debian (or a relative of it) it installs what is
# missing; anywhere else it says what is missing and which checks are skipped because of it, and changes nothing.
set -euo pipefail

packages=()
missing=()
need() { # need WHAT_FOR PACKAGES TEST...
  local what=$1 wanted=$2
  shift 2
  if "$@" >/dev/null 2>&1; then return; fi
  missing+=("$what  (Debian: $wanted)")
  # shellcheck disable=SC2206 # several packages in one word on purpose
  packages+=($wanted)
}
have() { command -v "$1"; }
any_of() { local c; for c in "$@"; do have "$c" && return; done; return 1; }
node_18() { have node && have npm && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ]; }
postgres_server() { any_of initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb'; }
compose_stacks() { have slirp4netns && have mmdebstrap && have strip && have curl && have jq && { docker compose version || have docker-compose; }; }
docker_engine() { have dockerd && have docker && have iptables && have ip && have busybox; }
a_font() { have fc-list && [ -n "$(fc-list | head -1)" ]; }
pam_pwdfile() { compgen -G '/lib/*/security/pam_pwdfile.so' && compgen -G '/usr/lib/*/libpam.so'; }
environments() { have uv || python3 -c 'import ensurepip, venv'; }

collect() {
  packages=() missing=()
  need "a C compiler: nothing can be built" "gcc libc6-dev" any_of cc gcc clang
  need "Python's venv, or uv: no notebook environment, so the browser walk and every check against JupyterHub's own programs are skipped" \
    "python3 python3-venv" environments
  need "PostgreSQL's server: its checks are skipped" "postgresql" postgres_server
  need "slapd: the checks of signing in by a directory are skipped" "slapd" test -x /usr/sbin/slapd
  need "libpam and pam_pwdfile: the checks of signing in by PAM are skipped" "libpam0g-dev libpam-pwdfile" pam_pwdfile
  need "Redis: the checks of edges that share their routes are skipped" "redis-server" have redis-server
  need "Pebble, the test server of ACME: the checks of ordered certificates are skipped" "pebble" have pebble
  need "Docker Engine, and what its test images are made of: the checks of servers in containers are skipped" \
    "docker.io iptables iproute2 busybox-static" docker_engine
  need "Debian's registry of images: the checks of registries with passwords are skipped" "docker-registry" have docker-registry
  need "Compose, and what images are made with where no registry of images is reached: the checks of images and stacks are skipped" \
    "docker-compose slirp4netns mmdebstrap binutils curl jq" compose_stacks
  need "Chromium: the browser walk is skipped" "chromium" any_of chromium chromium-browser google-chrome
  need "a font for Chromium: the screenshots show no text" "fonts-dejavu-core fontconfig" a_font
  need "Node.js 18 or newer, with npm: the browser walk is skipped" "nodejs npm" node_18
}

collect
if [ ${#missing[@]} = 0 ]; then
  echo "Everything that the tests need is here."
  exit 0
fi

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing: ${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  log=$(mktemp)
  if apt-get update -qq >"$log" 2>&1 &&
    apt-get install -y -qq --no-install-recommends "${packages[@]}" >>"$log" 2>&1; then
    rm -f "$log"
  else
    tail -20 "$log" >&2
    echo "apt-get failed: its last lines are above, all of them in $log" >&2
  fi
  collect
  [ ${#missing[@]} -gt 0 ] || exit 0
fi

{
  echo
  echo "Missing on this machine:"
  printf '  - %s\n' "${missing[@]}"
  if command -v apt-get >/dev/null; then
    echo "To install: sudo apt-get install --no-install-recommends ${packages[*]}"
  fi
  echo "The tests go on without."
  echo
} >&2
