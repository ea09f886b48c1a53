#!/usr/bin/env bash
# A whole store in a Glacier vault: named after the dataset and created by the first backup; full
# and three incrementals; another machine that knows the vault only from its inventory; a retrieval
# of five hours, restore; the same with only Debian's aws, zstd and zfs receive.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/s3_lib.sh"
start_s3 --page-size 3
export AWS_REGION=eu-central-1 AWS_ENDPOINT_URL_GLACIER=$ENDPOINT
D=$POOL/testfs
zfs create "$D"
M=$(mountpoint_of "$D")
VAULT=${D//\//_}
export ZGLACIER_STORE=glacier:
vault() { python_s3 vaults "" "$1"; }
jobs() {
    vault "[1 for j in s['vaults']['eu-central-1:$VAULT']['jobs'] if j['Action'] == '$1']" |
        grep -c . || true
}

expect 2 zg list "$D"
said "there is no such vault"
fill "$M"
expect 0 zg backup --segment-size 6MiB --part-size 2MiB --compression none "$D"
said "created store"
keep_listing "$D" full
for round in 1 2 3; do
    change "$M" $round; [ $round = 2 ] && head -c 12000000 /dev/urandom >"$M/large"
    keep_listing "$D" "round$round"
    sleep 1
    expect 0 zg backup --segment-size 6MiB --part-size 2MiB "$D"
done
expect 0 zg backup "$D"
said "nothing to do"
expect 0 zg list "$D"
said "yes, 4 archives"
expect 0 zg verify "$D"
said "compared with the store's checksums"
not_said "by size only"
say "a vault named after the dataset is created by its first backup; full and three incrementals"

expect 2 zg backup --part-size 3MiB "$D"
said "power of two"
say "a part size that Glacier does not support is refused"

# another machine, without an index of the vault
mv "$ZGLACIER_STATE_DIR" "$WORK/old-state"
expect 75 zg restore --yes "$D" "$POOL/back"
said "no inventory yet"
control clock '{"advance": 90000}'
expect 75 zg restore --yes "$D" "$POOL/back"
said "inventory was requested"
expect 75 zg catalog rebuild --store "glacier://eu-central-1/$VAULT"
[ "$(jobs InventoryRetrieval)" = 1 ] || die "$(jobs InventoryRetrieval) inventories were requested"
control clock '{"advance": 18060}'
expect 0 zg catalog rebuild --store "glacier://eu-central-1/$VAULT"
said "4 archives"
expect 0 zg list "$D"
said "yes, 4 archives"
say "another machine requests the inventory, once, and knows all four archives from it"

expect 0 zg restore --dry-run "$D" "$POOL/back"
said "5h"
said '$'
[ "$(jobs ArchiveRetrieval)" = 0 ] || die "a retrieval was requested too early"
expect 75 zg restore --yes "$D" "$POOL/back"
asked=$(jobs ArchiveRetrieval)
mv "$ZGLACIER_STATE_DIR" "$WORK/second-state"; mv "$WORK/old-state" "$ZGLACIER_STATE_DIR"
expect 75 zg restore --yes "$D" "$POOL/back"
[ "$(jobs ArchiveRetrieval)" = "$asked" ] || die "an archive was requested twice"
control clock '{"advance": 18060}'
expect 0 zg restore --yes "$D" "$POOL/back"
same_as "$POOL/back" round3
[ "$(jobs ArchiveRetrieval)" = "$asked" ] || die "an archive was requested twice"
say "five hours of retrieval, exit 75, two machines, nothing requested twice, restored identical"

# the next incremental, from the machine that read the inventory
change "$M" 4; keep_listing "$D" round4; sleep 1
expect 0 zg backup "$D"
said "incremental"
say "the next backup is an incremental"

# by hand, with only the inventory
if [ -x /usr/bin/aws ]; then
    AWSG() {
        /usr/bin/aws --endpoint-url "$ENDPOINT" --region eu-central-1 --output text \
            glacier "$@" --account-id -
    }
    job=$(AWSG initiate-job --vault-name "$VAULT" \
        --job-parameters '{"Type": "inventory-retrieval"}' --query jobId)
    control clock '{"advance": 18060}'
    AWSG get-job-output --vault-name "$VAULT" --job-id="$job" "$WORK/inventory" >/dev/null
    /usr/bin/python3 - "$WORK/inventory" >"$WORK/byhand" <<'P'
import json, sys
archives = json.load(open(sys.argv[1]))["ArchiveList"]
segments = [(a["ArchiveDescription"].split(" ")[2], a["ArchiveId"]) for a in archives
            if a["ArchiveDescription"].startswith("zglacier/1 s ")]
for name, archive in sorted(segments):
    print(name, archive)
P
    while read -r name archive; do
        parameters="{\"Type\": \"archive-retrieval\", \"ArchiveId\": \"$archive\"}"
        AWSG initiate-job --vault-name "$VAULT" --job-parameters "$parameters" --query jobId \
            >"$WORK/job.$(echo "$name" | tr / _)" </dev/null
    done <"$WORK/byhand"
    control clock '{"advance": 18060}'
    while read -r name archive; do
        mkdir -p "$WORK/hand/${name%/*}"
        AWSG get-job-output --vault-name "$VAULT" \
            --job-id="$(cat "$WORK/job.$(echo "$name" | tr / _)")" \
            "$WORK/hand/$name" >/dev/null </dev/null
    done <"$WORK/byhand"
    for id in $(ls "$WORK/hand/archives"); do
        case $(echo "$WORK/hand/archives/$id/000001."*) in
            *.zst) cat "$WORK/hand/archives/$id"/0*.zfs.zst | zstd -qd ;;
            *) cat "$WORK/hand/archives/$id"/0*.zfs ;;
        esac | zfs receive -u "$POOL/byhand"
    done
    same_as "$POOL/byhand" round3
    say "aws glacier, zstd -d and zfs receive restore the same, with only the inventory"
fi

# an expired retrieval is requested again
control clock '{"advance": 100000}'
expect 75 zg restore --yes "$D" "$POOL/again"
[ "$(jobs ArchiveRetrieval)" -gt "$asked" ] || die "the expired retrieval was not requested again"
say "an expired retrieval is requested again"
STORE_DIR=$WORK/none; mkdir -p "$STORE_DIR/archives"
nothing_left "$D"
finish
