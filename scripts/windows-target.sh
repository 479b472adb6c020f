#!/usr/bin/env bash
# Makes the target x86_64-pc-windows-gnu of the installed toolchain usable on Debian: a linker, and the standard library
# built from source. Prints what cargo needs to know; the toolchain stays as it is. Quick when all is there.
#
#   eval "$(scripts/windows-target.sh)" && cargo build --target x86_64-pc-windows-gnu
set -euo pipefail
here=$(dirname "$0")
target=x86_64-pc-windows-gnu

# Standard output is what the caller evaluates.
install() {
    "$here/apt-install.sh" "$@" >&2
}

if ! command -v x86_64-w64-mingw32-gcc > /dev/null; then
    install gcc-mingw-w64-x86-64-win32
fi
status=0
sysroot=$("$here/std-from-source.sh" "$target") || status=$?
if [ "$status" = 4 ]; then
    # The pinned package is gone. Debian's own compiler for browsers and its source are always of one release.
    echo "$0: taking rustc-web of Debian in place of $(rustc --version)" >&2
    install rustc-web cargo-web rust-web-src
    export PATH=/usr/bin:$PATH
    echo "export PATH=/usr/bin:\$PATH"
    sysroot=$("$here/std-from-source.sh" "$target")
elif [ "$status" != 0 ]; then
    exit "$status"
fi
echo "export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUSTFLAGS='--sysroot=$sysroot'"
echo "export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUSTDOCFLAGS='--sysroot=$sysroot'"
