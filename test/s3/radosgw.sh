#!/usr/bin/env bash
# radosgw.sh COMMAND...: starts a Ceph object gateway, a real S3 server, with one node on 127.0.0.1
# and all data in memory; runs COMMAND, and ends the server.
# COMMAND gets S3_ENDPOINT, the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and a bucket
# called "bucket". Its exit code is the command's; 77 if Ceph is not installed. Storage classes
# GLACIER and DEEP_ARCHIVE exist there only by name: Ceph does not support thaws.
# In a separate network, where nothing else can take a port: a monitor cannot use any free port.
set -euo pipefail
if [ -z "${ZGLACIER_OWN_NETWORK:-}" ]; then
    export ZGLACIER_OWN_NETWORK=1
    exec unshare --net "$0" "$@"
fi
ip link set lo up
port_a=3300 port_b=6789 port_s3=8080
for program in radosgw ceph-mon ceph-mgr ceph-osd radosgw-admin ceph curl; do
    command -v $program >/dev/null || {
        echo "radosgw.sh: $program is not installed" >&2
        exit 77
    }
done
dir=$(mktemp -d "${TMPDIR:-/tmp}/zglacier-rgw.XXXXXX")
started=()
stop() {
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${started[@]}"; do
        for _ in $(seq 300); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
        kill -9 "$pid" 2>/dev/null || true
    done
    rm -rf "$dir"
}
trap stop EXIT
mkdir "$dir"/{mon,osd,mgr,rgw,run}
fsid=$(cat /proc/sys/kernel/random/uuid)
monitor="[v2:127.0.0.1:$port_a,v1:127.0.0.1:$port_b]"
export CEPH_CONF=$dir/ceph.conf
cat >"$CEPH_CONF" <<F
[global]
fsid = $fsid
mon host = $monitor
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
osd pool default size = 1
osd pool default min size = 1
mon allow pool size one = true
mon warn on pool no redundancy = false
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon max pg per osd = 1000
run dir = $dir/run
admin socket = $dir/run/\$name.asok
pid file = $dir/run/\$name.pid
log file = $dir/run/\$name.log
[mon]
mon data = $dir/mon
mon initial members = a
[osd]
osd data = $dir/osd
osd objectstore = memstore
memstore device bytes = 8589934592
memstore page set = false
[mgr]
mgr data = $dir/mgr
mgr modules path = /nonexistent
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$port_s3
rgw data = $dir/rgw
rgw dns name = localhost
rgw enable usage log = false
F
quiet() {
    timeout 600 "$@" >"$dir/out" 2>&1 || {
        cat "$dir/out" >&2
        echo "radosgw.sh: failed: $*" >&2
        exit 1
    }
}
daemon() { "$@" -f >"$dir/run/$1.out" 2>&1 </dev/null & started+=($!); }

quiet monmaptool --create --fsid "$fsid" --addv a "$monitor" "$dir/monmap"
quiet ceph-mon --mkfs -i a --monmap "$dir/monmap" --keyring /dev/null
daemon ceph-mon -i a
uuid=$(cat /proc/sys/kernel/random/uuid)
quiet ceph osd new "$uuid"
quiet ceph-osd -i 0 --mkfs --osd-uuid "$uuid"
daemon ceph-osd -i 0
daemon ceph-mgr -i x
for _ in $(seq 600); do
    timeout 60 ceph osd stat 2>/dev/null | grep -q '1 up' && break
    sleep 0.2
done
export AWS_ACCESS_KEY_ID=TESTKEY AWS_SECRET_ACCESS_KEY=testsecret
quiet radosgw-admin user create --uid=test --display-name=test \
    --access-key="$AWS_ACCESS_KEY_ID" --secret="$AWS_SECRET_ACCESS_KEY"
for class in GLACIER DEEP_ARCHIVE; do
    placement=(--placement-id default-placement --storage-class $class)
    quiet radosgw-admin zonegroup placement add --rgw-zonegroup default "${placement[@]}"
    quiet radosgw-admin zone placement add --rgw-zone default "${placement[@]}" \
        --data-pool default.rgw.cold.data
done
daemon radosgw -n client.rgw
export S3_ENDPOINT=http://127.0.0.1:$port_s3
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
for _ in $(seq 1200); do curl -s -o /dev/null "$S3_ENDPOINT/" && break; sleep 0.1; done
empty=$(printf "" | sha256sum | cut -d" " -f1)
quiet curl -sf --aws-sigv4 aws:amz:us-east-1:s3 --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
    -X PUT -H "x-amz-content-sha256: $empty" "$S3_ENDPOINT/bucket"
code=0
"$@" || code=$?
exit $code
