#!/bin/bash
# Make the sample WIM images from synthetic trees.
#
# usage: make-images.sh            write samples/images/*.wim and images/README.md
#        make-images.sh --check    make them in a temporary folder and compare
#
# Needs wimlib-imagex (Debian: wimtools) and python3.  The same wimlib version
# gives the same bytes every time; another version may compress differently,
# and then file sizes and SHA-256 change (and the impostor's metadata SHA-1,
# as another impostor may be the first whose size fits).
set -eu -o pipefail
export LC_ALL=C.UTF-8 TZ=UTC
umask 022

for tool in wimlib-imagex python3; do
  command -v $tool >/dev/null || { echo "make-images: $tool is missing" >&2; exit 1; }
done
here=$(cd "$(dirname "$0")" && pwd)
images=$here/images
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case ${1-} in
  '')      out=$images ;;
  --check) out=$work/out ;;
  *)       sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
mkdir -p "$out"
version=$(wimlib-imagex --version | sed -n '1s/ *(.*//p')

die() { echo "make-images: $*" >&2; exit 1; }
edit() { python3 "$here/wim-patch.py" "$@"; }
wim() { wimlib-imagex "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; die "wimlib-imagex $1 failed"; }; }

# claim FILE CREATED MODIFIED PROPERTY=VALUE...: write what the XML says of the image
claim() {
  local file=$1 times args=() p
  times=$(edit times "$2" "$3")
  shift 3
  for p in "$@" $times; do args+=(--image-property "$p"); done
  wim info "$file" 1 "${args[@]}"
}

# base KEY PROFILE NAME DESCRIPTION [make-tree option...]: capture a tree, uncompressed, to $work/KEY.wim
base() {
  local key=$1 profile=$2 name=$3 description=$4
  shift 4
  rm -rf "$work/tree" "$work/$key.wim"
  python3 "$here/make-tree.py" "$work/tree" "$profile" "$@"
  wim capture "$work/tree" "$work/$key.wim" "$name" "$description" --compress=none --threads=1
  edit canon "$work/$key.wim"
}

# windows EDITION MAJOR.MINOR.BUILD.SPBUILD BRANCH: fill the array `props` with the WINDOWS element
windows() {
  local v; IFS=. read -r -a v <<<"$2"
  props=("WINDOWS/ARCH=9"
    "WINDOWS/PRODUCTNAME=Microsoft® Windows® Operating System"
    "WINDOWS/EDITIONID=$1" "WINDOWS/INSTALLATIONTYPE=${4:-Client}"
    "WINDOWS/PRODUCTTYPE=WinNT" "WINDOWS/PRODUCTSUITE=Terminal Server"
    "WINDOWS/LANGUAGES/LANGUAGE=zh-CN" "WINDOWS/LANGUAGES/DEFAULT=zh-CN"
    "WINDOWS/VERSION/MAJOR=${v[0]}" "WINDOWS/VERSION/MINOR=${v[1]}"
    "WINDOWS/VERSION/BUILD=${v[2]}" "WINDOWS/VERSION/SPBUILD=${v[3]}"
    "WINDOWS/VERSION/SPLEVEL=0" "WINDOWS/VERSION/BRANCH=$3"
    "WINDOWS/SYSTEMROOT=WINDOWS")
}

# cmge KEY PROFILE NAME VERSION BRANCH CREATED MODIFIED [make-tree option...]: an image of the vendor
cmge() {
  local key=$1 profile=$2 name=$3 version=$4 branch=$5 created=$6 modified=$7
  local text="CMIT Government Edition ${name#CMGE }"
  shift 7
  base "$key" "$profile" "$name" "$text" "$@"
  windows EnterpriseG "$version" "$branch"
  claim "$work/$key.wim" "$created" "$modified" "${props[@]}" \
    "FLAGS=EnterpriseG" "DISPLAYNAME=$name" "DISPLAYDESCRIPTION=$text 神州网信政府版"
}

# v2020l KEY [make-tree option...]: CMGE V2020-L, or what passes itself off as it
v2020l() {
  local key=$1
  shift
  cmge "$key" v2020l "CMGE V2020-L" 10.0.17763.1911 rs5_release \
    2020-01-10T02:14:07.1234567Z 2021-04-26T08:30:51.7654321Z "$@"
}

# finish FILE COMPRESSION GUID-SEED SOURCE INDEX [export argument...]: the file that is shipped
finish() {
  local file=$out/$1 compression=$2 seed=$3 source=$4 index=$5
  shift 5
  rm -f "$file"
  wim export "$source" "$index" "$file" "$@" --compress="$compression" --threads=1
  edit guid "$file" "$seed"
}

# ---- approved images ------------------------------------------------------------------------------------------------
cmge v0h v0h "CMGE V0-H" 10.0.17134.648 rs4_release \
  2019-03-26T02:41:19.4400125Z 2019-03-26T03:05:02.9187640Z
finish cmge-v0h.wim lzx cmge-v0h "$work/v0h.wim" 1 --check

v2020l v2020l
finish cmge-v2020l.wim lzx cmge-v2020l "$work/v2020l.wim" 1 --check

cmge v2022l v2022l "CMGE V2022-L" 10.0.19044.1415 vb_release \
  2022-01-28T02:52:36.0153300Z 2022-01-28T03:20:44.8826019Z
finish cmge-v2022l.wim xpress cmge-v2022l "$work/v2022l.wim" 1

# ---- approved once, revoked later -----------------------------------------------------------------------------------
cmge v0g v0g "CMGE V0-G" 10.0.17134.112 rs4_release \
  2018-07-18T02:10:55.3021877Z 2018-07-18T02:37:08.6640092Z
finish revoked-v0g.wim lzx revoked-v0g "$work/v0g.wim" 1 --check

# ---- an image of unknown origin: a plain capture, so without FLAGS and display names --------------------------------
base vda vda "ICBC VDA Win10 LTSC 2019" "ICBC VDA Win10 LTSC 2019"
windows EnterpriseS 10.0.17763.1339 rs5_release
claim "$work/vda.wim" 2020-07-29T10:25:11Z 2020-07-29T10:25:12.2041186Z "${props[@]}"
finish rogue-icbc-vda.wim lzx rogue-icbc-vda "$work/vda.wim" 1

# ---- containers with two images -------------------------------------------------------------------------------------
base pe pe "Maintenance PE" "Maintenance PE"
windows WindowsPE 10.0.17763.1 rs5_release WindowsPE
claim "$work/pe.wim" 2020-03-05T06:22:40.5000000Z 2020-03-05T06:22:41.7500000Z "${props[@]}" FLAGS=9

wim export "$work/v2020l.wim" 1 "$work/two.wim" --compress=none
wim export "$work/pe.wim" 1 "$work/two.wim"
finish multi.wim lzx multi "$work/two.wim" all --check

# The approved tree once more: from index 2 of another container, new NAME, other compression.
wim export "$work/pe.wim" 1 "$work/owt.wim" --compress=none
wim export "$work/v2020l.wim" 1 "$work/owt.wim"
finish cmge-v2020l-exported.wim xpress cmge-v2020l-exported "$work/owt.wim" 2 \
  "Windows 10 government build" "Windows 10 government build"

# ---- the impostor: same claims, same GUID, same file size; six programs are others ----------------------------------
# Other bytes compress to a few bytes more or less, so try until header and XML agree byte for byte;
# 52 is the first number that does with wimlib 1.13.5.
real=$out/cmge-v2020l.wim
fake=$out/impostor-v2020l.wim
claims() { head -c 208 "$1" | sha256sum; wimlib-imagex info "$1" --xml | sha256sum; }
wanted=$(claims "$real")
for salt in 52 {1..500}; do
  v2020l impostor --impostor "$salt"
  finish impostor-v2020l.wim lzx cmge-v2020l "$work/impostor.wim" 1 --check
  [ "$(stat -c %s "$fake")" != "$(stat -c %s "$real")" ] || [ "$(claims "$fake")" != "$wanted" ] || break
done
[ "$(claims "$fake")" = "$wanted" ] || die "no impostor of the same size found"
[ "$(stat -c %s "$fake")" = "$(stat -c %s "$real")" ] || die "the impostor's size differs"
[ "$(edit metadata "$fake")" != "$(edit metadata "$real")" ] || die "the impostor is no impostor"

# ---- damaged --------------------------------------------------------------------------------------------------------
cp "$real" "$out/damaged-v2020l.wim"
damaged_at=$(edit damage "$out/damaged-v2020l.wim")
cp "$real" "$out/torn-v2020l.wim"
edit tear "$out/torn-v2020l.wim" 3

# ---- every file is what it should be --------------------------------------------------------------------------------
for f in "$out"/*.wim; do
  case ${f##*/} in
    damaged-*)
      ! wimlib-imagex verify "$f" >/dev/null 2>&1 || die "$f: is not damaged"
      ! wimlib-imagex dir "$f" 1 >/dev/null 2>&1 || die "$f: its metadata can be read"
      ;;
    torn-*) ! wimlib-imagex verify "$f" >/dev/null 2>&1 || die "$f: is not damaged" ;;
    *) wim verify "$f" ;;
  esac
  wim info "$f"
