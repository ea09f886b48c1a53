#!/usr/bin/env bash
# From one store to another: verified, nothing copied twice, killed at every step and run again;
# damage is not copied; the chain continues in the new store.
. "$(dirname "$0")/lib.sh"
D=$POOL/copied
zfs create "$D"
M=$(mountpoint_of "$D")
FROM="dir:$WORK/from"; TO="dir:$WORK/to"
expect 2 zg copy --from "$FROM" --to "$TO"
expect 0 zg init --store "$FROM"
expect 2 zg copy --from "$FROM" --to "$TO"
said "zglacier init"
expect 0 zg init --store "$TO"
expect 2 zg copy --from "$FROM" --to "$FROM"
said "the same store"
expect 0 zg copy --from "$FROM" --to "$TO"
said "nothing to do"
for round in 0 1 2; do
    head -c 700000 /dev/urandom >"$M/data-$round"; echo "$round" >"$M/round"
    keep_listing "$D" "round$round"
    compression=none
    [ $round != 1 ] || compression=zstd
    expect 0 zg backup --store "$FROM" --segment-size 256KiB --part-size 128KiB \
        --compression $compression "$D"
    sleep 1
done
expect 0 zg copy --from "$FROM" --to "$TO" --dry-run
said "3 archives"
[ ! -d "$WORK/to/archives" ] || [ -z "$(ls "$WORK/to/archives")" ] || die "a dry run copied"
expect 0 zg copy --from "$FROM" --to "$TO"
said "copied 3"
for folder in archives manifests; do
    diff -r "$WORK/from/$folder" "$WORK/to/$folder" || die "the copy is not the same"
done
expect 0 zg copy --from "$FROM" --to "$TO"
said "nothing to do"
expect 0 zg verify --read --store "$TO"
expect 0 zg restore --store "$TO" "$D" "$POOL/back"
same_as "$POOL/back" round2
say "copied as they are, verified, restored from the copy"

echo more >"$M/more"; keep_listing "$D" more; sleep 1
expect 0 zg backup --store "$TO" "$D"
said "incremental"
expect 0 zg backup --store "$FROM" "$D"
expect 0 zg copy --from "$TO" --to "$FROM"
expect 0 zg verify --store "$FROM"
say "backups continue in the new store, or in both, and can be copied back"

# one dataset of two, and a snapshot in the middle of the chain
zfs create "$POOL/other"; echo other >"$(mountpoint_of "$POOL/other")/file"
expect 0 zg backup --store "$FROM" "$POOL/other"
rm -r "$WORK/to"; rm -rf "$ZGLACIER_STATE_DIR"
expect 0 zg init --store "$TO"
middle=$(zg list --json --store "$FROM" "$D" | python3 -c 'import json, sys
print([a["id"] for a in json.load(sys.stdin)["archives"]][1])')
expect 0 zg copy --from "$FROM" --to "$TO" "$middle"
said "copied 2"
expect 6 zg copy --from "$FROM" --to "$TO" "$POOL/none"
expect 0 zg restore --store "$TO" "$D" "$POOL/middle"
same_as "$POOL/middle" round1
say "a chain up to one archive, and nothing else"

# killed at every step
n=1
while :; do
    rm -rf "$WORK/to"; expect 0 zg init --store "$TO"
    got=0
    ZGLACIER_TEST_CRASH_AT=$n zg copy --from "$FROM" --to "$TO" "$D" \
        >"$WORK/out" 2>"$WORK/err" || got=$?
    [ "$got" = 0 ] && break
    [ "$got" = 137 ] || {
        cat "$WORK/err" >&2
        die "step $n: exit code $got instead of a kill"
    }
    expect 0 zg copy --from "$FROM" --to "$TO" "$D"
    expect 0 zg verify --read --store "$TO"
    [ -z "$(find "$WORK/to" -type f ! -path '*/manifests/*.json' ! -name zglacier.json \
        ! -name '0*.zfs' ! -name '0*.zfs.zst')" ] || die "step $n: something is left over"
    n=$((n + ${CRASH_STRIDE:-1}))
done
[ "$n" -gt 10 ] || die "only $n steps"
expect 0 zg restore --store "$TO" "$D" "$POOL/killed"
say "killed at $((n - 1)) steps, run again each time: complete"

# cold, and damaged
rm -rf "$WORK/to"; expect 0 zg init --store "$TO"
expect 75 zg copy --from "$FROM?thaw=1h" --to "$TO" --yes "$D"
said "run the same command again"
rm -r "$WORK/from/.thaw"
expect 0 zg copy --from "$FROM?thaw=3s" --to "$TO" --yes --wait "$D"
rm -rf "$WORK/to"; expect 0 zg init --store "$TO"
broken=$(find "$WORK/from/archives/$middle" -name '000001.*')
printf 'X' | dd of="$broken" bs=1 seek=1000 conv=notrunc 2>/dev/null
expect 5 zg copy --from "$FROM" --to "$TO" "$D"
said "000001"
[ ! -e "$WORK/to/manifests/$middle.json" ] || die "damage was committed"
say "cold segments are thawed first; damaged ones are not copied"
finish
