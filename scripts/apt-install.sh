#!/usr/bin/env bash
# Installs packages of Debian, quietly; says what failed.
set -euo pipefail
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"; } > "$log" 2>&1; then
    cat "$log" >&2
    echo "$0: cannot install $*" >&2
    exit 1
fi
