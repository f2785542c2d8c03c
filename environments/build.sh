#!/usr/bin/env bash
# Prepares the Python environment NAME (a folder beside this script) in DIR, from its lock.
#
#   environments/build.sh NAME [DIR]        DIR: .perijove/environments/NAME
#
# Uses `uv` where it is on PATH, `python3 -m venv` and pip otherwise. Run it as often as you like: it does nothing when
# DIR was already built from the same lock, and builds anew when it was not, or when a build was interrupted.
# PERIJOVE_PYTHON names the Python to use (3.11 to 3.13).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
say() { printf '%s\n' "environment ${name}: $*" >&2; }
fail() { say "$1"; shift; printf '  %s\n' "$@" >&2; exit 69; }

name=${1:-}
if [ $# -gt 2 ] || [ ! -f "$here/$name/requirements.txt" ] || [ -z "$name" ]; then
  {
    echo "usage: environments/build.sh NAME [DIR]"
    echo "NAME is one of:"
    for lock in "$here"/*/requirements.txt; do echo "  $(basename "$(dirname "$lock")")"; done
  } >&2
  exit 64
fi
dir=${2:-$here/../.perijove/environments/$name}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
lock=$here/$name/requirements.txt
stamp=$dir/.perijove-stamp

# Two builds of one environment (two tests, say) take turns; the second finds the work done.
if command -v flock >/dev/null; then
  exec 9>"$dir.lock"
  flock 9
fi

supported() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }
find_python() {
  local candidate
  for candidate in ${PERIJOVE_PYTHON:-python3 /usr/bin/python3 python3.13 python3.12 python3.11}; do
    # A version manager's shim moves with the folder one stands in: take what is behind it.
    if supported "$candidate"; then "$candidate" -c 'import sys; print(sys.executable)'; return; fi
  done
  return 1
}
python=$(find_python) || fail "no Python 3.11, 3.12 or 3.13 found" \
  "Install one (Debian: apt-get install python3 python3-venv), or name it: PERIJOVE_PYTHON=/path/to/python3.12"

# What the result depends on. Who builds is part of it: only root needs leave to run servers as root.
wanted=$({ cat "$lock" "${BASH_SOURCE[0]}"; "$python" -VV; echo "$python $dir $(id -u)"; } | sha256sum | cut -d' ' -f1)
if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
  say "ready in $dir"
  exit 0
fi

if [ -n "$(ls -A "$dir")" ] && [ ! -f "$dir/pyvenv.cfg" ]; then
  fail "$dir is neither empty nor a Python environment: left as it is" "Name another folder, or empty this one."
fi
rm -rf "$dir"
say "preparing $(grep -c '^[a-z0-9]' "$lock") packages in $dir"
started=$SECONDS

# The lock is complete, so nothing is resolved again: --no-deps.
if command -v uv >/dev/null; then
  uv venv --quiet --no-project --python "$python" "$dir"
  uv pip install --python "$dir/bin/python" --require-hashes --no-deps --compile-bytecode -r "$lock" >&2
else
  "$python" -m venv "$dir" || fail "'$python -m venv' does not work" "Debian: apt-get install python3-venv"
  # pip falls silent for minutes when its output is not a terminal: one line for each package instead.
  "$dir/bin/python" -m pip install --disable-pip-version-check --no-input --require-hashes --no-deps -r "$lock" |
    awk -v total="$(grep -c '^[a-z0-9]' "$lock")" '
      /^Collecting / { n++; printf "  [%3d of at most %d] %s\n", n, total, $2; fflush(); next }
      /^Installing collected/ { print "  installing"; fflush(); next }
      /^(ERROR|WARNING)/ { print; fflush() }' >&2
fi

# Nothing in here asks the network on its own, nobody installs into it from a page, and root may run it (in a container,
# say) where root built it.
mkdir -p "$dir/etc/jupyter" "$dir/share/jupyter/lab/settings"
cat >"$dir/etc/jupyter/jupyter_lab_config.json" <<'JSON'
{"LabApp": {"news_url": null, "check_for_updates_class": "jupyterlab.NeverCheckForUpdate", "extension_manager": "readonly"}}
JSON
cat >"$dir/share/jupyter/lab/settings/overrides.json" <<'JSON'
{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}
JSON
if [ "$(id -u)" = 0 ]; then
  echo '{"ServerApp": {"allow_root": true}}' >"$dir/etc/jupyter/jupyter_server_config.json"
fi

# Shown to work, not only installed: by the most telling program that is in it.
for program in jupyterhub-singleuser jupyterhub schemathesis aiosmtpd; do
  if [ -x "$dir/bin/$program" ] && { [ "$program" != jupyterhub-singleuser ] || grep -q '^jupyter-server==' "$lock"; }; then
    break
  fi
done
version=$("$dir/bin/$program" --version) || fail "$program does not start" \
  "Its message is above. The environment is built anew at the next run."
echo "$wanted" >"$stamp"
say "ready in $((SECONDS - started)) s: $program $version"
