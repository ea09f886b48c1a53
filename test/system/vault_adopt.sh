#!/usr/bin/env bash
# Archives made over years by a script with glacier-cmd: adopted, continued with an incremental,
# restored; first by their descriptions, then proved by the first MiB of each. Then copied out of
# the vault, to S3.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/s3_lib.sh"
start_s3 --bucket bucket:us-east-1 --page-size 3
export AWS_REGION=eu-central-1 AWS_ENDPOINT_URL_GLACIER=$ENDPOINT AWS_ENDPOINT_URL_SNS=$ENDPOINT
D=$POOL/testfs
zfs create "$D"
M=$(mountpoint_of "$D")
vault() { python_s3 vaults "" "$1"; }
retrievals() {
    vault "[1 for j in s['vaults']['eu-central-1:photos']['jobs']
        if j['Action'] == 'ArchiveRetrieval']" | grep -c . || true
}
hours_later() { control clock "{\"advance\": $((${1:-5} * 3600 + 60))}"; }

# what the old script did every night
old_script() {
    local from=()
    if zfs list "$D@glacier" >/dev/null 2>&1; then from=(-i "$D@glacier"); fi
    zfs snapshot "$D@glacier-new"
    zfs send "${from[@]}" "$D@glacier-new" |
        zg vault upload --description "$1" --partsize 1 --stdin photos >/dev/null ||
        die "the old script failed"
    [ ${#from[@]} = 0 ] || zfs destroy "$D@glacier"
    zfs rename "$D@glacier-new" "$D@glacier"
    sleep 1
}
expect 0 zg vault mkvault photos
fill "$M"; sleep 1
old_script "$D@glacier"
keep_listing "$D" full
change "$M" 1; sleep 1; old_script "$D@glacier"
change "$M" 2
head -c 5000000 /dev/urandom >"$M/large"
sleep 1
old_script "nightly of $D@glacier"
keep_listing "$D" round2
head -c 100000 /dev/urandom >"$WORK/picture"
expect 0 zg vault upload --description "pictures.tar" photos "$WORK/picture"

expect 75 zg vault adopt photos
said "no inventory yet"
hours_later 25
expect 75 zg vault adopt photos
hours_later
before=$(zfs list -H -o name -t snapshot -r "$D")
expect 0 zg vault adopt photos
said "not proved"
said "pictures.tar"
said "adopted 3"
expect 0 zg vault adopt photos
said "adopted 0"
# The endpoint is used for the store, and for the other archives in the vault.
expect 0 env -u AWS_ENDPOINT_URL_GLACIER "$ZGLACIER" vault adopt --endpoint "$ENDPOINT" \
    --retry-time 5s photos
said "adopted 0"
export ZGLACIER_STORE=glacier://eu-central-1/photos
expect 0 zg list "$D"
said "yes, 3 archives"
said "3 of them are known only by description and date"
expect 0 zg verify "$D"
said "OK: "
[ "$(zfs list -H -o name -t snapshot -r "$D")" = "$before" ] || die "snapshots were changed"
say "three archives of the old script are adopted, by description and date, once; a file is not"

expect 2 zg vault adopt --release photos
picture=$(zg vault inventory --json photos 2>/dev/null | python3 -c '
import json, sys
archives = json.load(sys.stdin)["archives"]
print([a["id"] for a in archives if a["description"] == "pictures.tar"][0])')
expect 0 zg vault adopt --dataset "$POOL/other" photos "$picture"
said "adopted 1"
expect 0 zg vault adopt --release photos "$picture"
expect 6 zg vault adopt --release photos "$picture"
expect 6 zg list "$POOL/other"
expect 0 zg vault getarchive photos "$picture"
say "an archive adopted by mistake is released, and stays in the vault"

# continues with an incremental, since the snapshot still exists
change "$M" 3; keep_listing "$D" round3; sleep 1
expect 0 zg backup "$D"
said "incremental"
expect 0 zg list "$D"
said "yes, 4 archives"
say "the first backup is an incremental"

# another machine; restored by description and date only, which proves the archives
mv "$ZGLACIER_STATE_DIR" "$WORK/old-state"
hours_later 25
expect 75 zg catalog rebuild
hours_later
expect 0 zg catalog rebuild
said "4 archives"
expect 75 zg restore --yes "$D" "$POOL/back"
hours_later
expect 0 zg restore --yes "$D" "$POOL/back"
same_as "$POOL/back" round3
asked=$(retrievals)
expect 0 zg vault adopt --prove photos
refused() {
    ! grep -q "not proved" "$WORK/out" "$WORK/err" || die "not proved after a restore"
}
refused
[ "$(retrievals)" = "$asked" ] || die "a known beginning was requested"
say "restored on another machine, identical, and proved by that"

# copying from the vault to S3
export AWS_ENDPOINT_URL_S3=$ENDPOINT
S3='s3://bucket/moved?class=DEEP_ARCHIVE&region=us-east-1'
expect 0 zg init --store "$S3"
hours_later 30
expect 0 zg copy --from glacier://eu-central-1/photos --to "$S3" --dry-run
said "5h"
said '$'
expect 2 zg copy --from glacier://eu-central-1/photos --to "$S3"
said "--yes"
expect 75 zg copy --from glacier://eu-central-1/photos --to "$S3" --tier bulk --yes
said "run the same command again"
asked=$(retrievals)
expect 75 zg copy --from glacier://eu-central-1/photos --to "$S3" --tier bulk --yes
[ "$(retrievals)" = "$asked" ] || die "an archive was requested twice"
hours_later 12
# Killed in the middle, then run again.
got=0
ZGLACIER_TEST_CRASH_AT=14 zg copy --from glacier://eu-central-1/photos --to "$S3" --yes \
    >/dev/null 2>&1 || got=$?
[ "$got" = 137 ] || die "was not killed: $got"
expect 0 zg copy --from glacier://eu-central-1/photos --to "$S3" --yes --segment-size 5MiB
[ "$(retrievals)" = "$asked" ] || die "an archive was requested twice"
expect 0 zg list --store "$S3" "$D"
said "yes, 4 archives"
[ -z "$(zg list --store "$S3" --json "$D" | grep '"adopted"' | grep -v null)" ] ||
    die "still adopted"
expect 0 zg verify --store "$S3"
said "OK: "
[ "$(uploads)" = 0 ] || die "an upload is left"
expect 75 zg restore --store "$S3" --yes "$D" "$POOL/from-s3"
hours_later 13
expect 0 zg restore --store "$S3" --yes "$D" "$POOL/from-s3"
same_as "$POOL/from-s3" round3
change "$M" 7; sleep 1
expect 0 zg backup --store "$S3" "$D"
said "incremental"
say "from the vault to S3: archives of both kinds, requested once, verified, restored," \
    "and continued"

# a third machine; streams and descriptions contradict each other
rm -rf "$ZGLACIER_STATE_DIR"
control glacier '{"new_account": false}'
expect 0 zg vault mkvault second
zfs send "$D@glacier" | zg vault upload --description "$D@one" --stdin second >/dev/null
zfs snapshot "$D@later"
change "$M" 4
head -c 3000000 /dev/urandom >"$M/more"
zfs snapshot "$D@last"
zfs send "$D@later" | zg vault upload --description "$D@two" --stdin second >/dev/null
sleep 1
zfs send -i "$D@later" "$D@last" |
    zg vault upload --description "$D@three" --stdin second >/dev/null
keep_listing "$D" last
hours_later 25; expect 75 zg vault adopt second; hours_later
expect 6 zg vault adopt --prove --notify nobody second
expect 0 zg vault sns subscribe email someone@example.com adopted
expect 75 zg vault adopt --prove --tier bulk --notify adopted second
said "requesting the first MiB of 3 archives"
jobs="for j in s['vaults']['eu-central-1:second']['jobs']"
asked_for=$(vault "[j['RetrievalByteRange'] $jobs if j['Action'] == 'ArchiveRetrieval']")
[ "$(vault "[1 $jobs if (j['SNSTopic'] or '').endswith(':adopted')]" | grep -c .)" = 3 ] ||
    die "no notification was requested"
[ "$(grep -c '0-1048575' <<<"$asked_for")" = 3 ] || die "not the first MiB of three: $asked_for"
expect 75 zg vault adopt --prove second
hours_later 12
expect 0 zg vault adopt --prove second
said "proved 3"
export ZGLACIER_STORE=glacier://eu-central-1/second
kinds=$(zg list --json "$D" | python3 -c '
import json, sys
print([archive["kind"] for archive in json.load(sys.stdin)["archives"]])')
[ "$kinds" = "['full', 'full', 'incremental']" ] || die "the streams' kinds are not known"
expect 75 zg restore --yes "$D" "$POOL/again"
hours_later
expect 0 zg restore --yes "$D" "$POOL/again"
same_as "$POOL/again" last
say "--prove requests the first MiB of each, and finds a second full archive" \
    "that no description mentioned"
finish
