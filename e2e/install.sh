#!/usr/bin/env bash
# Installs what the walks and the check of the scripts are made with, unless it is there as package-lock.json has it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

lock=$(sha256sum package-lock.json)
[ "$(cat node_modules/.perijove-lock 2>/dev/null)" != "$lock" ] || exit 0
PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund
echo "$lock" >node_modules/.perijove-lock
