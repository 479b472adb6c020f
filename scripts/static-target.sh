#!/usr/bin/env bash
# Makes the target x86_64-unknown-linux-musl of the installed toolchain usable on Debian, for a program that needs nothing
# of the machine it runs on. Prints what cargo needs to know; the toolchain stays as it is. Quick when all is there.
#
#   eval "$(scripts/static-target.sh)" && cargo build --target x86_64-unknown-linux-musl
set -euo pipefail
here=$(dirname "$0")
target=x86_64-unknown-linux-musl
cache=${WIMPROOF_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/wimproof-tools}

if ! command -v musl-gcc > /dev/null || [ ! -e /usr/lib/llvm-14/lib/libunwind.a ]; then
    "$here/apt-install.sh" musl-tools libunwind-14-dev >&2
fi
sysroot=$("$here/std-from-source.sh" "$target")

# The library that unwinds panics comes with Rust's own std for musl, not with its source. Debian's was made for glibc
# with its checks switched on; of these it needs one.
native=$cache/musl-native
if [ ! -e "$native/libunwind.a" ]; then
    mkdir -p "$native"
    cp /usr/lib/llvm-14/lib/libunwind.a "$native/new.a"
    musl-gcc -O2 -c -o "$native/checked.o" -x c - <<'C'
#include <stdarg.h>
#include <stdio.h>
int __fprintf_chk(FILE *to, int level, const char *format, ...) {
    va_list values;
    va_start(values, format);
    int written = vfprintf(to, format, values);
    va_end(values);
    (void)level;
    return written;
}
C
    ar rD "$native/new.a" "$native/checked.o"
    mv "$native/new.a" "$native/libunwind.a"
fi
# `link-self-contained=no`: start files and libc are those of musl-gcc. `relocation-model=static`: else the program asks
# for a dynamic linker after all.
echo "export CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER=musl-gcc"
echo "export CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_RUSTFLAGS='--sysroot=$sysroot -Lnative=$native -Clink-self-contained=no -Crelocation-model=static'"
