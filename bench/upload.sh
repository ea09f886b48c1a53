#!/usr/bin/env bash
# upload.sh: measures the upload of a stream to an S3 server, compared with common tools, in one run
# on one machine: SIZE MiB (1024) of an incompressible send stream on standard input, one connection
# and four, to test/fake_aws and to a sink that only reads and answers. Prints wall time, user +
# system seconds of the client alone, and its peak memory. Needs the packages
# of the groups bench and tools.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/upload_lib.sh
rounds=${ROUNDS:-3}
export RESTIC_PASSWORD=bench RESTIC_CACHE_DIR=$work/cache

# measure NAME COMMAND...: the best of ROUNDS by wall time.
measure() {
    local name=$1
    rm -f "$work/times"
    for _ in $(seq "$rounds"); do run "$work/times" "$@" || return 0; done
    sort -n "$work/times" | head -1 |
        awk -v name="$name" '{
            printf "  %-44s %7.2f s wall  %6.2f s cpu  %7.1f MiB\n", name, $1, $2, $3 / 1024
        }'
}

for place in ${PLACES:-fake sink}; do
    echo "$place:"
    start $place
    bucket=bench
    store=s3://$bucket/zglacier?endpoint=$endpoint
    [ $place = sink ] || "$ZGLACIER" init --store "$store&class=STANDARD" >/dev/null
    for connections in 1 4; do
        FEED=no ZGLACIER_ZFS=$work/zfs measure "zglacier, $connections" \
            "$ZGLACIER" backup --store "$store" --connections $connections \
            --compression none --full --snapshot bench "$POOL/data"
        mkdir -p "$work/.aws"
        printf '[default]\ns3 =\n  max_concurrent_requests = %s\n' $connections >"$work/.aws/config"
        measure "aws s3 cp -, $connections" \
            /usr/bin/aws --endpoint-url "$endpoint" \
            s3 cp --expected-size $((size << 20)) - "s3://$bucket/aws"
        export RCLONE_CONFIG_BENCH_TYPE=s3 RCLONE_CONFIG_BENCH_PROVIDER=Other
        export RCLONE_CONFIG_BENCH_ENV_AUTH=true RCLONE_CONFIG_BENCH_ENDPOINT=$endpoint
        export RCLONE_CONFIG_BENCH_NO_CHECK_BUCKET=true
        # rclone, restic and s3cmd read back what they wrote, or its MD5.
        [ $place = sink ] ||
            measure "rclone rcat, $connections" \
                rclone rcat --retries 1 --low-level-retries 2 \
                --s3-upload-concurrency $connections "bench:$bucket/rclone"
        if [ $place = fake ]; then
            rm -rf "$work/cache"
            repository=s3:$endpoint/$bucket/restic$connections
            restic -q -r "$repository" init >/dev/null 2>&1 || true
            # restic does not upload data again that the repository has.
            rounds=1 measure "restic backup --stdin, $connections" \
                restic -q -o s3.connections=$connections -r "$repository" backup --stdin
        fi
    done
    # s3cmd has one connection.
    [ $place = sink ] ||
        measure "s3cmd put -, 1" \
            s3cmd --no-check-certificate --no-ssl --host="${endpoint#http://}" \
            --host-bucket="${endpoint#http://}" --region=us-east-1 \
            --access_key=BENCHKEY --secret_key=benchsecret put - "s3://$bucket/s3cmd"
    stop
done
