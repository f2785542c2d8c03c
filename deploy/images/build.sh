#!/usr/bin/env bash
# Builds Perijove's images with the Docker engine that `docker` reaches: all, or those that are named.
#
#   deploy/images/build.sh [perijove] [lab] [vscode] [marimo] [datascience] [small]
#
# BASE               what all begin with (debian:bookworm-slim; without a registry: deploy/images/base.sh makes one)
# PERIJOVE_BINARY    the program, where it was compiled already; otherwise `cargo` here, or a container with Rust (RUST) does it
# PREFIX             what names begin with (local/perijove), TAG what they end with (latest)
# UV_DEFAULT_INDEX, PIP_INDEX_URL   where packages come from, if not from PyPI
#
# `small` is JupyterLab alone, without VS Code and marimo. Works with BuildKit and with the classic builder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

prefix=${PREFIX:-local/perijove} tag=${TAG:-latest}
[ $# -gt 0 ] || set -- perijove lab vscode marimo datascience
for name in "$@"; do
  case $name in
    perijove | lab | vscode | marimo | datascience | small) ;;
    *) echo "deploy/images/build.sh: no image '$name'" >&2; exit 64 ;;
  esac
done

image() { if [ "$1" = perijove ]; then echo "$prefix:$tag"; else echo "$prefix-$1:$tag"; fi; }
build() { # build NAME DIRECTORY [OPTION...]
  local name=$1 dir=$2 started=$SECONDS option
  shift 2
  local options=(--build-arg "BASE=${BASE:-debian:bookworm-slim}")
  for option in UV_DEFAULT_INDEX PIP_INDEX_URL RUST; do
    [ -z "${!option:-}" ] || options+=(--build-arg "$option")
  done
  docker build ${QUIET---quiet} "${options[@]}" "$@" --tag "$(image "$name")" --file "deploy/images/$dir/Dockerfile" . >"${LOG:-/dev/null}"
  echo "$(image "$name"): $(size "$name"), built in $((SECONDS - started)) s"
}
size() { docker image inspect --format '{{.Size}}' "$(image "$1")" | awk '{ printf "%.0f MB", $1 / 1e6 }'; }

# The program by itself is an image, too: where it comes from is not the others' business. Linked with all that it needs, it asks
# nothing of the system below it.
binary() {
  local program=${PERIJOVE_BINARY:-} folder
  if [ -z "$program" ] && command -v cargo >/dev/null; then
    cargo rustc --profile dist --locked -p perijove --bin perijove -- -C target-feature=+crt-static
    program=${CARGO_TARGET_DIR:-target}/dist/perijove
  fi
  if [ -z "$program" ]; then
    build binary binary
    return
  fi
  folder=$(mktemp -d)
  cp "$program" "$folder/perijove"
  if command -v strip >/dev/null; then strip "$folder/perijove"; fi
  chmod 755 "$folder/perijove"
  tar -C "$folder" --owner=0 --group=0 -c perijove | docker import - "$(image binary)" >/dev/null
  rm -r "$folder"
}

made=" "
ensure() { # ensure NAME: builds it, and before it what it is made of, once
  [[ $made != *" $1 "* ]] || return 0
  made+="$1 "
  case $1 in
    perijove) binary; build perijove perijove --build-arg "BINARY=$(image binary)" ;;
    code-server) build code-server code-server ;;
    notebook-studio) ensure perijove; notebook notebook-studio studio ;;
    datascience) ensure perijove; notebook datascience datascience ;;
    small) ensure perijove; notebook small lab ;;
    lab) studio lab /lab ;;
    vscode) studio vscode /vscode/ ;;
    marimo) studio marimo /proxy/marimo/ ;;
  esac
}
notebook() { build "$1" notebook --build-arg "PERIJOVE=$(image perijove)" --build-arg "ENVIRONMENT=$2"; }
studio() {
  ensure notebook-studio
  ensure code-server
  build "$1" studio --build-arg "NOTEBOOK=$(image notebook-studio)" --build-arg "CODE_SERVER=$(image code-server)" \
    --build-arg "DEFAULT_URL=$2"
}
for name in "$@"; do ensure "$name"; done
