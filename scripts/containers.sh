#!/usr/bin/env bash
# Builds the images of deploy/images on an engine of its own, brings stacks of deploy/compose up and takes them down again:
# `data` is walked through in a real browser, `platform` asked what a platform asks and a server of it looked at, `homelab` entered
# as by its Traefik. Skipped aloud where that can't be.
#
# PERIJOVE_BINARY names the program, PERIJOVE_STACKS the stacks (data platform homelab), arguments go to Playwright.
# PERIJOVE_DOCKER_DATA keeps what was built for the next run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

skip() {
  echo "SKIPPED images and compose stacks: $1" >&2
  if [ -n "${PERIJOVE_SKIPPED:-}" ]; then echo "images and compose stacks: $1" >>"$PERIJOVE_SKIPPED"; fi
  exit 0
}
stacks=${PERIJOVE_STACKS:-data platform homelab}

if [ -z "${PERIJOVE_DOCKER_SOCKET:-}" ]; then
  for browser in "${PERIJOVE_CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if PERIJOVE_CHROMIUM=$(command -v "$browser" 2>/dev/null); then break; fi
  done
  [ -n "$PERIJOVE_CHROMIUM" ] || skip "Chromium is not installed (Debian: chromium)"
  command -v npm >/dev/null || skip "npm is not installed (Debian: nodejs npm)"
  for program in curl jq; do command -v "$program" >/dev/null || skip "$program is not installed (Debian: $program)"; done
  command -v mmdebstrap >/dev/null || skip "mmdebstrap is not installed (Debian: mmdebstrap)"
  docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null ||
    skip "compose is not installed (Debian: docker-compose)"
  why=$(scripts/with-docker.sh true 2>&1 >/dev/null) || skip "${why#scripts/with-docker.sh: }"
  if [ -z "${PERIJOVE_BINARY:-}" ]; then
    cargo rustc --locked -p perijove --bin perijove -- -C target-feature=+crt-static
    PERIJOVE_BINARY=${CARGO_TARGET_DIR:-$PWD/target}/debug/perijove
  fi
  PERIJOVE_BINARY=$(realpath "$PERIJOVE_BINARY")
  export PERIJOVE_CHROMIUM PERIJOVE_BINARY
  e2e/install.sh
  exec scripts/with-docker.sh "${BASH_SOURCE[0]}" "$@"
fi

# Beside the engine now. Images come from Debian's packages and the registries of Python and npm, not from one of images.
export DOCKER_BUILDKIT=0 BASE=local/debian:bookworm
docker image inspect "$BASE" >/dev/null 2>&1 || deploy/images/base.sh "$BASE"
images=(perijove)
for stack in $stacks; do
  if [ "$stack" = data ]; then images+=(lab vscode marimo); else images+=(datascience); fi
done
deploy/images/build.sh "${images[@]}"
# An image with the program and nothing else.
docker run --rm local/perijove-binary:latest /perijove --version >/dev/null ||
  { echo "the image's program is not static: $PERIJOVE_BINARY" >&2; exit 1; }

artifacts=${PERIJOVE_ARTIFACTS:-$PWD/artifacts}/containers
mkdir -p "$artifacts"
export PERIJOVE_ARTIFACTS=$artifacts PERIJOVE_SOURCE=$PWD
for stack in $stacks; do "e2e/containers/$stack.sh" "$@"; done
