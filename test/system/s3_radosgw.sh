#!/usr/bin/env bash
# A whole backup and restore with Ceph's S3 server; run by test/s3/radosgw.sh.
. "$(dirname "$0")/lib.sh"
: "${S3_ENDPOINT:?an S3 server}"
unset AWS_CA_BUNDLE AWS_PROFILE AWS_SESSION_TOKEN
D=$POOL/fs
zfs create "$D"
M=$(mountpoint_of "$D")
export ZGLACIER_STORE="s3://bucket/file server/x+y?endpoint=$S3_ENDPOINT&region=us-east-1"
export HOME=$WORK
expect 0 zg init --class STANDARD
fill "$M"; head -c 14000000 /dev/urandom >"$M/large"
expect 0 zg backup --segment-size 6MiB --part-size 5MiB "$D"
keep_listing "$D" full
for round in 1 2 3; do
    change "$M" $round; keep_listing "$D" "round$round"; sleep 1
    expect 0 zg backup "$D"
done
expect 0 zg verify
said "OK: "
expect 0 zg verify --read
said "OK: "
expect 0 zg restore "$D" "$POOL/back"
same_as "$POOL/back" round3
say "full and three incrementals, verify, restored identical"
change "$M" 4; head -c 15000000 /dev/urandom >"$M/large"; sleep 1
ZGLACIER_TEST_STEP_LOG=$WORK/steps expect 0 zg backup --part-size 5MiB "$D"
at=$(grep -n 'store.put_part .* end' "$WORK/steps" | sed -n 2p | cut -d: -f1)
change "$M" 5; head -c 15000000 /dev/urandom >"$M/large"; sleep 1
ZGLACIER_TEST_CRASH_AT=$at expect 137 zg backup --part-size 5MiB "$D"
expect 0 zg verify
said "an unfinished upload"
sleep 1
expect 0 zg backup --part-size 5MiB "$D"
expect 0 zg verify
! grep -q note: "$WORK/out" || {
    cat "$WORK/out" >&2
    die "leftovers of the killed run still exist"
}
say "an upload that a killed run left is aborted by the next run"
AWS_SECRET_ACCESS_KEY=wrong expect 3 zg list
said "secret key is wrong"
say "a wrong secret is refused"
expect 0 zg init --store "s3://bucket/cold?endpoint=$S3_ENDPOINT&class=DEEP_ARCHIVE"
expect 0 zg backup --store "s3://bucket/cold?endpoint=$S3_ENDPOINT" --part-size 5MiB --full "$D"
expect 0 zg verify --store "s3://bucket/cold?endpoint=$S3_ENDPOINT"
! grep -q "class" "$WORK/out" || die "the segments are not of class DEEP_ARCHIVE"
expect 0 zg restore --yes --store "s3://bucket/cold?endpoint=$S3_ENDPOINT" "$D" "$POOL/cold"
say "a cold class on a server without thaws: stored in that class, and readable"
finish
