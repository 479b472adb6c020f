#!/usr/bin/env bash
# Measures `wimproof verify` against `wimlib-imagex verify` on the same files, alternately: integrity table and SHA-1 of
# every content; ours also with SHA-256 of the file and of every content. Needs wimlib-imagex, GNU time, python3.
#
#   benches/verify.sh FILE...         for example a WIM in each compression, made by wimlib-imagex export
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
cargo build --quiet --release --manifest-path "$top/Cargo.toml" --package wimproof-wim --example verify
ours=${CARGO_TARGET_DIR:-$top/target}/release/examples/verify
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
measure() { # NAME COMMAND...
    local name=$1; shift
    /usr/bin/time -a -o "$work/$name" -f '%e %U %S %M' "$@" > /dev/null
}
for file in "$@"; do
    cat "$file" > /dev/null # into the page cache, for all alike
    for _ in 1 2 3; do
        measure wimlib wimlib-imagex verify "$file"
        measure ours "$ours" "$file"
        FULL=1 measure full "$ours" "$file"
    done
    python3 - "$work" "$(basename "$file")" <<'PY'
import os, statistics, sys
work, name = sys.argv[1:]
def median(which):
    rows = [[float(n) for n in line.split()] for line in open(f"{work}/{which}") if line[0].isdigit()]
    os.remove(f"{work}/{which}")
    return [statistics.median(row[i] for row in rows) for i in range(4)]
wimlib, ours, full = median("wimlib"), median("ours"), median("full")
show = lambda m: f"{m[0]:.2f} s wall, {m[1] + m[2]:.2f} s CPU, {m[3] / 1024:.0f} MiB"
print(f"{name}: wimlib {show(wimlib)}; wimproof {show(ours)} ({wimlib[0] / ours[0]:.2f} x); "
      f"with SHA-256 {show(full)} ({wimlib[0] / full[0]:.2f} x)")
PY
done
