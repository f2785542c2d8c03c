#!/usr/bin/env bash
# Runs every check, one part after the other, and says at the end how each went, how long it took and what was skipped.
# A part that fails does not keep the others from running. `make test` calls this.
#
#   scripts/test.sh [PART...]     only these parts: see the list at the end of this file
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

artifacts=${PERIJOVE_ARTIFACTS:-$PWD/artifacts}
mkdir -p "$artifacts"
# Tests that cannot run write a line here, "what: why", since the output of a passing test is not shown.
export PERIJOVE_SKIPPED=$artifacts/skipped.txt
: >"$PERIJOVE_SKIPPED"
export PERIJOVE_TEST_ENVIRONMENTS=${PERIJOVE_TEST_ENVIRONMENTS:-$PWD/.perijove/environments}
skipped() { echo "SKIPPED $1" >&2; echo "$1" >>"$PERIJOVE_SKIPPED"; }

part_dependencies() { scripts/install-deps.sh; }

# Programs from npm: npm_environment NAME WHAT. What is there from the same lock is kept.
npm_environment() {
  local dir=$PERIJOVE_TEST_ENVIRONMENTS/$1
  if ! command -v npm >/dev/null; then
    skipped "$2: npm is not installed (Debian: nodejs npm)"
    return 0
  fi
  if ! cmp -s "environments/$1/package-lock.json" "$dir/package-lock.json" || [ ! -d "$dir/node_modules" ]; then
    rm -rf "$dir"
    mkdir -p "$dir"
    cp "environments/$1/.npmrc" "environments/$1"/package*.json "$dir/"
    (cd "$dir" && npm ci --ignore-scripts --no-audit --no-fund) || { rm -rf "$dir"; return 1; }
  fi
}

npm_environments() {
  npm_environment chp "routes in the real configurable-http-proxy" || return
  npm_environment oidc "sign-in with a real OpenID Connect provider" || return
  if ! command -v npm >/dev/null; then return 0; fi
  export PERIJOVE_TEST_CHP=$PERIJOVE_TEST_ENVIRONMENTS/chp/node_modules/.bin/configurable-http-proxy
  # It imports what lies beside it.
  cp environments/oidc/provider.mjs "$PERIJOVE_TEST_ENVIRONMENTS/oidc/"
}

part_environments() {
  npm_environments || return
  if ! command -v uv >/dev/null && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    skipped "everything that needs a Python environment: neither uv nor Python's venv is installed (Debian: python3-venv)"
    return 0
  fi
  local name
  for name in lab test jupyterhub5 mail dockerspawner; do
    environments/build.sh "$name" "$PERIJOVE_TEST_ENVIRONMENTS/$name" || return
  done
  export PERIJOVE_TEST_JUPYTERHUB=$PERIJOVE_TEST_ENVIRONMENTS/test
}

part_format() { cargo fmt --all --check; }
part_lint() { cargo clippy --workspace --all-targets --locked --keep-going -- -D warnings; }
# The pages' scripts are plain JavaScript with its types in comments; nothing is compiled, but everything is checked.
part_scripts() {
  if ! command -v npm >/dev/null; then
    skipped "the types of the pages' scripts: npm is not installed (Debian: npm)"
    return 0
  fi
  e2e/install.sh && e2e/node_modules/.bin/tsc -p crates/web/jsconfig.json && node --test e2e/lib/
}
part_tests() {
  # A backtrace through the runtime buries what it belongs to.
  export RUST_BACKTRACE=0
  # Alone (scripts/test.sh tests), this part still wants its peers.
  [ -n "${PERIJOVE_TEST_JUPYTERHUB:-}" ] || part_environments || return
  scripts/with-postgres.sh cargo test --workspace --locked --no-fail-fast || return
  if compgen -G '/usr/lib/*/libpam.so' >/dev/null; then
    cargo test -p perijove-pam --features link --locked || return
  else
    skipped "signing in by PAM: libpam0g-dev is not installed"
  fi
  built=${CARGO_TARGET_DIR:-$PWD/target}/debug/perijove
}
# JupyterHub's own tests, where their kit is.
part_conformance() { scripts/conformance.sh && PERIJOVE_BINARY=${PERIJOVE_BINARY:-$built} scripts/conformance-proxy.sh; }
# Walks through the binary that was just tested: building it alone would compile half of the crates with other features.
built=
part_browser() { PERIJOVE_BINARY=${PERIJOVE_BINARY:-$built} scripts/e2e.sh; }

