#!/usr/bin/env bash
# run.sh COMMAND...: starts a zfs-fuse daemon with an empty pool, runs COMMAND, and ends the daemon.
# Its exit code is the command's.
# COMMAND gets POOL (the pool's name) and WORK (an empty folder). Several may run at once: each has
# its own mounts.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo "run.sh: needs root, for mounts" >&2; exit 77; }
if [ -z "${ZGLACIER_FUSE_INSIDE:-}" ]; then
    WORK=$(mktemp -d "${TMPDIR:-/tmp}/zglacier-fuse.XXXXXX")
    code=0
    ZGLACIER_FUSE_INSIDE=1 WORK=$WORK unshare --mount --propagation private "$0" "$@" || code=$?
    [ "$code" = 0 ] || [ "$code" = 77 ] || "$(dirname "$0")/../keep.sh" "$WORK"
    rm -rf --one-file-system "$WORK"
    exit "$code"
fi

export POOL=vat WORK
# The daemon's socket, its lock and its list of pools are in fixed folders: with private ones,
# several daemons can run at once.
for folder in /run/zfs /run/lock/zfs /var/lib/zfs; do
    mkdir -p "$folder"
    mount -t tmpfs tmpfs "$folder"
done
setsid zfs-fuse --no-daemon --no-kstat-mount --enable-xattr --fuse-attr-timeout 0 \
    --fuse-entry-timeout 0 >"$WORK/zfs-fuse.log" 2>&1 </dev/null &
daemon=$!
stop() {
    zpool destroy -f "$POOL" >/dev/null 2>&1 || true
    kill "$daemon" 2>/dev/null || true
    for _ in $(seq 300); do kill -0 "$daemon" 2>/dev/null || return 0; sleep 0.1; done
    kill -9 "$daemon" 2>/dev/null || true
}
trap stop EXIT
for _ in $(seq 600); do zpool list >/dev/null 2>&1 && break; sleep 0.1; done
truncate -s "${POOL_SIZE:-2G}" "$WORK/disk"
zpool create -o cachefile=none -m "$WORK/pool" "$POOL" "$WORK/disk" || {
    cat "$WORK/zfs-fuse.log" >&2
    exit 1
}
mkdir "$WORK/test"
WORK=$WORK/test "$@"
