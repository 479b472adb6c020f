#!/usr/bin/env bash
# The standard library of Rust for a target that the installed toolchain has none for, built from source. Prints the
# folder of a sysroot with it, for `rustc --sysroot`. The toolchain stays as it is. Quick when all is there.
#
#   scripts/std-from-source.sh x86_64-pc-windows-gnu
#
# The source is that of the toolchain, where it has one (`rustup component add rust-src`; Debian's rust-web-src); else
# Debian's package of the same release, pinned by its SHA-256. Exit code 4: it cannot be had.
set -euo pipefail

target=$1
cache=${WIMPROOF_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/wimproof-tools}
release=$(rustc -vV | sed -n 's/^release: //p')
commit=$(rustc -vV | sed -n 's/^commit-hash: //p')
sysroot=$cache/rust-$release/$target
library=$(realpath -m "$(rustc --print sysroot)/lib/rustlib/src/rust/library")

say() { echo "$0: $*" >&2; }

# std and compiler must be of one release: another compiler needs its own line here.
pin() {
    case $release in
    1.95.0)
        version=1.95.0+dfsg1-2~bpo13+1 suite=trixie-backports
        sha256=7b76db5b880a77f9e52975d2baa6209d2f76d2c9c2789515c3088cb960e2c83b
        ;;
    *) say "no source of the standard library is pinned for Rust $release"; return 1 ;;
    esac
}

# The package source of the machine; apt knows it once it has its lists.
debian() {
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sed -n '\#/debian/*$#{p;q}'
}

# Fetches the package past the package sources of the machine, which stay as they are; its settings (a proxy) hold.
fetch() {
    local apt=$cache/apt mirror
    mirror=$(debian)
    [ -n "$mirror" ] || { apt-get update -qq >&2 && mirror=$(debian); }
    [ -n "$mirror" ] || { say "no package source of the machine is one of Debian"; return 1; }
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" \
        > "$apt/sources.list"
    local options=(-qq -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update && (cd "$cache" && apt-get "${options[@]}" download "rust-src=$version")
}

# Only `library/` is taken out of the package.
unpack() {
    local package=$cache/rust-src_${version/:/%3a}_all.deb
    [ -e "$package" ] || fetch >&2 || { say "rust-src $version cannot be had from $suite"; return 1; }
    if ! echo "$sha256  $package" | sha256sum --check --quiet >&2; then
        rm -f "$package"
        say "rust-src $version is not the package that is pinned"
        return 1
    fi
    rm -rf "$cache/source" && mkdir -p "$cache/source"
    dpkg-deb --fsys-tarfile "$package" | tar -x -C "$cache/source" --wildcards './usr/src/rustc-*/library'
}

# As Rust's own bootstrap builds it. Paths are those of the libraries that Rust gives out, so that no folder of this
# machine gets into a binary.
build() {
    local build=$cache/build-$target home=${CARGO_HOME:-$HOME/.cargo}
    local flags=(-Zforce-unstable-if-unmarked -Cembed-bitcode=yes "--remap-path-prefix=$library=/rustc/$commit/library"
        "--remap-path-prefix=$home/registry=/rust/deps")
    say "building the standard library of Rust $release for $target"
    RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$build CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; echo "${flags[*]}") \
        cargo build --quiet --locked --release --target "$target" --manifest-path "$library/sysroot/Cargo.toml" \
        --features panic-unwind,backtrace --config profile.release.debug=0 >&2
    rm -rf "$sysroot" && mkdir -p "$sysroot/lib/rustlib/$target/lib"
    cp "$build/$target/release/deps/"*.rlib "$sysroot/lib/rustlib/$target/lib/"
    rm -rf "$build"
    touch "$sysroot/complete"
}

mkdir -p "$cache"
exec 9> "$cache/lock"
flock 9
if [ ! -e "$sysroot/complete" ]; then
    if [ ! -d "$library" ]; then
        pin || exit 4
        library=$cache/source/usr/src/rustc-$release/library
        [ -d "$library" ] || unpack || exit 4
    fi
    build
fi
echo "$sysroot"
