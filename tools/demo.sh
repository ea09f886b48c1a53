#!/usr/bin/env bash
# Builds zglacier, then backs up a real ZFS dataset to a local store and restores it, and shows
# that. Uses the machine's ZFS if it has one, else zfs-fuse; the pool is in a file and is removed at
# the end.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -z "${POOL:-}" ]; then
    tools/packages.sh build demo
    cmake -S . -B build/demo -G Ninja -DCMAKE_BUILD_TYPE=Release -DZGLACIER_TESTS=OFF >/dev/null
    cmake --build build/demo --target zglacier
    export ZGLACIER=$PWD/build/demo/src/zglacier
    [ "$(id -u)" = 0 ] || { echo "demo: making a pool needs root: run it with sudo" >&2; exit 1; }
    if [ -e /dev/zfs ] && zfs list >/dev/null 2>&1; then
        WORK=$(mktemp -d)
        POOL=zglacierdemo$$
        trap 'zpool destroy -f $POOL; rm -rf "$WORK"' EXIT
        truncate -s 1G "$WORK/disk"
        zpool create -o cachefile=none -m "$WORK/pool" "$POOL" "$WORK/disk"
        POOL=$POOL WORK=$WORK "$0"
        exit
    fi
    tools/packages.sh fuse
    exec test/fuse/run.sh tools/demo.sh
fi

export ZGLACIER_STORE=dir:$WORK/backup ZGLACIER_STATE_DIR=$WORK/state
run() { printf '\n# %s\n' "${*//$ZGLACIER/zglacier}"; "$@"; }
run zfs create "$POOL/testfs"
files=$(zfs get -H -o value mountpoint "$POOL/testfs")
cp -r src doc "$files"
seq 1 200000 >"$files/numbers"
run "$ZGLACIER" init
run "$ZGLACIER" backup "$POOL/testfs"
rm -r "$files/doc"; echo changed >>"$files/numbers"; head -c 2000000 /dev/urandom >"$files/new"
run "$ZGLACIER" backup "$POOL/testfs"
run "$ZGLACIER" backup "$POOL/testfs"
run "$ZGLACIER" list
run "$ZGLACIER" verify
run "$ZGLACIER" restore "$POOL/testfs" "$POOL/restorefs"
zfs mount "$POOL/restorefs" 2>/dev/null || true
run diff -r "$files" "$(zfs get -H -o value mountpoint "$POOL/restorefs")"
printf '\n%s and %s are identical.\n' "$POOL/testfs" "$POOL/restorefs"
