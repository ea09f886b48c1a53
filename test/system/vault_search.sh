#!/usr/bin/env bash
# `zglacier vault search`: searches this machine's list, without a request to Amazon.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/s3_lib.sh"
start_s3 --page-size 3
export AWS_REGION=eu-central-1 AWS_ENDPOINT_URL_GLACIER=$ENDPOINT
cmd() { zg vault "$@"; }
# found COUNT: the last search found this many archives.
found() {
    [ "$(($(wc -l <"$WORK/out") - 1))" = "$1" ] || {
        cat "$WORK/out" >&2
        die "not $1 archives"
    }
}
BOOK=$ZGLACIER_STATE_DIR/vaults/book.sqlite

expect 0 cmd search
found 0
said "zglacier vault inventory VAULT"
expect 0 cmd search photos
said "zglacier vault inventory photos"
expect 0 cmd mkvault photos
expect 0 cmd mkvault music
head -c 100000 /dev/urandom >"$WORK/holiday.tar"
first=$(cmd upload photos "$WORK/holiday.tar" --description "Summer of 2024" 2>/dev/null |
    cut -d' ' -f1)
second=$(cmd upload photos --stdin --name /data/Winter.tar --description "vat/photos@winter" \
    <"$WORK/holiday.tar" 2>/dev/null | cut -d' ' -f1)
cmd upload music "$WORK/holiday.tar" --description "songs" >/dev/null 2>&1
expect 0 cmd search
found 3
expect 0 cmd search photos
found 2
said "only what was uploaded from here"
expect 0 cmd search --filename winter
found 1
said "$second"
expect 0 cmd search photos --searchterm summer
found 1
said "$first"
hash=$(cmd treehash "$WORK/holiday.tar" | cut -d' ' -f1)
said "$hash"
expect 0 cmd search photos Summer --output json
said '"file": "'
expect 0 cmd --output csv search photos nothing
found 0
expect 0 cmd search --region us-east-1
found 0
requests() { python_s3 "requests?since=0" "" "len(s['requests'])"; }
before=$(requests)
expect 0 env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY "$ZGLACIER" vault search
found 3
[ "$(requests)" = "$before" ] || die "the search made a request"
say "archives uploaded from here are found by file, description and vault, without a request"

# An inventory adds others' archives, and those of a store.
where='"vault": "photos", "region": "eu-central-1"'
segment=archives/20261123T020000Z-7f3a9c21/000001.zfs.zst
control put-archive "{$where, \"description\": \"from elsewhere\", \"text\": \"x\"}"
control put-archive "{$where, \"description\": \"zglacier/1 s $segment\", \"text\": \"y\"}"
expect 75 cmd inventory photos
control clock '{"advance": 90000}'
expect 75 cmd inventory photos
control clock '{"advance": 18060}'
expect 0 cmd inventory photos
expect 0 cmd search photos
found 4
said "inventory of "
said "from elsewhere"
grep -q " $segment\$" "$WORK/out" || die "the segment is not shown by its name"
expect 0 cmd search photos 7f3a9c21 --json
said "\"name\": \"$segment\""
expect 0 cmd rmarchive photos "$first"
expect 0 cmd inventory photos
said "$first"
expect 0 cmd search photos
found 3
say "an inventory adds others' archives; removed ones are not added again," \
    "though the inventory still has it"

# Everything works without the list.
printf 'not a database' >"$BOOK"
expect 0 cmd upload photos "$WORK/holiday.tar"
[ -e "$BOOK.broken" ] || die "the broken one was not moved aside"
expect 0 cmd search photos
found 1
printf 'a file' >"$WORK/no-folder"
expect 0 cmd upload --state-dir "$WORK/no-folder" photos "$WORK/holiday.tar"
said "will not find it"
third=$(cut -d' ' -f1 "$WORK/out")
expect 0 cmd inventory --state-dir "$WORK/no-folder" photos
expect 0 cmd remove --state-dir "$WORK/no-folder" photos "$third"
! cmd search --state-dir "$WORK/no-folder" photos >/dev/null 2>&1 ||
    die "a search without a list succeeded"
say "a broken list is moved aside; uploads and removals work without a list"
finish
