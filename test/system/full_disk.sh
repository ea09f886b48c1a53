#!/usr/bin/env bash
# A full disk in the store and in the state folder, a read-only store, a vanished mount: a clear
# error, and nothing lost.
. "$(dirname "$0")/lib.sh"
D=$POOL/full
zfs create "$D"
M=$(mountpoint_of "$D")
seq 1 1000 >"$M/a"
mkdir -p "$WORK/small" "$WORK/state-small"
mount -t tmpfs -o size=3m tmpfs "$WORK/small" || {
    echo "skipped: cannot mount a tmpfs here"
    exit 77
}
mount -t tmpfs -o size=300k tmpfs "$WORK/state-small"
at_exit 'umount -l "$WORK/small" "$WORK/state-small" 2>/dev/null'
STORE_DIR=$WORK/small/store; STORE=dir:$STORE_DIR
export ZGLACIER_STORE=$STORE
expect 0 zg init
expect 0 zg backup "$D"
head -c 8000000 /dev/urandom >"$M/big"
keep_listing "$D" big
sleep 1
expect 1 zg backup --segment-size 1MiB --part-size 256KiB "$D"
said "No space left"
said "hint: free some space"
said "is unfinished"
[ -z "$(ls -A "$STORE_DIR/.tmp" 2>/dev/null)" ] || die "a half segment was left"
expect 0 zg verify
mount -o remount,size=40m "$WORK/small"
expect 0 zg backup "$D"
said "resuming archive"
said "incremental archive"
nothing_left "$D"
expect 0 zg restore "$D" "$POOL/back"
same_as "$POOL/back" big
say "a full store: clear error, nothing lost, the next run resumes"

dd if=/dev/zero of="$WORK/state-small/fill" bs=1k 2>/dev/null || true
export ZGLACIER_STATE_DIR=$WORK/state-small
echo more >"$M/more"; keep_listing "$D" more; sleep 1
got=0; zg backup "$D" >"$WORK/out" 2>"$WORK/err" || got=$?
[ "$got" = 1 ] || { cat "$WORK/out" "$WORK/err"; die "a full state folder: exit code $got"; }
grep -qi 'full\|space' "$WORK/err" || {
    cat "$WORK/err"
    die "the full state folder was not named"
}
nothing_left "$D"
expect 0 zg list
expect 0 zg verify
rm "$WORK/state-small/fill"
expect 0 zg backup "$D"
expect 0 zg restore "$D" "$POOL/back"
same_as "$POOL/back" more
say "a full state folder: clear error, nothing lost; reading works without it"
export ZGLACIER_STATE_DIR=$WORK/state

mount -o remount,ro "$WORK/small"
echo again >"$M/again"; sleep 1
expect 3 zg backup "$D"
said "Read-only"
nothing_left "$D"
mount -o remount,rw "$WORK/small"
expect 0 zg backup "$D"
say "a read-only store: clear error, the next run succeeds"

umount -l "$WORK/small"
expect 2 zg backup "$D"
said "mount the filesystem"
said "zglacier init"
nothing_left "$D"
[ -z "$(ls "$WORK/small")" ] || die "something was written below the mount point"
say "a vanished mount is not mistaken for an empty store"
finish
