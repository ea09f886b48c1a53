#!/usr/bin/env bash
# Every option of an S3 store: as a flag of init, kept in the store's record for later runs, and
# visible in the bucket's objects.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/s3_lib.sh"
start_s3 --bucket bucket:us-east-1 --bucket locked:us-east-1:lock \
    --bucket versions:us-east-1:versioned \
    --bucket paid:us-east-1:requester-pays:owner=222233334444
D=$POOL/fs
zfs create "$D"
M=$(mountpoint_of "$D")
head -c 11000000 /dev/urandom >"$M/data"
export AWS_ENDPOINT_URL_S3=$ENDPOINT AWS_REGION=us-east-1

# kept BUCKET OPTIONS…: creates a store with them, then makes a backup without them.
number=0
kept() {
    local bucket=$1
    shift
    number=$((number + 1))
    export ZGLACIER_STORE=s3://$bucket/store$number
    rm -rf "$ZGLACIER_STATE_DIR"
    expect 0 zg init "$@"
    expect 0 zg backup --part-size 5MiB --full "$D"
    expect 0 zg verify
    said "OK: "
}
# all BUCKET FIELD: prints that setting of all current objects of the last store, each value once.
of() {
    state "sorted({str(o['settings'].get('$3', '')) for o in s['buckets']['$1']['objects']
        if o['key'].startswith('store$number/') and not o['marker']
        and o['key'].endswith('$2')})"
}
is() { [ "$2" = "$3" ] || die "$1 is '$2', expected '$3'"; }

for class in STANDARD STANDARD_IA ONEZONE_IA INTELLIGENT_TIERING GLACIER_IR GLACIER DEEP_ARCHIVE; do
    kept bucket --class $class
    is "the segments' class" "$(of bucket .zst class)" $class
    is "the manifests' class" "$(of bucket .json class)" STANDARD
done
kept bucket
is "the default class" "$(of bucket .zst class)" DEEP_ARCHIVE
expect 0 zg backup --part-size 5MiB --full --class STANDARD "$D"
said "the store was created with class=DEEP_ARCHIVE"
expect 0 zg verify
said "class STANDARD, though the store was created with class DEEP_ARCHIVE"
say "every storage class; a run with another one logs a warning, and verify reports it"

kept bucket --class STANDARD --sse AES256 --tag cost:backup,host:fs1
is "sse" "$(of bucket '' sse)" AES256
is "tags" "$(of bucket '' tags)" "cost=backup&host=fs1"
kept bucket --sse aws:kms --kms-key alias/backup
is "sse" "$(of bucket '' sse)" aws:kms
is "the KMS key" "$(of bucket '' kms)" alias/backup
say "SSE-S3, SSE-KMS, tags"

kept locked --class STANDARD --lock compliance:180d
is "the lock" "$(of locked '' lock)" COMPLIANCE
days=$(state "[round((o['settings']['until'] - $(date +%s)) / 86400)
    for o in s['buckets']['locked']['objects']][0]")
is "days of the lock" "$days" 180
expect 0 zg verify
! grep -q "lock" "$WORK/out" || die "verify warns about a valid lock"
segments="for o in s['buckets']['locked']['objects'] if o['key'].endswith('.zst')"
key=$(state "[o['key'] $segments][0]")
version=$(state "[o['version'] $segments][0]")
! AWS s3api delete-object --bucket locked --key "$key" --version-id "$version" 2>/dev/null ||
    die "a locked segment could be deleted"
control clock '{"advance": 15638400}'
kept locked --lock governance:2d
is "the lock" "$(of locked '' lock)" GOVERNANCE
say "Object Lock: every object is locked, and cannot be deleted"

# In a bucket with versions, removed objects must not be billed any longer.
kept versions --class STANDARD
head -c 11000000 /dev/urandom >"$M/data"; sleep 1
ZGLACIER_TEST_STEP_LOG=$WORK/steps \
    expect 0 zg backup --part-size 5MiB --segment-size 5MiB --full "$D"
at=$(grep -n 'store.complete .*000002.* end' "$WORK/steps" | cut -d: -f1)
head -c 11000000 /dev/urandom >"$M/data"; sleep 1
ZGLACIER_TEST_CRASH_AT=$at \
    expect 137 zg backup --part-size 5MiB --segment-size 5MiB --full "$D"
before=$(state "len(s['buckets']['versions']['objects'])")
sleep 1
expect 0 zg backup --part-size 5MiB "$D"
versions="for o in s['buckets']['versions']['objects']"
is "delete markers" "$(state "len([o $versions if o['marker']])")" 0
is "old versions" "$(state "len([o $versions if not o['current']])")" 0
expect 0 zg verify
! grep -q note: "$WORK/out" || die "leftovers of the killed run still exist"
say "a bucket with versions: removed objects are gone ($before versions before)"

# How to access the bucket cannot be in its record: it is in the URL.
export ZGLACIER_STORE="s3://paid/store?requester-pays=yes&owner=222233334444"
expect 0 zg init --class STANDARD
expect 0 zg backup --part-size 5MiB --full "$D"
expect 0 zg restore "$D" "$POOL/paid"
say "requester pays, expected owner"
expect 0 zg policy
said "s3:RestoreObject"
expect 0 zg policy --json
/usr/bin/python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
assert len(d) >= 2' "$WORK/out"
say "policies"
finish
