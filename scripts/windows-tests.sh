#!/usr/bin/env bash
# Builds the program for Windows and runs the whole test suite and the walk-through with it under Wine. What that cannot
# show stands in docs/windows.md.
set -euo pipefail
cd "$(dirname "$0")/.."
target=x86_64-pc-windows-gnu

fail() { echo "the Windows build was not tested: $*" >&2; exit 1; }

settings=$(scripts/windows-target.sh) || fail "the target $target cannot be had (are the packages of Debian and the crates in reach?)"
eval "$settings"
settings=$(scripts/wine.sh start) || fail "Wine does not start"
eval "$settings"
trap 'scripts/wine.sh stop' EXIT

# A test that fails tells what it expected; it writes nothing beside the snapshots.
export INSTA_UPDATE=no
echo "== Windows: tests"
cargo test --workspace --locked --target $target
echo "== Windows: one file"
scripts/check-binary.sh target/$target/debug/wimproof.exe
echo "== Windows: walk-through, as on Linux"
program=${1:-target/release/wimproof}
here=$(mktemp) there=$(mktemp)
trap 'scripts/wine.sh stop; rm -f "$here" "$there"' EXIT
scripts/walkthrough "$program" > "$here" 2> /dev/null || { cat "$here"; fail "the walk-through fails on Linux"; }
scripts/walkthrough scripts/wine.sh run target/$target/debug/wimproof.exe > "$there" 2> /dev/null || { cat "$there"; exit 1; }
diff "$here" "$there"
cat "$there"
