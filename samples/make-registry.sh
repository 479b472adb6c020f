#!/usr/bin/env bash
# Makes samples/registry anew: three approvals in force and one revoked, with fixed times, so that the log has the same
# bytes each time.
#
#   samples/make-registry.sh            builds wimproof where needed
#   WIMPROOF=path/to/wimproof samples/make-registry.sh
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)

if [ -n "${WIMPROOF:-}" ]; then
    program=$(realpath "$WIMPROOF")
    wimproof() { "$program" "$@"; }
else
    wimproof() { cargo run --quiet --release --manifest-path "$top/Cargo.toml" -- "$@"; }
fi
cd "$top/samples"
wimproof --version > /dev/null
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
export WIMPROOF_REGISTRY=$new/registry

wimproof registry init --origin bank.example/images
approve() { # IMAGE TIME TICKET
    wimproof registry approve "images/$1" --now "$2" --by "image team" --ticket "$3" --reason "released by the vendor, tested"
}
approve cmge-v0h.wim 2019-04-02T06:00:00Z CHG-0419
approve revoked-v0g.wim 2019-04-02T06:05:00Z CHG-0419
approve cmge-v2020l.wim 2021-05-10T03:00:00Z CHG-2105
approve cmge-v2022l.wim 2022-03-01T03:00:00Z CHG-2203
wimproof registry revoke A1 --now 2022-11-15T09:30:00Z --by "image team" --ticket INC-2211 \
    --reason "94 system files were corrupt when the image was made; updates fail with 0x800f0986"
# The media of the case in case-rogue-upgrade: their image files are not at hand, their facts are.
for facts in cmge-v0h-media cmge-v2020l-media; do
    wimproof registry approve --from-facts "facts/$facts.toml" --now 2022-12-01T03:00:00Z --by "image team" \
        --ticket CHG-2212 --reason "release media, described from the vendor's delivery note"
done
mkdir -p registry
cp "$new/registry/log.intoto.jsonl" "$new/registry/checkpoint" registry/
rm -rf registry/index registry/lock registry/contents
cp -r "$new/registry/contents" registry/
