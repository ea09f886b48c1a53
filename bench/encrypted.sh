#!/usr/bin/env bash
# encrypted.sh: measures a whole encrypted backup, with send, check, zstd, age, SHA-256 and upload,
# compared with `zfs send | zstd | age | aws s3 cp -` in the same run: SIZE MiB (1024) of data that
# zstd compresses to about two thirds, to a server that only reads and answers. Both take turns,
# ROUNDS (5) times; prints medians of wall time, and of user + system seconds of all processes but
# zfs send. Needs the packages of the groups bench and test.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/upload_lib.sh
rounds=${ROUNDS:-5}
age-keygen -o "$work/key" 2>/dev/null
recipient=$(age-keygen -y "$work/key")

# A third of it is text, the rest random.
data=$(zfs get -H -o value mountpoint "$POOL/data")
rm "$data/random"
head -c $((size * 2 / 3))M /dev/urandom >"$data/random"
seq 1 100000000 | head -c $((size / 3))M >"$data/text" || true
zfs destroy "$POOL/data@bench"
zfs snapshot "$POOL/data@bench"
zfs send "$POOL/data@bench" >"$work/stream"
cat "$work/stream" >/dev/null
aws='/usr/bin/aws --endpoint-url "$1" s3 cp'
printf '#!/bin/sh\nset -e\nzstd -q -%s | age -r %s | %s --expected-size %s - s3://bench/aws\n' \
    "${LEVEL:-3}" "$recipient" "$aws" $((size << 20)) >"$work/tools"
chmod +x "$work/tools"

start sink
printf '[default]\ns3 =\n  max_concurrent_requests = 4\n' >"$work/config"
export AWS_CONFIG_FILE=$work/config
for _ in $(seq "$rounds"); do
    FEED=no ZGLACIER_ZFS=$work/zfs run "$work/ours" "zglacier backup" \
        "$ZGLACIER" backup --store "s3://bench/zglacier?endpoint=$endpoint" --connections 4 \
        --compression zstd --recipient "$recipient" --full --snapshot bench "$POOL/data"
    CHILDREN=yes run "$work/theirs" "zstd | age | aws s3 cp -" "$work/tools" "$endpoint"
done
stop
python3 - "$work" "$(stat -c %s "$work/stream")" <<'F'
import statistics, sys
gib = float(sys.argv[2]) / (1 << 30)
found = {}
for name, label in (("theirs", "zstd | age | aws s3 cp -"), ("ours", "zglacier backup")):
    with open(f"{sys.argv[1]}/{name}", encoding="ascii") as lines:
        rows = [[float(field) for field in line.split()] for line in lines]
    wall, cpu, memory = (statistics.median(row[i] for row in rows) for i in range(3))
    found[name] = wall, cpu
    print(f"  {label:28} {wall / gib:5.2f} s/GiB wall  {cpu / gib:5.2f} s/GiB cpu"
          f" ({min(r[1] for r in rows) / gib:.2f} to {max(r[1] for r in rows) / gib:.2f})"
          f"  {memory / 1024:6.1f} MiB, {len(rows)} rounds")
print(f"  zglacier takes {100 * found['ours'][1] / found['theirs'][1]:.0f} % of their CPU"
      f" and {100 * found['ours'][0] / found['theirs'][0]:.0f} % of their time")
F
