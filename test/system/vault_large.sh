#!/usr/bin/env bash
# An archive of 10,000 parts: whole from standard input, and resumed after an interruption at the
# last part. Memory stays small, and the tree hash is right: the server compares it with its own,
# and so does the test.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/s3_lib.sh"
start_s3
export AWS_REGION=eu-central-1 AWS_ENDPOINT_URL_GLACIER=$ENDPOINT
control glacier '{"forget": true}'
vault() { python_s3 vaults "" "$1"; }
largest=$((96 * 1024)) # KiB
# measured COMMAND...: its peak memory in KiB, in $WORK/peak.
measured() {
    python3 - "$WORK/peak" "$@" <<'P'
import resource, subprocess, sys
code = subprocess.run(sys.argv[2:], stdin=open(3, "rb", closefd=False)).returncode
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
P
}
# The input: 9,999 MiB and a half, all zero except the first byte of each MiB, which is a counter.
input() {
    python3 -c '
import sys
block = bytearray(1 << 20)
for i in range(9999):
    block[0] = i % 251
    sys.stdout.buffer.write(block)
sys.stdout.buffer.write(bytes(1 << 19))'
}
tree_hash=$(python3 -c '
import hashlib
block = bytearray(1 << 20)
leaf = []
for i in range(251):
    block[0] = i
    leaf.append(hashlib.sha256(block).digest())
level = [leaf[i % 251] for i in range(9999)] + [hashlib.sha256(bytes(1 << 19)).digest()]
while len(level) > 1:
    pairs = [level[i:i + 2] for i in range(0, len(level), 2)]
    level = [hashlib.sha256(b"".join(pair)).digest() if len(pair) == 2 else pair[0]
             for pair in pairs]
print(level[0].hex())')

expect 0 zg vault mkvault large
input | measured "$ZGLACIER" vault upload --partsize 1 --stdin --description whole large \
    >"$WORK/out" 2>"$WORK/err" 3<&0 || { cat "$WORK/err" >&2; die "the upload failed"; }
said "$tree_hash"
[ "$(cat "$WORK/peak")" -lt "$largest" ] || die "it took $(cat "$WORK/peak") KiB"
say "10,000 parts from standard input:" \
    "peak memory $(($(cat "$WORK/peak") / 1024)) MiB, the right tree hash"

# It is interrupted after part 9,998: parts beyond the first 1,000 are on further pages, and none is
# sent again.
control faults '{"match": {"method": "PUT", "path": "/multipart-uploads/"},
    "kind": "500", "times": 100, "skip": 1}'
got=0
head -c 3000000 /dev/zero |
    zg vault upload --retry-time 1s --connections 1 --partsize 1 --stdin --description broken \
        large >"$WORK/out" 2>"$WORK/err" || got=$?
[ "$got" = 1 ] || die "exit code $got of an interrupted upload"
control faults '{}'
expect 0 zg vault listmultiparts large
upload=$(awk '$NF == "broken" {print $1}' "$WORK/out")
zero=$(head -c 1048576 /dev/zero | sha256sum | cut -d' ' -f1)
parts="\"first\": 1, \"count\": 9998, \"tree_hash\": \"$zero\", \"size\": 1048576"
control put-parts \
    "{\"vault\": \"large\", \"region\": \"eu-central-1\", \"upload\": \"$upload\", $parts}"
head -c $((9999 * 1048576 + 17)) /dev/zero |
    measured "$ZGLACIER" vault upload --uploadid "$upload" --stdin --json large \
        >"$WORK/out" 2>"$WORK/err" 3<&0 || { cat "$WORK/err" >&2; die "it was not resumed"; }
said '"sent": 17'
[ "$(cat "$WORK/peak")" -lt "$largest" ] || die "it took $(cat "$WORK/peak") KiB"
say "resumed after 9,999 parts: 17 bytes were sent," \
    "peak memory $(($(cat "$WORK/peak") / 1024)) MiB"
finish
