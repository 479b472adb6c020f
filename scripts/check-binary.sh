#!/usr/bin/env bash
# Whether a program stands for itself: one of Linux needs no dynamic linker, one of Windows no DLL that does not come with
# Windows and WinPE.
#
#   scripts/check-binary.sh FILE...
set -euo pipefail

# What std and the crates of Windows interfaces take from the system. libgcc, libwinpthread and libstdc++ are not among them.
system='^(kernel32|ntdll|msvcrt|userenv|ws2_32|advapi32|bcrypt|bcryptprimitives|ncrypt|secur32|crypt32|shell32|ole32|oleaut32|api-ms-win-(core|crt)-[a-z0-9-]+)\.dll$'

for file in "$@"; do
    case $(head -c 4 "$file" | od -An -tx1 | tr -d ' \n') in
    7f454c46)
        # `ldd` calls a program static that asks for the dynamic linker of musl.
        if readelf -lW "$file" | grep -q INTERP; then
            echo "$file: needs a dynamic linker" >&2
            exit 1
        fi
        echo "$file: static"
        ;;
    4d5a*)
        dlls=$(x86_64-w64-mingw32-objdump -p "$file" | sed -n 's/^.*DLL Name: //p' | sort -f)
        if [ -z "$dlls" ]; then
            echo "$file: no import table can be read" >&2
            exit 1
        fi
        if foreign=$(grep -Eiv "$system" <<< "$dlls"); then
            echo "$file: needs DLLs that do not come with Windows: $foreign" >&2
            exit 1
        fi
        echo "$file: imports" $dlls
        ;;
    *)
        echo "$file: neither ELF nor PE" >&2
        exit 1
        ;;
    esac
done
