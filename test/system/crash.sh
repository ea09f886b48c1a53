#!/usr/bin/env bash
# kill -9 at every step of backup and of restore, run again: the result is whole and nothing of ours is left over.
# The steps are those the program announces: every change in the store, every write to the catalog, every changing zfs command.
# CRASH_STRIDE=N takes every N-th step only (for slow machines); the default is all of them.
. "$(dirname "$0")/lib.sh"
export ZGLACIER_STORE=$STORE
stride=${CRASH_STRIDE:-1}
D=$POOL/crash
zfs create "$D"
M=$(mountpoint_of "$D")
mkdir -p "$M/sub"
options=(--segment-size 256KiB --part-size 128KiB --compression none)

# steps_of COMMAND...: how many steps it takes; they are shown once.
steps_of() {
    rm -f "$WORK/steps"
    ZGLACIER_TEST_STEP_LOG="$WORK/steps" "$@" >"$WORK/out" 2>"$WORK/err" || { cat "$WORK/err" >&2; die "$*"; }
    wc -l <"$WORK/steps"
}
# killed_at N COMMAND...: runs it and lets it die at step N; 1 where it has fewer steps.
killed_at() {
    local code=0 n=$1
    shift
    ZGLACIER_TEST_CRASH_AT=$n "$@" >"$WORK/out" 2>"$WORK/err" || code=$?
    [ "$code" = 137 ] && return 0
    [ "$code" = 0 ] && return 1
    cat "$WORK/err" >&2
    die "step $n: exit code $code instead of a kill"
}
# settled DATASET: waits for a zfs receive that has lost its input to end.
settled() { for _ in $(seq 50); do pgrep -f "zfs receive .*$1" >/dev/null || return 0; sleep 0.1; done; }

expect 0 zg init
# Both full and incremental backups: in round 1 the store is empty, later there is a base.
total=0
for kind in full incremental; do
    n=1
    while :; do
        head -c 600000 /dev/urandom >"$M/data"
        echo "$n $kind" >"$M/sub/note"
        extra=(); [ $kind = incremental ] || extra=(--full)
        killed_at "$n" zg backup "${options[@]}" "${extra[@]}" "$D" || break
        keep_listing "$D" crash
        expect 0 zg backup "${options[@]}" "$D"
        nothing_left "$D"
        if [ $((n % 10)) = 1 ]; then
            expect 0 zg verify
            expect 0 zg restore "$D" "$POOL/whole"
            same_as "$POOL/whole" crash
            zfs destroy -r "$POOL/whole"
        fi
        total=$((total + 1))
        n=$((n + stride))
        # A chain that grows with every step would make this quadratic.
        if [ $((n % 20)) = 1 ]; then rm -r "$STORE_DIR"/archives/*; expect 0 zg backup "${options[@]}" "$D"; fi
    done
    say "$kind backup: killed at $((n - 1)) steps, run again each time"
done
expect 0 zg verify
say "verify: sound after $total kills"

# Restore: a full and two incrementals.
rm -r "$STORE_DIR"/archives/*
for round in 0 1 2; do
    head -c 400000 /dev/urandom >"$M/data-$round"
    keep_listing "$D" crash
    expect 0 zg backup "${options[@]}" "$D"
    sleep 1
done
steps_of zg restore "$D" "$POOL/back" >"$WORK/count"
printf 'the steps of a restore:\n'; sort -k2 "$WORK/steps" | cut -d' ' -f2- | uniq -c | head -40
zfs destroy -r "$POOL/back"
n=1
while killed_at "$n" zg restore "$D" "$POOL/back"; do
    settled "$POOL/back"
    expect 0 zg restore "$D" "$POOL/back"
    same_as "$POOL/back" crash
    zfs destroy -r "$POOL/back"
    n=$((n + stride))
done
say "restore: killed at $((n - 1)) steps, run again each time, identical each time"
finish
