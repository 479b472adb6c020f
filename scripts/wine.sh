#!/usr/bin/env bash
# Runs Windows programs on Linux, to test them.
#
#   eval "$(scripts/wine.sh start)"      a Windows of their own, and how cargo runs programs in it
#   scripts/wine.sh run PROGRAM ...      runs one
#   scripts/wine.sh stop
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${WIMPROOF_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/wimproof-tools}
export WINEPREFIX=$cache/wine WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml="
# Wine reads names of files by the locale; in that of C, Chinese ones cannot be opened.
export LC_ALL=C.UTF-8
wine=/usr/lib/wine/wine64
server=/usr/lib/wine/wineserver64

# Wine 8 lacks this DLL of Windows 8 and later; the standard library of Rust takes its random numbers from it. For tests
# only, never given out.
stand_in() {
    local dll=$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll
    if [ -e "$dll" ]; then return; fi
    x86_64-w64-mingw32-gcc -O1 -shared -s -o "$dll" -x c - -ladvapi32 <<'C'
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE to, SIZE_T length) {
    while (length) {
        ULONG piece = length > 0x10000000 ? 0x10000000 : (ULONG)length;
        if (!SystemFunction036(to, piece)) return FALSE;
        to += piece;
        length -= piece;
    }
    return TRUE;
}
C
}

start() {
    [ -x "$wine" ] || "$here/apt-install.sh" wine64 >&2
    mkdir -p "$WINEPREFIX"
    # A server that stays: programs started while one ends are killed now and then. It keeps the streams of its
    # caller open for good, so it gets none.
    "$server" -p < /dev/null > /dev/null 2>&1 || true
    "$wine" wineboot -i < /dev/null > /dev/null 2>&1
    stand_in
    echo "export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER='$here/wine.sh run'"
}

# Rarely Wine ends a program as it starts, with exit code 1 and no word; that, and only that, is tried once more.
run() {
    local status=0
    kept=$(mktemp -d)
    trap 'rm -rf "$kept"' EXIT
    "$wine" "$@" > "$kept/out" 2> "$kept/err" || status=$?
    if [ "$status" = 1 ] && [ ! -s "$kept/out" ] && [ ! -s "$kept/err" ]; then
        echo "wine.sh: exit code 1 and no word, tried once more: $*" >&2
        status=0
        "$wine" "$@" > "$kept/out" 2> "$kept/err" || status=$?
    fi
    cat "$kept/out"
    cat "$kept/err" >&2
    return "$status"
}

case ${1:-} in
start) start ;;
run) shift; run "$@" ;;
stop) "$server" -k || true ;;
*) echo "usage: $0 start | run PROGRAM ... | stop" >&2; exit 2 ;;
esac
