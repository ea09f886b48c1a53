#!/usr/bin/env bash
# Cases in which chains could break.
. "$(dirname "$0")/lib.sh"
export ZGLACIER_STORE=$STORE
D=$POOL/chain
zfs create "$D"
M=$(mountpoint_of "$D")
expect 0 zg init
seq 1 1000 >"$M/a"

# Snapshots and holds of others are never touched.
zfs snapshot "$D@zglacier-20200101T000000Z"
zfs snapshot "$D@mine"
zfs hold mytag "$D@mine"
expect 0 zg backup "$D"
seq 1 2000 >"$M/a"; sleep 1
expect 0 zg backup "$D"
seq 1 3000 >"$M/a"; sleep 1
expect 0 zg backup --keep-snapshots 2 "$D"
zfs list "$D@zglacier-20200101T000000Z" "$D@mine" >/dev/null || die "a foreign snapshot is gone"
[ "$(zfs get -Hp -o value userrefs "$D@mine")" = 1 ] || die "a foreign hold is gone"
zfs release mytag "$D@mine"
zfs destroy "$D@zglacier-20200101T000000Z"
say "snapshots and holds that are not ours are never touched"

# An existing snapshot, by name; twice.
expect 0 zg backup --snapshot mine "$D"
expect 0 zg backup --snapshot mine "$D"
said "already"
expect 6 zg backup --snapshot nosuch "$D"
[ "$(zfs get -Hp -o value userrefs "$D@mine")" = 0 ] || die "a hold was left on the user's snapshot"
say "--snapshot stores an existing snapshot, once"

# A second run at the same time.
fifo=$WORK/fifo; mkfifo "$fifo"
cat >"$WORK/slow-zfs" <<S
#!/bin/sh
if [ "\$1" = send ] && [ "\$2" != -nP ]; then
    : >"$WORK/sending"
    for n in \$(seq 600); do [ ! -e "$WORK/refused" ] || break; sleep 0.1; done
fi
exec zfs "\$@"
S
chmod +x "$WORK/slow-zfs"
seq 1 4000 >"$M/a"
ln -sf "$(command -v zpool)" "$WORK/zpool"
ZGLACIER_ZFS=$WORK/slow-zfs zg backup "$D" >"$WORK/slow.out" 2>&1 & slow=$!
for _ in $(seq 600); do [ -e "$WORK/sending" ] && break; sleep 0.1; done
expect 7 zg backup "$D"
said "another run"
: >"$WORK/refused"
wait $slow || { cat "$WORK/slow.out"; die "the first run failed"; }
nothing_left "$D" 2
say "a second run on the same dataset exits with 7"

# zfs send fails, dies, or writes a wrong stream: nothing is stored.
before=$(archives)
faults=(
    'exit 1' 'echo garbage; exit 0' 'zfs "$@" | head -c 3000; exit 0'
    'zfs "$@" | head -c 3000; echo "cannot send: I/O error" >&2; exit 1'
    'zfs "$@"; echo more' 'zfs "$@"; exit 1' 'exit 0'
)
estimate='case "$*" in *-nP*) exec zfs "$@";; esac'
for fault in "${faults[@]}"; do
    seq 1 5000 >"$M/b"; date +%N >>"$M/b"
    printf '#!/bin/sh\nif [ "$1" = send ]; then shift 0; %s; fi\nexec zfs "$@"\n' \
        "$estimate; $fault; exit" >"$WORK/bad-zfs"
    chmod +x "$WORK/bad-zfs"
    got=0; ZGLACIER_ZFS=$WORK/bad-zfs zg backup "$D" >"$WORK/out" 2>"$WORK/err" || got=$?
    [ "$got" = 1 ] || [ "$got" = 5 ] || {
        cat "$WORK/out" "$WORK/err"
        die "zfs send that does '$fault': exit code $got"
    }
    [ "$(archives)" = "$before" ] || die "zfs send that does '$fault' was stored"
    nothing_left "$D" 2
done
say "the output of a zfs send that fails or is wrong is not stored, and nothing is left over"

# A base of the same name and another guid.
expect 0 zg backup "$D"
name=$(zfs list -H -o name -r -d 1 -t snapshot "$D" | grep @zglacier- | tail -1)
zfs list -H -o name -r -d 1 -t snapshot "$D" | while read -r s; do zfs destroy "$s"; done
if can_bookmark; then
    zfs list -H -o name -r -d 1 -t bookmark "$D" | while read -r s; do zfs destroy "$s"; done
fi
zfs snapshot "$name"
seq 1 6000 >"$M/a"; keep_listing "$D" other-guid
expect 0 zg backup "$D"
said "full archive"
expect 0 zg restore "$D" "$POOL/same-name"
same_as "$POOL/same-name" other-guid
say "a snapshot with the base's name and another guid is not the base"
zfs destroy "$name"

