#!/usr/bin/env bash
# Builds the program in a Debian 13 root and runs its unit tests there. The root is made by
# mmdebstrap from the archive that this machine's apt uses, and kept in the cache; the host's apt
# sources are not changed.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "debian13.sh: making a root needs root" >&2; exit 2; }
if [ -z "${ZGLACIER_OWN_MOUNTS:-}" ]; then
    tools/packages.sh root
    export ZGLACIER_OWN_MOUNTS=1
    exec unshare --mount --propagation private tools/debian13.sh
fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/zglacier
# Only tests that need no kernel and no server: the unit tests and the checks of the tree.
packages=$(tools/packages.sh --list build test | grep -vx 'awscli\|curl' | sort | paste -sd,)
root=$cache/debian13-$(cat tools/debian13.sh <(echo "$packages") | sha256sum | cut -c1-12)
mkdir -p "$cache/ccache"
exec {lock}>"$cache/debian13.lock"
flock "$lock"
if [ ! -d "$root" ]; then
    mirror=$(apt-get indextargets --format '$(REPO_URI)' \
        'Created-By: Packages' 'Release: bookworm' 'Component: main' | head -n 1)
    [ -n "$mirror" ] || {
        echo "debian13.sh: apt on this machine has no archive: run apt-get update" >&2
        exit 1
    }
    rm -rf --one-file-system "$cache"/debian13-*
    mmdebstrap --quiet --variant=minbase --include="$packages,ca-certificates" \
        --aptopt='APT::Install-Recommends "false"' --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        trixie "$root.new" "deb $mirror trixie main"
    mv "$root.new" "$root"
fi
mkdir -p "$root/src/project" "$root/src/shared" "$root/build" "$root/ccache"
mount --bind "$PWD" "$root/src/project"
[ ! -d ../shared ] || mount --bind ../shared "$root/src/shared"
mount --bind "$cache/ccache" "$root/ccache"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"
mount --rbind /dev "$root/dev"
chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root CCACHE_DIR=/ccache TERM=dumb \
    sh -euc '
    g++ --version | head -n 1
    openssl version
    cmake -S /src/project -B /build -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
        "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O2 -g1 -DNDEBUG" \
        -DCMAKE_COMPILE_WARNING_AS_ERROR=ON -DZGLACIER_CCACHE=ON >/dev/null
    cmake --build /build --target zglacier headers unit_tests
    /build/src/zglacier --version
    ctest --test-dir /build -L unit -j3 --output-on-failure --no-tests=error
'
