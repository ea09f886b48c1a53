#!/usr/bin/env bash
# whole.sh: measures a whole backup, compared with plain tools in the same run: 1 GiB of
# incompressible data in a real pool (zfs-fuse), to a dir store. Compare figures of one run only;
# the machine may be shared. ZGLACIER is the program, SIZE the MiB of data (1024).
set -euo pipefail
cd "$(dirname "$0")/.."
: "${ZGLACIER:=$PWD/build/release/src/zglacier}"
export ZGLACIER
if [ -z "${POOL:-}" ]; then POOL_SIZE=8G exec test/fuse/run.sh bench/whole.sh; fi
size=${SIZE:-1024}
export ZGLACIER_STATE_DIR=$WORK/state
zfs create "$POOL/data"
head -c "$size"M /dev/urandom >"$(zfs get -H -o value mountpoint "$POOL/data")/random"
zfs snapshot "$POOL/data@bench"
zfs send "$POOL/data@bench" >"$WORK/stream"
# A zfs that replays the recorded stream, so that zglacier is measured, not the daemon that sends.
replay=$WORK/replay
printf '#!/bin/sh\n[ "$1" = send ] && exec cat %s/stream\nexec zfs "$@"\n' "$WORK" >"$replay"
chmod +x "$replay"

# measure NAME COMMAND...: wall, user + system seconds, peak memory.
measure() {
    local name=$1
    shift
    sync
    /usr/bin/time -f '%e %U %S %M' -o "$WORK/time" "$@" >/dev/null 2>"$WORK/err" || {
        cat "$WORK/err"
        exit 1
    }
    awk -v name="$name" '{
        printf "%-52s %7.2f s wall  %6.2f s cpu  %7.1f MiB\n", name, $1, $2 + $3, $4 / 1024
    }' "$WORK/time"
}
cat "$WORK/stream" >/dev/null
measure "cat STREAM >/dev/null" cat "$WORK/stream"
measure "zglacier stream inspect STREAM" "$ZGLACIER" stream inspect "$WORK/stream"
measure "sha256sum STREAM" sha256sum "$WORK/stream"
measure "cp STREAM, and sync of the copy" \
    sh -c "cp '$WORK/stream' '$WORK/copy' && sync '$WORK/copy'"
rm "$WORK/copy"
measure "zfs send alone" zfs send "$POOL/data@bench"
for compression in none zstd; do
    for source in zfs "$replay"; do
        rm -rf "$WORK/store" "$ZGLACIER_STATE_DIR"
        "$ZGLACIER" init --store "dir:$WORK/store" >/dev/null
        from="from a recorded stream"
        [ "$source" != zfs ] || from="from zfs send"
        ZGLACIER_ZFS=$source measure "zglacier backup, $compression, $from" \
            "$ZGLACIER" backup --store "dir:$WORK/store" --compression $compression \
            --snapshot bench "$POOL/data"
    done
done
measure "zglacier verify" "$ZGLACIER" verify --store "dir:$WORK/store"
