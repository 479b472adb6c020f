#!/usr/bin/env bash
# Runs the fuzz targets, one after the other. Needs cargo-fuzz and a C++ compiler; the stable toolchain will do.
#
#   fuzz/run.sh [SECONDS] [TARGET...]     default 60 seconds for each of all targets
#
# A case that crashes, takes more than 10 seconds or more than 512 MiB ends the run with an error; cargo-fuzz says where
# it put it. The last lines of each run, with executions and coverage, are kept in logs/.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-60}
shift || true
[ $# -gt 0 ] || set -- $(basename -s .rs fuzz_targets/*.rs)

mkdir -p logs
for target in "$@"; do
    mkdir -p "corpus/$target"
    dictionary=()
    [ ! -f "dictionaries/$target" ] || dictionary=("-dict=dictionaries/$target")
    cargo fuzz run --sanitizer=none "$target" "corpus/$target" "seeds/$target" -- \
        "-max_total_time=$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=512 -malloc_limit_mb=512 \
        -print_final_stats=1 "${dictionary[@]}" 2>&1 | tee "logs/$target" | grep -E '^#[0-9]+.*(INITED|DONE)|^stat::|ERROR|panicked|Test unit'
done
