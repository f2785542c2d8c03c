#!/usr/bin/env bash
# Takes pictures of all pages with all samples (`perijove web gallery`), light and dark, narrow and wide, and compares them
# with those of an earlier run: scripts/screenshots.sh [BEFORE] [--strict]. PERIJOVE_BINARY names another binary.
# They come into artifacts/screenshots/, those of the run before into artifacts/screenshots.before/, which is what is
# compared with where no folder is named; what has changed is drawn in artifacts/screenshots.changed/, with a report.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

artifacts=${PERIJOVE_ARTIFACTS:-$PWD/artifacts}
strict=()
before=
for argument in "$@"; do
  case "$argument" in
  --strict) strict=(--strict) ;;
  *) before=$(realpath "$argument") ;;
  esac
done
for browser in "${PERIJOVE_CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if PERIJOVE_CHROMIUM=$(command -v "$browser" 2>/dev/null); then break; fi
done
[ -n "$PERIJOVE_CHROMIUM" ] || { echo "screenshots need Chromium (Debian: chromium)" >&2 && exit 1; }
export PERIJOVE_CHROMIUM
if [ -z "${PERIJOVE_BINARY:-}" ]; then
  cargo build --locked -p perijove
  PERIJOVE_BINARY=${CARGO_TARGET_DIR:-$PWD/target}/debug/perijove
fi
e2e/install.sh

pictures=$artifacts/screenshots
if [ -d "$pictures" ] && [ "$before" != "$pictures" ]; then
  rm -rf "$pictures.before"
  mv "$pictures" "$pictures.before"
  [ -n "$before" ] || before=$pictures.before
fi
mkdir -p "$pictures.changed"
log=$pictures.changed/gallery.log
"$PERIJOVE_BINARY" web gallery --listen 127.0.0.1:0 >"$log" 2>&1 &
gallery=$!
trap 'kill "$gallery" 2>/dev/null || true' EXIT
for _ in $(seq 100); do
  address=$(grep -o 'http://[0-9.:]*' "$log" || true)
  [ -z "$address" ] || break
  sleep 0.1
done
[ -n "$address" ] || { echo "the gallery did not start: $(cat "$log")" >&2 && exit 1; }
node e2e/pictures.js "$address" "$pictures"
[ -z "$before" ] || node e2e/compare.js "$before" "$pictures" "$pictures.changed" "${strict[@]}"
