#!/usr/bin/env bash
# The old workflow, with `glacier-cmd` replaced by `zglacier vault`: from mkvault to zfs receive.
# And interrupted uploads.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/s3_lib.sh"
start_s3 --page-size 3
export AWS_REGION=eu-central-1 AWS_ENDPOINT_URL_GLACIER=$ENDPOINT
D=$POOL/testfs
zfs create "$D"
M=$(mountpoint_of "$D")
fill "$M"
zfs snapshot "$D@glacier"
keep_listing "$D" full
cmd() { zg vault "$@"; }

expect 0 cmd mkvault testfs
expect 0 cmd mkvault testfs
expect 0 cmd lsvault
said testfs
expect 0 cmd describevault --output csv testfs
said '"testfs","0","0"'
zfs send "$D@glacier" |
    cmd upload --description "$D@glacier" --partsize 1 --stdin testfs \
        >"$WORK/upload" 2>"$WORK/err" || { cat "$WORK/err" >&2; die "the upload failed"; }
archive=$(cut -d' ' -f1 "$WORK/upload")
[ ${#archive} -gt 100 ] || die "no archive id: $(cat "$WORK/upload")"
zfs send "$D@glacier" | cmd treehash >"$WORK/hash"
grep -qF "$(cut -d' ' -f1 "$WORK/hash")" "$WORK/upload" || die "wrong tree hash"
say "mkvault, lsvault, describevault, zfs send | upload --stdin, treehash"

expect 75 cmd inventory testfs
said "no inventory yet"
control clock '{"advance": 90000}'
expect 75 cmd inventory testfs
expect 75 cmd inventory testfs
expect 0 cmd listjobs testfs
[ "$(grep -c '^inventory' "$WORK/out")" = 1 ] || die "the inventory was requested more than once"
control clock '{"advance": 18060}'
expect 0 cmd inventory testfs
said "$D@glacier"
expect 0 cmd inventory --output json testfs
said "\"$archive\""
expect 75 cmd download testfs "$archive"
said "was not requested"
expect 0 cmd getarchive testfs "$archive"
expect 0 cmd getarchive testfs "$archive"
said "already requested"
expect 75 cmd download testfs "$archive"
said "not ready yet"
control clock '{"advance": 18060}'
expect 0 cmd listjobs testfs
said Succeeded
cmd download testfs "$archive" 2>"$WORK/err" | zfs receive -u "$POOL/restorefs" || {
    cat "$WORK/err" >&2
    die "download | zfs receive"
}
# Not same_as: after a plain receive, a read-only mount of zfs-fuse shows no extended attributes.
zfs mount "$POOL/restorefs" 2>/dev/null || true
listing "$(mountpoint_of "$POOL/restorefs")" >"$WORK/now.list"
diff "$WORK/full.list" "$WORK/now.list" >"$WORK/diff" || {
    head -5 "$WORK/diff" >&2
    die "the received dataset differs from the one sent"
}
expect 0 cmd download --outfile "$WORK/stream" testfs "$archive"
expect 1 cmd download --outfile "$WORK/stream" testfs "$archive"
said "--overwrite"
expect 0 cmd download --outfile "$WORK/stream" --overwrite testfs "$archive"
zfs send "$D@glacier" | cmp - "$WORK/stream"
say "inventory, listjobs, getarchive (once), download | zfs receive: identical"

# an id that begins with a dash
head -c 3000000 /dev/urandom >"$WORK/file"
dashed=$(python3 -c 'import json; print("-" + "a" * 137)')
expect 0 cmd rmarchive testfs "$dashed"
expect 6 cmd getarchive testfs "$dashed"
say "an id may begin with a dash"

# an interrupted upload, resumed from standard input without sending anything twice
parts='"match": {"method": "PUT", "path": "/multipart-uploads/"}'
control faults "{$parts, \"kind\": \"500\", \"times\": 100, \"skip\": 2}"
got=0
cmd upload --retry-time 1s --connections 1 --partsize 1 --stdin --description broken testfs \
    <"$WORK/file" >"$WORK/out" 2>"$WORK/err" || got=$?
[ $got = 1 ] || die "exit code $got of an interrupted upload"
said "--uploadid"
control faults '{}'
expect 0 cmd listmultiparts testfs
said broken
upload=$(awk '$NF == "broken" {print $1}' "$WORK/out")
cmd upload --uploadid "$upload" --stdin --json testfs <"$WORK/file" \
    >"$WORK/out" 2>"$WORK/err" || { cat "$WORK/err" >&2; die "the upload was not resumed"; }
said '"sent": 902848'
expect 0 cmd listmultiparts testfs
[ "$(wc -l <"$WORK/out")" = 1 ] || die "an upload is left"
say "an interrupted upload is resumed from standard input, and sends only the missing parts"

# parts of more than one MiB: good ones and damaged ones; and the service sometimes fails on a part
head -c 9000001 /dev/urandom >"$WORK/file"
control faults "{$parts, \"kind\": \"408\", \"times\": 3}"
expect 0 cmd upload --json --partsize 4 testfs "$WORK/file"
archive=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["archive"])' "$WORK/out")
expect 0 cmd treehash --json "$WORK/file"
said "$(python3 -c '
import hashlib, sys
data = open(sys.argv[1], "rb")
level = [hashlib.sha256(leaf).digest() for leaf in iter(lambda: data.read(1 << 20), b"")]
while len(level) > 1:
    pairs = [level[i:i + 2] for i in range(0, len(level), 2)]
    level = [hashlib.sha256(b"".join(pair)).digest() if len(pair) == 2 else pair[0]
             for pair in pairs]
print(level[0].hex())' "$WORK/file")"
expect 0 cmd getarchive testfs "$archive"
control clock '{"advance": 18060}'
control faults \
    '{"match": {"method": "GET", "path": "/output"}, "kind": "flip", "times": 2}'
expect 0 cmd download --outfile "$WORK/again" testfs "$archive"
said "changed in transit"
cmp "$WORK/file" "$WORK/again"
where="\"vault\": \"testfs\", \"region\": \"eu-central-1\", \"archive\": \"$archive\""
control corrupt-archive "{$where, \"offset\": 5000000}"
expect 5 cmd download --outfile "$WORK/damaged" testfs "$archive"
[ ! -e "$WORK/damaged" ] || die "a damaged file was kept"
say "parts of 4 MiB: data changed in transit is fetched again," \
    "damage in the vault is reported; 408 is retried"

# invalid requests
expect 2 cmd upload --stdin testfs </dev/null
said "empty"
expect 2 cmd upload --description "$(printf 'caf\303\251')" testfs "$WORK/file"
said "printable ASCII"
expect 2 cmd upload --part-size 3MiB testfs "$WORK/file"
expect 2 cmd upload --size 20TiB --part-size 1MiB --stdin testfs <"$WORK/file"
said "10,000 parts"
[ "$(python3 -c 1; cmd uploads testfs 2>/dev/null | wc -l)" = 1 ] || die "an upload was started"
(sleep 2; echo slow) |
    cmd upload --stdin --description slow testfs >"$WORK/out" 2>"$WORK/err" ||
    die "a slow producer was mistaken for an empty input"
control glacier '{"new_account": true}'
expect 3 cmd mkvault other
said "DEEP_ARCHIVE"
control glacier '{"new_account": false}'
expect 1 cmd rmvault testfs
said "not empty"
expect 6 cmd describevault nowhere
say "an empty input, and an invalid description, part size, account and vault are refused;" \
    "a slow producer is waited for"
finish