# A dataset destroyed and created again with the same name.
drop "$D" # the zfs send of the run before may still be ending
zfs create "$D"; M=$(mountpoint_of "$D"); echo again >"$M/again"; keep_listing "$D" again
sleep 1
expect 0 zg backup "$D"
said "full archive"
expect 0 zg restore "$D" "$POOL/again"
same_as "$POOL/again" again
say "a recreated dataset starts a new chain"

# Rolled back to before the newest archive's snapshot.
echo one >"$M/one"; sleep 1
zfs snapshot "$D@keep"
expect 0 zg backup --snapshot keep "$D"
echo two >"$M/two"; sleep 1
expect 0 zg backup "$D"
zfs rollback -r "$D@keep"
echo three >"$M/three"; keep_listing "$D" rolled; sleep 1
expect 0 zg backup "$D"
said "incremental archive"
expect 0 zg restore "$D" "$POOL/rolled"
same_as "$POOL/rolled" rolled
expect 0 zg verify
say "after a rollback the base is a snapshot that still exists"

# A script that gives every snapshot the same name, and renames the previous one.
for round in 1 2; do
    zfs list "$D@nightly" >/dev/null 2>&1 && zfs rename "$D@nightly" "$D@nightly-before"
    echo "nightly $round" >"$M/nightly"; zfs snapshot "$D@nightly"; sleep 1
    expect 0 zg backup --snapshot nightly "$D"
    said "incremental archive"
done
keep_listing "$D" nightly
expect 0 zg restore "$D" "$POOL/nightly"
said "the next snapshot has the same name"
same_as "$POOL/nightly" nightly
say "two snapshots of one name in a chain are received under two names"

# A broken chain in the store: no new archive is built on it.
oldest=$(zg list --json "$D" | grep -A1 '"id"' | head -1 | sed 's/.*: "\(.*\)".*/\1/')
rm -r "$STORE_DIR/archives" "$STORE_DIR/manifests"; mkdir "$STORE_DIR/archives"
echo four >"$M/four"; sleep 1
expect 0 zg backup "$D"
said "full archive"
expect 0 zg verify
say "an archive whose base is gone from the store ($oldest) is not built upon"
# A run was killed, and its snapshot destroyed before the next run: there is nothing to resume, so
# it starts over.
echo five >"$M/five"; keep_listing "$D" five; sleep 1
got=0; ZGLACIER_TEST_CRASH_AT=12 zg backup "$D" >/dev/null 2>&1 || got=$?
[ "$got" = 137 ] || die "was not killed"
tag=zglacier-$(sed -n 's/.*"id": "\(.\{12\}\).*/\1/p' "$STORE_DIR/zglacier.json")
gone=0
for s in $(zfs list -H -o name -r -d 1 -t snapshot "$D" | grep '@zglacier-'); do
    [ "$(zfs get -Hp -o value userrefs "$s")" -ge 1 ] || continue
    zfs release "$tag" "$s"
    # A zfs send that has not ended yet has its own hold.
    for _ in $(seq 300); do
        ! zfs destroy "$s" 2>"$WORK/err" || break
        sleep 0.1
    done
    ! zfs list "$s" >/dev/null 2>&1 || { cat "$WORK/err"; die "$s could not be destroyed"; }
    gone=$((gone + 1))
done
[ $gone = 1 ] || die "the killed run held $gone snapshots, expected 1"
expect 0 zg backup "$D"
nothing_left "$D"
expect 0 zg verify
expect 0 zg restore "$D" "$POOL/five"
same_as "$POOL/five" five
say "a killed run whose snapshot is gone is cleaned up and started over"

# A run died when everything was stored, but before it had destroyed the previous snapshot: the next
# run does that even if it has nothing to store.
echo six >"$M/six"; sleep 1
ZGLACIER_TEST_STEP_LOG=$WORK/steps expect 0 zg backup "$D"
at=$(grep -n 'zfs.destroy.* begin' "$WORK/steps" | cut -d: -f1)
echo seven >"$M/seven"; sleep 1
ZGLACIER_TEST_CRASH_AT=$at expect 137 zg backup "$D"
[ "$(zfs list -H -o name -r -d 1 -t snapshot "$D" | grep -c '@zglacier-')" = 2 ] ||
    die "it died elsewhere"
expect 0 zg backup --dry-run "$D"
[ "$(zfs list -H -o name -r -d 1 -t snapshot "$D" | grep -c '@zglacier-')" = 2 ] ||
    die "--dry-run destroyed a snapshot"
expect 0 zg backup "$D"
said "nothing was written"
nothing_left "$D"
say "a run with nothing to store destroys the snapshot that a killed one should have destroyed"
finish