# Images have a program of their own, which is linked with all that it needs.
part_containers() { scripts/containers.sh; }

# A short run; `make fuzz-api` asks more, and on PostgreSQL too.
part_fuzz() {
  if ! command -v uv >/dev/null && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    skipped "requests to the API that nobody would write: neither uv nor Python's venv is installed (Debian: python3-venv)"
    return 0
  fi
  PERIJOVE_BINARY=${PERIJOVE_BINARY:-$built} FUZZ_EXAMPLES=${FUZZ_EXAMPLES:-2} scripts/fuzz-api.sh sqlite
}

part_licences() {
  local tools=$PWD/.perijove/tools
  PATH=$tools/bin:$PATH
  # Two minutes of compiling: continuous integration spends them, people are asked to.
  if ! command -v cargo-deny >/dev/null && [ -n "${CI:-}" ]; then
    cargo install --quiet --locked --root "$tools" cargo-deny@0.20.2 || true
  fi
  if ! command -v cargo-deny >/dev/null; then
    skipped "licences and banned crates (deny.toml): cargo-deny is not installed (cargo install --locked cargo-deny)"
    return 0
  fi
  # Advisories are asked for apart (make advisories): they change while the code does not, and need the network.
  cargo deny --locked check bans licenses sources
}

names=() times=() results=()
failed=0
# What a reader of a long log looks for, once more and last.
say_why() {
  printf '\n== Why %s failed (all of it: %s) ==\n' "$1" "$artifacts/$1.log"
  grep -E -A4 '^error|panicked at|\.\.\. FAILED|test result: FAILED|^ *✘|^FAILED |^E  ' "$artifacts/$1.log" | cut -c1-300 | tail -n 60
  printf '%s\n' '-- and its end --'
  tail -n 15 "$artifacts/$1.log" | cut -c1-300
}
run_part() {
  local name=$1 started=$SECONDS result=passed
  printf '\n== %s ==\n' "$name"
  # A part that skips all it does is not reported as passed.
  local before after
  before=$(wc -l <"$PERIJOVE_SKIPPED")
  # Not through a pipe: a part may set what the next ones use.
  "part_$name" > >(tee "$artifacts/$name.log") 2>&1 || { result=FAILED; failed=1; }
  after=$(wc -l <"$PERIJOVE_SKIPPED")
  if [ "$result" = passed ] && [ "$after" -gt "$before" ]; then result="skipped some, see below"; fi
  names+=("$name") times+=($((SECONDS - started))) results+=("$result")
}

[ $# -gt 0 ] || set -- dependencies environments format lint scripts tests conformance fuzz browser containers licences
for part in "$@"; do
  declare -F "part_$part" >/dev/null || { echo "scripts/test.sh: no part '$part'" >&2; exit 64; }
done
for part in "$@"; do run_part "$part"; done

printf '\n== Summary ==\n'
for i in "${!names[@]}"; do
  printf '  %-14s %2d min %02d s   %s\n' "${names[i]}" $((times[i] / 60)) $((times[i] % 60)) "${results[i]}"
done
if [ -s "$PERIJOVE_SKIPPED" ]; then
  printf '\nSkipped:\n'
  sort -u "$PERIJOVE_SKIPPED" | sed 's/^/  - /'
fi
echo
if [ "$failed" = 1 ]; then
  sleep 1 # the copies of the output are written by others
  for i in "${!names[@]}"; do
    [ "${results[i]}" != FAILED ] || say_why "${names[i]}"
  done
  echo "Some checks failed."
  exit 1
elif [ -s "$PERIJOVE_SKIPPED" ]; then
  echo "Every check that could run passed; the ones listed above did not run."
else
  echo "All checks passed."
fi
