#!/usr/bin/env bash
# Measures `wimproof check` at assurance `declared` against `wimlib-imagex dir` on a WIM of many small files: the work of
# both is the blob table and the metadata. Needs wimlib-imagex, GNU time and python3.
#
#   benches/declared.sh [FILES]       default 210000
set -euo pipefail
files=${1:-210000}
top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cargo build --quiet --release --manifest-path "$top/Cargo.toml"
wimproof=${CARGO_TARGET_DIR:-$top/target}/release/wimproof

python3 - "$work/tree" "$files" <<'PY'
import os, sys
top, files = sys.argv[1], int(sys.argv[2])
for i in range(files):
    folder = f"{top}/d{i % 500:03d}"
    if i < 500:
        os.makedirs(folder)
    with open(f"{folder}/file{i:06d}.dat", "wb") as out:
        out.write(b"%d" % i * 3)
PY
wimlib-imagex capture "$work/tree" "$work/many.wim" many --compress=lzx > /dev/null
"$wimproof" --registry "$work/registry" registry init > /dev/null

for run in 1 2 3 4 5; do
    /usr/bin/time -a -o "$work/wimlib" -f '%e %M' wimlib-imagex dir "$work/many.wim" > /dev/null
    /usr/bin/time -a -o "$work/wimproof" -f '%e %M' "$wimproof" --registry "$work/registry" check --no-audit --assurance declared "$work/many.wim" \
        > /dev/null || true
done
python3 - "$work" "$files" <<'PY'
import statistics, sys
work, files = sys.argv[1:]
def median(name):
    rows = [line.split() for line in open(f"{work}/{name}") if line[0].isdigit()]
    return [statistics.median(float(row[i]) for row in rows) for i in (0, 1)]
(theirs, their_memory), (ours, our_memory) = median("wimlib"), median("wimproof")
print(f"{files} files: wimlib-imagex dir {theirs:.2f} s, {their_memory / 1024:.0f} MiB; "
      f"wimproof check {ours:.2f} s, {our_memory / 1024:.0f} MiB; "
      f"ratio {ours / theirs:.2f} in time, {our_memory / their_memory:.2f} in memory")
PY
