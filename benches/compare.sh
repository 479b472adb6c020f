#!/usr/bin/env bash
# Compares the verification of whole files and prints a Markdown table of medians:
#
# * `wimlib-imagex verify`: SHA-1 of every content, integrity table
# * `7z t`: SHA-1 of every content; it passes over the integrity table
# * wimproof, the same hashes as wimlib (the example `verify`)
# * `wimproof verify`: also SHA-256 of the file and of every content
#
# Needs wimlib-imagex, 7z, GNU time and python3.
#
#   benches/compare.sh [FOLDER]
#
# Measures the *.wim and *.esd files of FOLDER; where there are none it makes them there: the same tree of plausible
# programs and texts, not compressed, in each compression, and solid. Without FOLDER they are made in a temporary one,
# which needs 4 GB. RUNS (5) says how often each is measured, MEGABYTES (1000) how large the tree is.
set -euo pipefail
runs=${RUNS:-5} megabytes=${MEGABYTES:-1000}
top=$(cd "$(dirname "$0")/.." && pwd)
release=${CARGO_TARGET_DIR:-$top/target}/release
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folder=${1:-$work/files}
cargo build --quiet --release --manifest-path "$top/Cargo.toml"
cargo build --quiet --release --manifest-path "$top/Cargo.toml" --package wimproof-wim --examples

make_files() { # into $folder
    mkdir -p "$folder"
    "$release/examples/plausible_tree" "$work/tree" "$megabytes"
    wimlib-imagex capture "$work/tree" "$folder/none.wim" plausible --compress=none --check > /dev/null
    rm -r "$work/tree"
    for compression in xpress lzx lzms; do
        wimlib-imagex export "$folder/none.wim" 1 "$folder/$compression.wim" --compress=$compression --check > /dev/null
    done
    wimlib-imagex export "$folder/none.wim" 1 "$folder/solid.esd" --solid --check > /dev/null
}

measure() { # FILE TOOL COMMAND...
    local file=$1 tool=$2
    shift 2
    /usr/bin/time --quiet -a -o "$work/measured" -f "$(basename "$file")\t$tool\t%e\t%U\t%S\t%M\t%x" "$@" > /dev/null 2>&1 || true
}

shopt -s nullglob
files=("$folder"/*.wim "$folder"/*.esd)
if [ ${#files[@]} = 0 ]; then
    make_files
    files=("$folder"/*.wim "$folder"/*.esd)
fi
for file in "${files[@]}"; do
    cat "$file" > /dev/null # into the page cache, for all alike
    for _ in $(seq "$runs"); do
        measure "$file" "wimlib-imagex verify" wimlib-imagex verify "$file"
        measure "$file" "7z t" 7z t -bd "$file"
        measure "$file" "wimproof, SHA-1 only" env "JOBS=$(nproc)" "$release/examples/verify" "$file"
        measure "$file" "wimproof verify" "$release/wimproof" verify "$file"
    done
done

python3 - "$work/measured" "$folder" "$runs" <<'PY'
import collections, os, statistics, sys
measured, folder, runs = sys.argv[1:]
rows = collections.defaultdict(list)
for line in open(measured):
    file, tool, *numbers = line.rstrip("\n").split("\t")
    rows[file, tool].append([float(number) for number in numbers])
print(f"Medians of {runs} runs, {os.cpu_count()} cores.\n")
print("| file | MB | tool | wall, s | CPU, s | memory, MiB | times as fast as wimlib |\n|---|---|---|---|---|---|---|")
for (file, tool), all_runs in rows.items():
    wall, user, system, memory, status = (statistics.median(column) for column in zip(*all_runs))
    if tool.startswith("wimlib"):
        theirs = wall
    size = os.path.getsize(f"{folder}/{file}") / 1e6
    speed = f"{theirs / max(wall, 0.01):.2f}" if status == 0 else f"fails ({status:.0f})"
    print(f"| {file} | {size:.0f} | {tool} | {wall:.2f} | {user + system:.2f} | {memory / 1024:.0f} | {speed} |")
PY
