# upload_lib.sh: shared code of upload.sh and vault.sh, which source it from the project's folder.
# Creates a pool, records a stream of SIZE MiB (1024) of incompressible data, starts servers on
# 127.0.0.1, and measures one run of a client. Sets work and endpoint.
: "${ZGLACIER:=$PWD/build/release/src/zglacier}"
export ZGLACIER
if [ -z "${POOL:-}" ]; then POOL_SIZE=8G exec test/fuse/run.sh "$0"; fi
size=${SIZE:-1024}
work=$WORK
server=
stop() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    wait 2>/dev/null || true
    server=
}
trap stop EXIT
unset AWS_CA_BUNDLE AWS_PROFILE
export HOME=$work AWS_ACCESS_KEY_ID=BENCHKEY AWS_SECRET_ACCESS_KEY=benchsecret
export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
export ZGLACIER_STATE_DIR=$work/state

# A real stream of incompressible data, and a zfs that replays it, so that the client is measured,
# not the daemon that sends.
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

# start PLACE: starts the sink or test/fake_aws, with a bucket and a vault named bench.
start() {
    rm -f "$work/port"
    if [ "$1" = sink ]; then
        build/release/bench/sink >"$work/port" &
    else
        /usr/bin/python3 test/fake_aws/fake_aws.py --port 0 --port-file "$work/port" \
            --data "$work/data" --key BENCHKEY:benchsecret --bucket bench --vault bench \
            >/dev/null &
    fi
    server=$!
    for _ in $(seq 100); do [ -s "$work/port" ] && break; sleep 0.1; done
    endpoint=http://127.0.0.1:$(cat "$work/port")
}

# The stream for standard input; zglacier backup gets it from the zfs that it runs.
feed() { [ "${FEED:-yes}" = no ] || "$work/feed"; }

# run TIMES NAME COMMAND...: runs it once, with the stream on its standard input, and appends its
# times to the file TIMES.
run() {
    local times=$1 name=$2
    shift 2
    rm -rf "$work/state" "$work/cache"
    sleep 1 # an archive is named after the second it was made in
    feed | timeout 120 bench/own_time.py "$work/time" "$@" >"$work/out" 2>&1 || {
        printf '  %s failed: %s\n' "$name" "$(tail -1 "$work/out")"
        return 1
    }
    tail -1 "$work/time" >>"$times"
}
