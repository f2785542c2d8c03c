# What the scripts that bring stacks up have in common; they say `source` first. With them: a copy of the stack that may be
# filled in, and Debian's PostgreSQL and Redis in the place of images that no registry gives here.
source=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")

say() { printf '  %s\n' "$*"; }
fail() { echo "$stack: $*" >&2; exit 1; }
quietly() { # quietly COMMAND...: what it says is told only if it fails
  local said
  said=$("$@" 2>&1) || { echo "$said" >&2; fail "$*"; }
}
soon() { # soon WHAT COMMAND...: within two minutes
  local what=$1
  shift
  for _ in $(seq 240); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.5
  done
  fail "$what: not within two minutes"
}
compose() {
  local program=(docker-compose)
  if docker compose version >/dev/null 2>&1; then program=(docker compose); fi
  "${program[@]}" "$@"
}
state() { docker inspect --format '{{.State.Health.Status}}' "$(compose ps -q "$1")"; }
healthy() { [ "$(state "$1")" = healthy ]; }
set_variable() { sed -i "s|^$2=.*|$2=$3|" "$1"; } # set_variable FILE NAME VALUE
remove_servers() {
  local servers
  servers=$(docker ps --all --quiet --filter label=perijove.server)
  # shellcheck disable=SC2086 # one word each
  [ -z "$servers" ] || docker rm --force $servers >/dev/null
}
end() {
  local status=$?
  if [ "$status" != 0 ]; then
    echo "$stack: a command failed with status $status; its hub said last:" >&2
    compose logs --no-color --tail 40 hub >&2 || true
  fi
  if [ -n "${PERIJOVE_ARTIFACTS:-}" ]; then compose logs --no-color >"$PERIJOVE_ARTIFACTS/$stack.log" 2>&1 || true; fi
  remove_servers
  compose down -v >/dev/null 2>&1 || true
  rm -rf "$files"
}

# stand_in NAME...: from e2e/containers/NAME, unless it is there.
stand_in() {
  local name
  for name in "$@"; do
    docker image inspect "local/$name" >/dev/null 2>&1 ||
      docker build --quiet --build-arg "BASE=$BASE" --tag "local/$name" "$source/e2e/containers/$name" >/dev/null
  done
}

begin() { # begin STACK: in a copy of it
  stack=$1
  files=$(mktemp -d -t "perijove-$stack.XXXXXX")
  cp -r "$source/deploy/compose/$stack" "$files/"
  cd "$files/$stack"
  export COMPOSE_FILE=docker-compose.yml:$source/e2e/containers/pages.yml PERIJOVE_SOURCE=${PERIJOVE_SOURCE:-$source} PATH=$PWD:$PATH
  trap end EXIT
}
