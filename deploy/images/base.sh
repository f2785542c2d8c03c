#!/usr/bin/env bash
# Makes an image with a small Debian from Debian's packages, for machines that reach no registry of images.
#
#   deploy/images/base.sh [IMAGE]      IMAGE: local/debian:bookworm
#
# Needs root, `mmdebstrap` and a Docker engine. The certificates that this machine believes go in, so that builds work
# behind a proxy that has its own.
set -euo pipefail

image=${1:-local/debian:bookworm}
command -v mmdebstrap >/dev/null || { echo "deploy/images/base.sh: mmdebstrap is missing (Debian: mmdebstrap)" >&2; exit 69; }
believed=/etc/ssl/certs/ca-certificates.crt
hooks=(--customize-hook='chroot "$1" apt-get clean')
if [ -f "$believed" ]; then hooks+=(--customize-hook="upload $believed $believed"); fi
mmdebstrap --quiet --variant=minbase --include=ca-certificates --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' "${hooks[@]}" bookworm - | docker import - "$image" >/dev/null
echo "$image: $(docker image inspect --format '{{.Size}}' "$image" | awk '{ printf "%.0f MB", $1 / 1e6 }')"
