#!/usr/bin/env bash
# Runs JupyterHub's own tests against a hub of our real parts (conformance/README.md says how and why).
#
#   scripts/conformance.sh [FILTER]     FILTER: a regular expression over test ids, such as '^test_(shares|roles)'
#
# Needs the kit, beside the checkout at ../shared/conformance or where PERIJOVE_CONFORMANCE_KIT says; without it, it says
# so and does nothing. PERIJOVE_CONFORMANCE_JOBS: how many files of tests run at a time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kit=${PERIJOVE_CONFORMANCE_KIT:-$PWD/../shared/conformance}
out=${PERIJOVE_ARTIFACTS:-$PWD/artifacts}/conformance
environments=${PERIJOVE_TEST_ENVIRONMENTS:-$PWD/.perijove/environments}
filter=${1:-.}

skip() {
  echo "SKIPPED $1" >&2
  [ -z "${PERIJOVE_SKIPPED:-}" ] || echo "$1" >>"$PERIJOVE_SKIPPED"
  exit 0
}
[ -f "$kit/run.sh" ] || skip "JupyterHub's own tests: the kit is not there (PERIJOVE_CONFORMANCE_KIT names its folder)"
if ! command -v uv >/dev/null && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  skip "JupyterHub's own tests: neither uv nor Python's venv is installed (Debian: python3-venv)"
fi
kit=$(cd "$kit" && pwd)

environments/build.sh conformance "$environments/conformance"
cargo build --locked -p perijove-testkit --bin conformance-hub

rm -rf "$out"
mkdir -p "$out"
list=$kit/lists/open.tsv
browser=${CONFORM_CHROMIUM:-$(command -v chromium || true)}
if [ -z "$browser" ]; then
  echo "SKIPPED JupyterHub's own tests in a browser: Chromium is not installed (Debian: chromium)" >&2
  [ -z "${PERIJOVE_SKIPPED:-}" ] || echo "JupyterHub's own tests in a browser: Chromium is not installed" >>"$PERIJOVE_SKIPPED"
  grep -v '^browser/' "$list" >"$out/list.tsv"
elif [ $# -eq 0 ]; then
  # What looks for JupyterHub's own looks waits half a minute for each: only those who ask for it do that.
  grep -v '^#' conformance/differs.tsv | cut -f1 | grep '^browser/' >"$out/looks.txt" || true
  awk -F'\t' 'NR == FNR { looks[$1]; next } !($1 in looks)' "$out/looks.txt" "$list" >"$out/list.tsv"
else
  cp "$list" "$out/list.tsv"
fi
export CONFORM_CHROMIUM=$browser
export PATH="$environments/conformance/bin:$PATH" HUB_APPLY=reload
export HUB_CMD="'$PWD/conformance/hub-command' --port {port} --base-url {base_url} --db {db_path} --settings {settings_file}"
# Outside the checkout: Python would take what lies in it for packages.
(cd "$out" && "$kit/run.sh" -l "$out/list.tsv" -o "$out" -j "${PERIJOVE_CONFORMANCE_JOBS:-3}" -f "$filter") || true
[ -s "$out/wanted.tsv" ] || { echo "no test is called like '$filter'" >&2; exit 64; }

# Whatever fails must be in the list of those that differ, and whatever is in that list must fail.
cut -f1 "$out/wanted.tsv" | sort >"$out/ran.txt"
cut -f1 "$out/failed.txt" | sort >"$out/failed.ids.txt"
grep -v '^#' conformance/differs.tsv | cut -f1 | sort >"$out/differs.txt" || true
comm -23 "$out/failed.ids.txt" "$out/differs.txt" >"$out/unexpected.txt"
comm -12 "$out/differs.txt" "$out/ran.txt" | comm -23 - "$out/failed.ids.txt" >"$out/passes-now.txt"
status=0
if [ -s "$out/unexpected.txt" ]; then
  status=1
  echo "These fail, and conformance/differs.tsv does not say why:"
  awk -F'\t' 'NR == FNR { why[$1] = $2 ": " $5; next } { print "  " $1 "\t" (($1 in why) ? why[$1] : "no result") }' \
    "$out/results.all" "$out/unexpected.txt"
  echo "What pytest said is in $out/*.log, the hubs' logs are in $out/*/hubs/*/hub.log"
fi
if [ -s "$out/passes-now.txt" ]; then
  status=1
  echo "These pass, and conformance/differs.tsv says that they don't: take them out of it."
  sed 's/^/  /' "$out/passes-now.txt"
fi
exit $status
