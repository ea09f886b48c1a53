#!/usr/bin/env bash
# A full and three incrementals, each restored identical; then without zglacier; then without the
# state folder.
. "$(dirname "$0")/lib.sh"

D=$POOL/testfs
zfs create "$D"
M=$(mountpoint_of "$D")
expect 2 zg backup --store "$STORE" "$D"
said "zglacier init"
expect 0 zg init --store "$STORE"
expect 0 zg init --store "$STORE"
said "nothing to do"
say "init creates a store, once"

fill "$M"
keep_listing "$D" round-0
expect 0 zg backup --store "$STORE" --segment-size 1MiB --part-size 256KiB "$D"
said "full archive"
nothing_left "$D"
expect 0 zg backup --store "$STORE" "$D"
said "nothing to do"
nothing_left "$D"
say "full, then nothing if nothing has changed"

for round in 1 2 3; do
    sleep 1
    change "$M" $round
    keep_listing "$D" round-$round
    expect 0 zg backup --store "$STORE" --segment-size 1MiB --part-size 256KiB "$D"
    said "incremental archive"
    nothing_left "$D"
done
[ "$(archives | wc -l)" = 4 ] || die "expected 4 archives"
say "three incrementals"

export ZGLACIER_STORE=$STORE
expect 0 zg list
said "yes, 4 archives"
expect 0 zg verify
said "OK: "
expect 0 zg list --json "$D"
grep -q '"restorable": true' "$WORK/out" || die "no JSON"
say "list and verify, ZGLACIER_STORE"

round=0
for id in $(archives); do
    expect 0 zg restore "$id" "$POOL/restore-$round"
    same_as "$POOL/restore-$round" round-$round
    round=$((round + 1))
done
say "each of the four restores identical"
expect 0 zg restore "$D" "$POOL/restore-0"
said "already there"
same_as "$POOL/restore-0" round-3
expect 0 zg restore "$D" "$POOL/restore-0"
said "nothing to do"
say "a restore continues from the archives that the target has"
expect 0 zg restore "$D" "$D"
said "nothing to do"
zfs create "$POOL/other"
echo mine >"$(mountpoint_of "$POOL/other")/mine"
expect 1 zg restore "$D" "$POOL/other"
said "was not restored from this backup"
[ "$(cat "$(mountpoint_of "$POOL/other")/mine")" = mine ] || die "a foreign dataset was touched"
say "a dataset that is not part of the chain is refused"

for id in $(archives); do decoded "$id" | zfs receive -u "$POOL/by-hand"; done
same_as "$POOL/by-hand" round-3
say "zstd -d | zfs receive restores the same without zglacier"

first=$(archives | head -1)
zg restore --output - "$first" | zfs receive -u "$POOL/piped"
same_as "$POOL/piped" round-0
zg restore --output - "$first" | zg stream inspect >"$WORK/out"
said "all checksums are correct"
say "--output - pipes one archive"

rm -r "$ZGLACIER_STATE_DIR"
expect 0 zg list
said "yes, 4 archives"
rm -r "$ZGLACIER_STATE_DIR"
change "$M" 4
expect 0 zg backup "$D"
said "incremental archive"
rm -r "$ZGLACIER_STATE_DIR"
expect 0 zg catalog rebuild
said "5 archives"
expect 0 zg restore --dry-run "$D" "$POOL/never"
said "dry run"
! zfs list "$POOL/never" >/dev/null 2>&1 || die "a dry run made a dataset"
say "every verb works after the state folder was deleted"

expect 6 zg restore nosuch/fs "$POOL/x"
expect 6 zg backup "$POOL/nosuch"
expect 2 zg backup --compression lzma "$D"
expect 2 zg backup --store gopher:/x "$D"
expect 2 zg frobnicate
say "wrong input has its own exit codes"
finish
