#!/usr/bin/env bash
# Writes environments/NAME/requirements.txt anew from its pyproject.toml, for every NAME given. Needs `uv`.
#
# One lock serves every supported Python (markers tell them apart). No address of a package index goes into it, so it
# installs from whatever index or mirror the machine uses.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -gt 0 ] || { echo "usage: environments/lock.sh NAME..." >&2; exit 64; }
command -v uv >/dev/null || { echo "environments/lock.sh: needs uv (pip install uv)" >&2; exit 69; }
for name in "$@"; do
  cd "$here/$name"
  uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --custom-compile-command "environments/lock.sh $name" --output-file requirements.txt
  echo "environments/$name/requirements.txt: $(grep -c '^[a-z0-9]' requirements.txt) packages"
done
