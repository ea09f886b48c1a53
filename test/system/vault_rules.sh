#!/usr/bin/env bash
# Policies, locks, tags and limits of vaults.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/s3_lib.sh"
start_s3
export AWS_REGION=eu-central-1 AWS_ENDPOINT_URL_GLACIER=$ENDPOINT
cmd() { zg vault "$@"; }
deny() {
    printf '{"Version": "2012-10-17", "Statement": [{"Sid": "%s", "Effect": "Deny", ' "$1"
    printf '"Principal": "*", "Action": "glacier:DeleteArchive", '
    printf '"Resource": "arn:aws:glacier:eu-central-1:111122223333:vaults/photos"}]}'
}
expect 0 cmd mkvault photos
head -c 100000 /dev/urandom >"$WORK/file"
archive=$(cmd upload photos "$WORK/file" 2>/dev/null | cut -d' ' -f1)

expect 6 cmd policy show photos
said "no access policy"
deny first >"$WORK/policy.json"
expect 0 cmd policy set photos "$WORK/policy.json"
expect 0 cmd policy show photos
said '"Sid": "first"'
cp "$WORK/out" "$WORK/shown.json"
expect 3 cmd remove photos "$archive"
cmd policy set photos <"$WORK/shown.json" >/dev/null 2>&1 || die "the shown policy cannot be set"
cmd policy set photos - <"$WORK/shown.json" >/dev/null 2>&1 || die "- is not standard input"
expect 0 cmd policy show --json photos
said '"Effect": "Deny"'
printf '{"Statement": [}' >"$WORK/broken.json"
expect 2 cmd policy set photos "$WORK/broken.json"
said "byte 16"
expect 2 cmd policy set photos /dev/null
expect 6 cmd policy set photos "$WORK/none.json"
expect 0 cmd policy remove photos
expect 6 cmd policy show photos
say "an access policy is set, shown, refused if invalid, and removed"

expect 6 cmd lock show photos
expect 0 cmd lock start photos "$WORK/policy.json"
said "within 24 hours"
said "never be changed"
expect 0 cmd lock show photos
said InProgress
said "removed at"
expect 0 cmd lock abort photos
expect 6 cmd lock show photos
expect 0 cmd --output json lock start photos "$WORK/policy.json"
lock=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["lock"])' "$WORK/out")
expect 2 cmd lock complete photos "$lock"
said "--yes"
expect 2 cmd lock complete --yes photos -notTheLockId-0123456789
expect 0 cmd lock show photos
said InProgress
got=0
{ sleep 1; echo n; } | script -qec "$ZGLACIER vault lock complete photos $lock" /dev/null \
    >"$WORK/out" 2>&1 || got=$?
[ $got = 1 ] || die "exit code $got of a lock that was not confirmed"
said "for ever? [y/N]"
expect 0 cmd lock show photos
said InProgress
expect 0 cmd lock complete --yes photos "$lock"
expect 0 cmd lock complete --yes photos "$lock"
expect 0 cmd lock show photos
said Locked
expect 3 cmd lock abort photos
expect 3 cmd remove photos "$archive"
say "a lock is started, dropped, started again, and completed only after a confirmation"

expect 0 cmd tags set photos owner=family "note=a = b"
expect 0 cmd tags show photos --output csv
said '"note","a = b"'
expect 0 cmd tags remove photos note other
expect 0 cmd tags show photos
said owner
! grep -q note "$WORK/out" || die "the tag is not removed"
expect 2 cmd tags set photos owner
expect 2 cmd tags set photos
say "tags are set, shown and removed"

expect 0 cmd retrieval-policy show
said "no limit"
expect 0 cmd retrieval-policy set 64KiB
expect 0 cmd retrieval-policy show --json
said '"bytes_per_hour": 65536'
expect 3 cmd retrieve photos "$archive"
said "retrieval-policy show"
expect 0 cmd retrieval-policy set free-tier
expect 0 cmd retrieve photos "$archive"
expect 0 cmd retrieval-policy set none
expect 2 cmd retrieval-policy set much
say "the retrieval limit is set and shown"
finish
