#!/usr/bin/env bash
# vault.sh: measures the upload of a stream to a Glacier vault, compared with Debian's aws, in one
# run on one machine: SIZE MiB (1024) of an incompressible send stream, one connection and four, to
# a sink that only reads and answers and to test/fake_aws. The clients take turns, ROUNDS (8) times.
# Prints medians of user + system seconds of the client alone, wall time and peak memory, and the
# minimum and maximum of the seconds. Needs the packages of the groups bench and tools.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/upload_lib.sh
rounds=${ROUNDS:-8}
turn=0

# measure NAME COMMAND...: one turn.
measure() { run "$times/$1" "$@" || true; }

# report FILE: prints the medians of its lines.
report() {
    python3 - "$1" <<'F'
import os, statistics, sys
with open(sys.argv[1], encoding="ascii") as lines:
    wall, cpu, memory = zip(*(map(float, line.split()) for line in lines))
median = statistics.median
print("  %-44s %5.2f s cpu (%.2f to %.2f)  %6.2f s wall (%.2f to %.2f)  %6.1f MiB, %d runs" % (
    os.path.basename(sys.argv[1]), median(cpu), min(cpu), max(cpu),
    median(wall), min(wall), max(wall), median(memory) / 1024, len(cpu)))
F
}

# A new vault for each backup: the store is then new, and this machine knows its content.
backup() {
    turn=$((turn + 1))
    FEED=no ZGLACIER_ZFS=$work/zfs measure "zglacier backup, $1" \
        "$ZGLACIER" backup --store "glacier://us-east-1/bench-$turn?endpoint=$endpoint" \
        --connections "$1" --compression none --full --snapshot bench "$POOL/data"
}

for place in ${PLACES:-sink fake}; do
    times=$work/times-$place
    mkdir "$times"
    for _ in $(seq "$rounds"); do
        start "$place"
        for connections in 1 4; do
            measure "zglacier vault upload --size, $connections" \
                "$ZGLACIER" vault upload --stdin --size "$size"MiB --endpoint "$endpoint" \
                --connections $connections bench
            measure "zglacier vault upload, $connections" \
                "$ZGLACIER" vault upload --stdin --endpoint "$endpoint" \
                --connections $connections bench
            backup $connections
        done
        FEED=no measure "aws glacier upload-archive, 1" \
            /usr/bin/aws --endpoint-url "$endpoint" glacier upload-archive \
            --account-id - --vault-name bench --body "$work/stream"
        stop
    done
    echo "$place:"
    for file in "$times"/*; do report "$file"; done
done
