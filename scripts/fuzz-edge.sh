#!/usr/bin/env bash
# Throws at the edge what nobody would write: at its route table, which has to do what a naive list does, at its REST
# API, and at the heads and bodies that it passes on. Ends at the first crash, and leaves what caused it in fuzz/artifacts.
#
#   scripts/fuzz-edge.sh [SECONDS] [TARGET...]      for each target [60; all of them]
#
# Needs cargo-fuzz (`cargo install cargo-fuzz`) and a C++ compiler. Works with a stable compiler: without a sanitizer, since
# there is no unsafe code to watch, and with the compiler's unstable flags for coverage.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=${1:-60}
shift || true
if ! cargo fuzz --version >/dev/null 2>&1; then
  echo "cargo-fuzz is missing: cargo install cargo-fuzz --locked" >&2
  exit 69
fi
export RUSTC_BOOTSTRAP=1
if [ $# = 0 ]; then
  mapfile -t targets < <(cargo fuzz list)
  set -- "${targets[@]}"
fi
for target in "$@"; do
  echo "$target: $seconds s"
  mkdir -p "fuzz/corpus/$target"
  RUST_BACKTRACE=0 cargo fuzz run --sanitizer none --release "$target" "fuzz/corpus/$target" -- \
    -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=30 -print_final_stats=1 2>&1 |
    tee "fuzz/$target.log" | grep -E 'ERROR|panicked|SUMMARY|stat::number_of_executed_units|stat::peak_rss|Test unit written' || true
  if ! grep -q 'stat::number_of_executed_units' "fuzz/$target.log" || grep -qE 'SUMMARY: libFuzzer|panicked at' "fuzz/$target.log"; then
    tail -30 "fuzz/$target.log" >&2
    exit 1
  fi
done
