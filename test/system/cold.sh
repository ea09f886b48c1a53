#!/usr/bin/env bash
# dir:…?thaw=… : segments that must be thawed first.
. "$(dirname "$0")/lib.sh"
D=$POOL/cold
zfs create "$D"
M=$(mountpoint_of "$D")
export ZGLACIER_STORE="$STORE?thaw=1h"
expect 0 zg init
fill "$M"
expect 0 zg backup --segment-size 1MiB --part-size 256KiB "$D"
change "$M" 1; keep_listing "$D" cold; sleep 1
expect 0 zg backup "$D"
expect 0 zg verify
said "by size only"
expect 0 zg restore --dry-run "$D" "$POOL/back"
said "to thaw first"
expect 75 zg restore "$D" "$POOL/back"
said "run the same command again"
expect 75 zg restore "$D" "$POOL/back"
rm -r "$ZGLACIER_STATE_DIR"
# An hour later.
find "$STORE_DIR/.thaw" -type f -exec sed -i "s/\"ready\":[0-9]*/\"ready\":$(date +%s)/" {} +
expect 0 zg restore "$D" "$POOL/back"
same_as "$POOL/back" cold
say "thaw, exit 75, the same command again, restored identical"
# A second store of the same kind, with --wait.
rm -r "$STORE_DIR/.thaw"
export ZGLACIER_STORE="$STORE?thaw=4s"
expect 0 zg restore --dry-run "$D" "$POOL/waited"
said "to thaw first"
expect 0 zg restore --wait "$D" "$POOL/waited"
same_as "$POOL/waited" cold
say "--wait waits for the thaw"
nothing_left "$D"
finish