done
same=$(edit metadata "$real")
[ "$(edit metadata "$out/cmge-v2020l-exported.wim")" = "$same" ] || die "the exported image differs"
[ "$(edit metadata "$out/multi.wim" | head -n 1)" = "$same" ] || die "the first of two images differs"

# ---- README ---------------------------------------------------------------------------------------------------------
row() { # row FILE WHAT
  local f=$out/$1 meta
  meta=$(edit metadata "$f" | sed 's/.*/`&`/' | paste -sd' ')
  printf '| `%s` | %s | %s | `%s` | %s |\n' "$1" "$2" "$(stat -c %s "$f")" "$(sha256sum <"$f" | cut -c1-64)" "$meta"
}
{
  cat <<TEXT
# Sample images

Made by \`samples/make-images.sh\` with $version.
\`make-images.sh --check\` makes them again and compares.

Every byte is synthetic: the trees come from \`samples/make-tree.py\`. The files look like
Windows files in name and shape only; there are no Microsoft bytes in them, no product keys, no
passwords and no personal data. They may be used under the licence of this repository. Product
names in the XML are claims made for the tests.

| File | What it is | Bytes | SHA-256 | SHA-1 of the metadata resource of each image |
|---|---|---|---|---|
TEXT
  row cmge-v0h.wim "NAME \"CMGE V0-H\", EnterpriseG 10.0.17134.648; LZX, integrity table"
  row cmge-v2020l.wim "NAME \"CMGE V2020-L\", EnterpriseG 10.0.17763.1911; LZX, integrity table; created 2020-01-10, serviced 2021-04-26"
  row cmge-v2022l.wim "NAME \"CMGE V2022-L\", EnterpriseG 10.0.19044.1415; XPRESS"
  row cmge-v2020l-exported.wim "The tree of \`cmge-v2020l.wim\`, exported from index 2 of another container; NAME \"Windows 10 government build\" (DISPLAYNAME stays); XPRESS"
  row multi.wim "Two images: \"CMGE V2020-L\" (the tree of \`cmge-v2020l.wim\`) and \"Maintenance PE\" (WindowsPE, never approved); LZX, integrity table"
  row revoked-v0g.wim "NAME \"CMGE V0-G\", EnterpriseG 10.0.17134.112; LZX, integrity table; approved, then revoked"
  row rogue-icbc-vda.wim "NAME and DESCRIPTION \"ICBC VDA Win10 LTSC 2019\", EnterpriseS 10.0.17763.1339, created 2020-07-29; another tree; LZX; no FLAGS and display names, as after a plain capture"
  row impostor-v2020l.wim "Claims to be \`cmge-v2020l.wim\`: header (GUID too), XML and file size are equal byte for byte; six programs are others (below); its own integrity table is right"
  row damaged-v2020l.wim "\`cmge-v2020l.wim\` with one bit flipped: $damaged_at; the SHA-1 here is the one its blob table still states, its metadata no longer has it"
  row torn-v2020l.wim "\`cmge-v2020l.wim\` with one bit flipped in each of three contents that several files share"
  cat <<'TEXT'

How each is made: a tree is captured uncompressed, hard-link numbers and blob order are put into a
fixed order (`wim-patch.py canon`), names, times and the WINDOWS element are set through
`--image-property`, `wimlib-imagex export` writes the compressed file, and the GUID is set last.

The impostor's six other programs:

TEXT
  python3 - "$here" <<'PY'
import runpy, sys
for path, size in runpy.run_path(sys.argv[1] + "/make-tree.py")["HOOKS"]:
    print(f"- `{path}` ({size} bytes)")
PY
  cat <<'TEXT'

The trees hold no registry hives. `facts/icbc-vda-2020.toml` describes the case in which only the
set-up logs are left and no image file.
TEXT
} >"$out/README.md"

# ---- compare --------------------------------------------------------------------------------------------------------
if [ "$out" != "$images" ]; then
  diff -rq "$images" "$out" || die "images/ differs from what this script makes with $version"
  echo "make-images: all files are equal"
else
  echo "make-images: $(cat "$out"/*.wim | wc -c) bytes in $(ls "$out"/*.wim | wc -l) images, impostor $salt"
fi
