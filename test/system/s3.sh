#!/usr/bin/env bash
# A whole S3 store: full and three incrementals to DEEP_ARCHIVE, a thaw of twelve hours, restore;
# the same with only Debian's aws, zstd and zfs receive.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/s3_lib.sh"
start_s3 --bucket bucket:eu-central-1 --page-size 3
D=$POOL/cold
zfs create "$D"
M=$(mountpoint_of "$D")
export ZGLACIER_STORE="s3://bucket/file server/ü+1?endpoint=$ENDPOINT"
# thaws: prints how many were requested.
thaws() {
    python_s3 requests "" 'len([1 for r in s["requests"] if r["action"] == "s3:RestoreObject"])'
}

expect 0 zg init --class DEEP_ARCHIVE
expect 0 zg init
said "nothing to do"
fill "$M"
expect 0 zg backup --segment-size 6MiB --part-size 5MiB --compression none "$D"
keep_listing "$D" full
for round in 1 2 3; do
    change "$M" $round; [ $round = 2 ] && head -c 12000000 /dev/urandom >"$M/large"
    keep_listing "$D" "round$round"
    sleep 1
    expect 0 zg backup --segment-size 6MiB --part-size 5MiB "$D"
done
expect 0 zg backup "$D"
said "nothing to do"
[ "$(uploads)" = 0 ] || die "an upload is left"
classes=$(state 'sorted({o["class"] for o in s["buckets"]["bucket"]["objects"]
    if not o["key"].endswith(".json")})')
[ "$classes" = DEEP_ARCHIVE ] || die "segments are of class $classes"
hot=$(state 'sorted({o["class"] for o in s["buckets"]["bucket"]["objects"]
    if o["key"].endswith(".json")})')
[ "$hot" = STANDARD ] || die "manifests are of class $hot"
[ -z "$(objects | grep -v '^file server/ü+1/')" ] || die "a key is outside the prefix"
expect 0 zg list
said "yes, 4 archives"
say "full and three incrementals in DEEP_ARCHIVE, in another region than the default," \
    "below a prefix with odd characters"

# verify queries metadata and does not read
before=$(python_s3 requests "" 'len(s["requests"])')
expect 0 zg verify
said "compared with the store's checksums"
not_said "by size only"
got=$(python_s3 "requests?since=$before" "" '[r["path"] for r in s["requests"]
    if r["action"] in ("s3:GetObject", "s3:RestoreObject") and r["method"] != "HEAD"
    and not r["path"].endswith(".json")]')
[ -z "$got" ] || die "verify read or thawed $got"
expect 0 zg verify --read
say "verify compares every segment by the server's checksum, without reading or thawing"

# the thaw
expect 0 zg thaw
said "cold"
expect 2 zg restore "$D" "$POOL/back"
said "--yes"
expect 2 zg restore --yes --tier expedited "$D" "$POOL/back"
said "standard"
[ "$(thaws)" = 0 ] || die "a thaw was requested too early"
expect 0 zg restore --dry-run "$D" "$POOL/back"
said "12h"
said '$'
expect 75 zg restore --yes "$D" "$POOL/back"
asked=$(thaws)
segments=$(objects | grep -c '/0')
[ "$asked" = "$segments" ] || die "$asked thaws were requested, for $segments segments"
control clock '{"advance": 39600}'
rm -r "$ZGLACIER_STATE_DIR" # another machine
expect 75 zg restore --yes "$D" "$POOL/back"
expect 75 zg thaw
said "thawing"
[ "$(thaws)" = "$asked" ] || die "a thaw was requested twice"
control clock '{"advance": 3660}'
expect 0 zg restore --yes "$D" "$POOL/back"
same_as "$POOL/back" round3
expect 0 zg thaw
said "until"
say "12 hours of thaw, exit 75, another machine, restored identical"

# by hand: the thawed copies are still readable
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
mkdir "$WORK/byhand"
/usr/bin/aws --endpoint-url "$ENDPOINT" --region eu-central-1 s3 cp --quiet --recursive \
    --force-glacier-transfer "s3://bucket/file server/ü+1/archives/" "$WORK/byhand/"
for id in $(ls "$WORK/byhand"); do
    case $(echo "$WORK/byhand/$id/000001."*) in
        *.zst) cat "$WORK/byhand/$id"/0*.zfs.zst | zstd -qd ;;
        *) cat "$WORK/byhand/$id"/0*.zfs ;;
    esac | zfs receive -u "$POOL/byhand"
done
same_as "$POOL/byhand" round3
say "aws s3 cp, zstd -d and zfs receive restore the same"

# damage in the store, found only by reading; refused by restore
victim=$(objects | grep '/0' | head -1)
control corrupt "{\"bucket\": \"bucket\", \"key\": \"$victim\", \"offset\": 100000}"
expect 0 zg verify
expect 5 zg verify --read
said "000001.zfs"
expect 5 zg restore --yes "$D" "$POOL/damaged"
say "a flipped byte is found by verify --read and refused by restore"
control corrupt "{\"bucket\": \"bucket\", \"key\": \"$victim\", \"offset\": 100000}"

# a killed run leaves an upload; verify reports it; the next run aborts it
change "$M" 4; head -c 15000000 /dev/urandom >"$M/more"; sleep 1
ZGLACIER_TEST_STEP_LOG=$WORK/steps expect 0 zg backup --part-size 5MiB "$D"
at=$(grep -n 'store.put_part .* end' "$WORK/steps" | sed -n 2p | cut -d: -f1)
change "$M" 5; head -c 15000000 /dev/urandom >"$M/more"; sleep 1
ZGLACIER_TEST_CRASH_AT=$at expect 137 zg backup --part-size 5MiB "$D"
[ "$(uploads)" = 1 ] || die "the killed run left no upload"
expect 0 zg verify
said "an unfinished upload"
sleep 1
expect 0 zg backup --part-size 5MiB "$D"
[ "$(uploads)" = 0 ] || die "an upload is left after the next run"
expect 0 zg verify
objects >"$WORK/objects"
nothing=$(grep '/0' "$WORK/objects" | sed 's,/[^/]*$,,' | sort -u | while read -r id; do
    grep -qF "manifests/${id##*/}.json" "$WORK/objects" || echo "$id"
done)
[ -z "$nothing" ] || die "segments without a manifest: $nothing"
say "an upload that a killed run left is reported by verify and aborted by the next run"
STORE_DIR=$WORK/none; mkdir -p "$STORE_DIR/archives"
nothing_left "$D"
finish
