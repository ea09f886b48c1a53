#!/usr/bin/env bash
# Errors with an S3 store: each ends with its own message and the right exit code, and nothing is
# lost or partly committed.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/s3_lib.sh"
start_s3 --bucket bucket:eu-central-1 --bucket theirs:eu-central-1:owner=999988887777 \
    --bucket locked:us-east-1:lock --bucket paid:us-east-1:requester-pays \
    --kms-key alias/backup --key DENIED:deniedsecret --key SESSION:sessionsecret:session-token:1
D=$POOL/fs
zfs create "$D"
M=$(mountpoint_of "$D")
head -c 11000000 /dev/urandom >"$M/data"
at() { echo "s3://bucket/p?endpoint=$ENDPOINT&region=eu-central-1${1:-}"; }
quick=(--retry-time 1s)
expect 0 zg init --store "$(at '&class=STANDARD')"
# whole RESULT: verify ends well and prints RESULT, and no upload is left.
whole() {
    expect 0 zg verify --store "$(at)"
    said "$1"
    [ "$(uploads)" = 0 ] || die "an upload is left"
}
silent() {
    local secrets='testsecret|deniedsecret|sessionsecret|session-token|wrong-secret'
    ! grep -rqE "$secrets|AWS4-HMAC|Signature=" "$WORK/out" "$WORK/err" || die "a secret was shown"
}

# refused CODE TEXT COMMAND...: it must end with CODE, print TEXT and a hint, and show no secret.
refused() {
    local code=$1 text=$2
    shift 2
    expect "$code" "$@"
    said "$text"
    said "hint:"
    silent
}
refused 2 "there is no such bucket" zg list --store "s3://no-such-bucket/p?endpoint=$ENDPOINT"
refused 2 "no zglacier store here" zg list --store "s3://bucket/elsewhere?endpoint=$ENDPOINT"
expect 0 zg list --store "s3://bucket/p?endpoint=$ENDPOINT&region=us-west-2"
say "wrong bucket, wrong prefix; a wrong region is corrected"

keys NOSUCHKEY testsecret
refused 3 "the access key does not exist" zg backup --store "$(at)" "$D"
keys TESTKEY wrong-secret
refused 3 "the secret key is wrong" zg backup --store "$(at)" "$D"
sleep 1.2
keys SESSION sessionsecret
export AWS_SESSION_TOKEN=session-token
refused 3 "expired" zg backup --store "$(at)" "$D"
unset AWS_SESSION_TOKEN
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
refused 3 "no AWS credentials" zg backup --store "$(at)" "$D"
keys TESTKEY testsecret
AWS_PROFILE=none refused 2 "none" zg backup --store "$(at)" "$D"
say "wrong key, wrong secret, expired token, no credentials, no such profile"

keys DENIED deniedsecret
for action in s3:GetObject s3:ListBucket s3:PutObject s3:ListBucketMultipartUploads; do
    control deny "{\"key\": \"DENIED\", \"actions\": [\"$action\"]}"
    refused 3 "$action" zg backup --part-size 5MiB --store "$(at)" "$D"
done
control deny '{"key": "DENIED", "actions": ["s3:AbortMultipartUpload", "s3:DeleteObject"]}'
keys TESTKEY testsecret
whole "nothing to check"
[ -z "$(objects | grep 'archives/\|manifests/' || true)" ] || die "a refused backup left objects"
say "each missing permission is named, and nothing is left over"

refused 3 "access denied" zg init \
    --store "s3://theirs/p?endpoint=$ENDPOINT&region=eu-central-1&owner=111122223333"
refused 3 "access denied" zg init --store "s3://paid/p?endpoint=$ENDPOINT&region=us-east-1"
expect 0 zg init --store "s3://paid/p?endpoint=$ENDPOINT&region=us-east-1&requester-pays=yes"
refused 2 "KMS key" zg init --store "$(at '&sse=aws:kms&kms-key=alias/none' | sed s,/p,/kms,)"
refused 2 "Object Lock" zg init --store "$(at '&lock=compliance:1d' | sed s,/p,/lock,)"
refused 2 "storage class" zg init --store "$(at '&class=cold' | sed s,/p,/class,)"
refused 2 "no option" zg list --store "$(at '&colour=blue')"
refused 2 "lock=" zg init --store "$(at '&lock=forever')"
refused 2 "prefix" zg list --store "s3://bucket/a/../b?endpoint=$ENDPOINT"
refused 2 "invalid bucket name" zg list --store "s3://a b/p"
say "another owner, requester pays, unknown KMS key, bucket without a lock," \
    "unknown class and option, invalid bucket name"

refused 2 "cannot be resolved" zg list "${quick[@]}" \
    --store "s3://bucket/p?endpoint=http://no-such-host.invalid:9"
refused 1 "connect" zg list "${quick[@]}" --store "s3://bucket/p?endpoint=http://127.0.0.1:1"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$WORK/key.pem" -out "$WORK/cert.pem" -days 2 \
    -subj /CN=other.example -addext subjectAltName=DNS:other.example 2>/dev/null
openssl s_server -accept 127.0.0.1:0 -cert "$WORK/cert.pem" -key "$WORK/key.pem" -www \
    >"$WORK/tls.log" 2>&1 &
tls=$!
for _ in $(seq 1200); do grep -q ACCEPT "$WORK/tls.log" && break; sleep 0.05; done
port=$(sed -n 's/.*ACCEPT .*:\([0-9]*\).*/\1/p' "$WORK/tls.log" | head -1)
refused 2 "certificate" zg list "${quick[@]}" \
    --store "s3://bucket/p?endpoint=https://127.0.0.1:$port"
AWS_CA_BUNDLE=$WORK/cert.pem refused 2 "certificate" zg list "${quick[@]}" \
    --store "s3://bucket/p?endpoint=https://127.0.0.1:$port"
kill $tls
say "a name that cannot be resolved, no server, a certificate that is not trusted," \
    "one for another name"

control options '{"capacity": 9000000}'
refused 1 "the store is full" zg backup --part-size 5MiB --store "$(at)" "$D"
control options '{"capacity": 0}'
whole "nothing to check"
control options '{"clock_skew": 3600}'
expect 0 zg backup --part-size 5MiB --store "$(at)" "$D"
said "clock is 60 minutes behind"
control options '{"clock_skew": -3600}'
expect 0 zg list --store "$(at)"
said "ahead of"
control options '{"clock_skew": 0}'
whole "OK: "
say "a full server; a clock that is an hour off is logged and corrected"

control faults '{"rate": 1, "seed": 1, "kinds": ["503"]}'
refused 1 "slow down" zg list "${quick[@]}" --store "$(at)"
said "try 2 in"
control faults '{"rate": 0}'
whole "OK: "
say "a server that is always busy: gives up after --retry-time"
nothing() { zfs list -H -o name -t snapshot -r "$D" | grep -c '@zglacier-' || true; }
[ "$(nothing)" -le 1 ] || die "snapshots are left"
finish
