#!/usr/bin/env bash
# Installs code-server, which the environment `vscode` shows as VS Code, in DIR from npm.
#
#   environments/code-server.sh [DIR]      DIR: .perijove/code-server
#
# DIR/bin goes on the servers' PATH. Needs Node 20, a C++ compiler, make, and ripgrep. Run it as often as you like: it does
# nothing when DIR was already made from the same lock. Whoever has code-server from elsewhere needs none of this.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
say() { printf 'code-server: %s\n' "$*" >&2; }
fail() { say "$1"; printf '  %s\n' "$2" >&2; exit 69; }

dir=${1:-$here/../.perijove/code-server}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
lock=$here/vscode/code-server/package-lock.json

node --version 2>/dev/null | grep -q '^v20\.' || fail "Node 20 is missing" "This code-server runs with no other: install it, and have \`node\` on PATH."
command -v c++ >/dev/null && command -v make >/dev/null || fail "a C++ compiler or make is missing" "Debian: apt-get install g++ make"
# code-server's own would come from a place that is no registry.
search=$(command -v rg) || fail "ripgrep is missing" "Debian: apt-get install ripgrep"

wanted=$({ cat "$lock" "${BASH_SOURCE[0]}"; node --version; echo "$search"; } | sha256sum | cut -d' ' -f1)
if [ "$(cat "$dir/.perijove-stamp" 2>/dev/null)" = "$wanted" ]; then
  say "ready in $dir"
  exit 0
fi
if [ -n "$(ls -A "$dir")" ] && [ ! -f "$dir/package-lock.json" ]; then
  fail "$dir is neither empty nor a code-server: left as it is" "Name another folder, or empty this one."
fi
rm -rf "$dir"
mkdir -p "$dir/bin"
started=$SECONDS

# Without the packages' own scripts first: one of them would download ripgrep. Then those that compile something.
headers=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
[ ! -f "$headers/include/node/node.h" ] || export npm_config_nodedir=$headers
# One of the scripts asks for node-gyp by `npx`.
export npm_config_yes=true npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
packages() { npm --loglevel=error "$1" --omit=dev --ignore-scripts; }
say "fetching packages"
cp "$here/vscode/code-server/package.json" "$lock" "$here/vscode/code-server/.npmrc" "$dir/"
code=$dir/node_modules/code-server/lib/vscode
(cd "$dir" && packages ci)
(cd "$code" && packages install)
(cd "$code/extensions" && packages install)
mkdir -p "$code/node_modules/@vscode/ripgrep/bin"
ln -s "$search" "$code/node_modules/@vscode/ripgrep/bin/rg"
say "compiling"
(cd "$dir" && npm --loglevel=error rebuild argon2 --build-from-source)
(cd "$code" && npm --loglevel=error rebuild)

# What code-server's own script would do after that.
ln -s node_modules "$code/node_modules.asar"
ln -s code-linux.sh "$code/bin/remote-cli/code-server"
ln -s browser-linux.sh "$code/bin/helpers/browser.sh"
ln -s ../node_modules/code-server/out/node/entry.js "$dir/bin/code-server"
chmod +x "$dir/node_modules/code-server/out/node/entry.js"
"$dir/bin/code-server" --version >/dev/null || fail "it was installed, but does not run" "Run it to see why: $dir/bin/code-server --version"
echo "$wanted" >"$dir/.perijove-stamp"
say "ready in $dir after $((SECONDS - started)) s"
