#!/usr/bin/env bash
# upload.sh: what it costs to bring a stream to an S3 server, beside the tools that people use for it, in one run on one machine: SIZE MiB (1024) of an incompressible
# send stream on standard input, one connection and four, to test/fake_aws and to a sink that only reads and answers. Wall time, user + system seconds
# of the client alone, and its peak memory. Needs the packages of the groups bench and tools.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${ZGLACIER:=$PWD/build/release/src/zglacier}"
export ZGLACIER
if [ -z "${POOL:-}" ]; then POOL_SIZE=8G exec test/fuse/run.sh bench/upload.sh; fi
sink=$PWD/build/release/bench/s3_sink
size=${SIZE:-1024}
rounds=${ROUNDS:-3}
work=$WORK
server=
stop() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; server=; }
trap stop EXIT
unset AWS_CA_BUNDLE AWS_PROFILE
export HOME=$work AWS_ACCESS_KEY_ID=BENCHKEY AWS_SECRET_ACCESS_KEY=benchsecret AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 RESTIC_PASSWORD=bench
export ZGLACIER_STATE_DIR=$work/state RESTIC_CACHE_DIR=$work/cache

# A real stream of incompressible data, and a zfs that replays it: what is measured is then the client, not the daemon that sends.
zfs create "$POOL/data"
head -c "$size"M /dev/urandom >"$(zfs get -H -o value mountpoint "$POOL/data")/random"
zfs snapshot "$POOL/data@bench"
zfs send "$POOL/data@bench" >"$work/stream"
# The stream goes from the page cache into the pipe by splice(2).
cat >"$work/feed" <<F
#!/usr/bin/python3
import os
file = os.open("$work/stream", os.O_RDONLY)
while os.splice(file, 1, 1 << 20):
    pass
F
printf '#!/bin/sh\n[ "$1" = send ] && exec %s/feed\nexec zfs "$@"\n' "$work" >"$work/zfs"
chmod +x "$work/zfs" "$work/feed"

start() {
    if [ "$1" = sink ]; then
        "$sink" >"$work/port" &
    else
        /usr/bin/python3 test/fake_aws/fake_aws.py --port 0 --port-file "$work/port" --data "$work/data" --key BENCHKEY:benchsecret --bucket bench >/dev/null &
    fi
    server=$!
    for _ in $(seq 100); do [ -s "$work/port" ] && break; sleep 0.1; done
    endpoint=http://127.0.0.1:$(cat "$work/port")
}

# The stream for standard input; zglacier takes it from the zfs that it runs.
feed() { [ "${FEED:-yes}" = no ] || "$work/feed"; }

# measure NAME COMMAND...: the stream on its standard input; the best of ROUNDS by wall time.
measure() {
    local name=$1
    shift
    rm -f "$work/times"
    for _ in $(seq "$rounds"); do
        rm -rf "$work/state" "$work/cache"
        sleep 1 # an archive is named after the second it was made in
        feed | timeout 120 bench/own_time.py "$work/time" "$@" >"$work/out" 2>&1 || { printf '  %s failed: %s\n' "$name" "$(tail -1 "$work/out")"; return 0; }
        tail -1 "$work/time" >>"$work/times"
    done
    sort -n "$work/times" | head -1 | awk -v name="$name" '{printf "  %-44s %7.2f s wall  %6.2f s cpu  %7.1f MiB\n", name, $1, $2, $3 / 1024}'
}

for place in ${PLACES:-fake sink}; do
    echo "$place:"
    start $place
    bucket=bench
    [ $place = sink ] || "$ZGLACIER" init --store "s3://$bucket/zglacier?endpoint=$endpoint&class=STANDARD" >/dev/null
    for connections in 1 4; do
        FEED=no ZGLACIER_ZFS=$work/zfs measure "zglacier, $connections" "$ZGLACIER" backup --store "s3://$bucket/zglacier?endpoint=$endpoint" --connections $connections --compression none --full --snapshot bench "$POOL/data"
        mkdir -p "$work/.aws"
        printf '[default]\ns3 =\n  max_concurrent_requests = %s\n' $connections >"$work/.aws/config"
        measure "aws s3 cp -, $connections" /usr/bin/aws --endpoint-url "$endpoint" s3 cp --expected-size $((size << 20)) - "s3://$bucket/aws"
        export RCLONE_CONFIG_BENCH_TYPE=s3 RCLONE_CONFIG_BENCH_PROVIDER=Other RCLONE_CONFIG_BENCH_ENV_AUTH=true RCLONE_CONFIG_BENCH_ENDPOINT=$endpoint RCLONE_CONFIG_BENCH_NO_CHECK_BUCKET=true
        # rclone, restic and s3cmd want back what they wrote, or its MD5.
        [ $place = sink ] || measure "rclone rcat, $connections" rclone rcat --retries 1 --low-level-retries 2 --s3-upload-concurrency $connections "bench:$bucket/rclone"
        if [ $place = fake ]; then
            rm -rf "$work/cache"
            restic -q -r "s3:$endpoint/$bucket/restic$connections" init >/dev/null 2>&1 || true
            # What a repository has already, it does not upload again.
            rounds=1 measure "restic backup --stdin, $connections" restic -q -o s3.connections=$connections -r "s3:$endpoint/$bucket/restic$connections" backup --stdin
        fi
    done
    # s3cmd has one connection.
    [ $place = sink ] || measure "s3cmd put -, 1" s3cmd --no-check-certificate --no-ssl --host="${endpoint#http://}" --host-bucket="${endpoint#http://}" --region=us-east-1 --access_key=BENCHKEY --secret_key=benchsecret put - "s3://$bucket/s3cmd"
    stop
done
