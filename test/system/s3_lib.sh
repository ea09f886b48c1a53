# Shared by the tests with S3 servers: starts a fake_aws and reads its state.
# To be sourced after lib.sh.
# `start_s3 ARGUMENTS…` sets ENDPOINT and the keys; control and state call the server itself.
S3_DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")/../fake_aws" && pwd)"
S3_PID=
unset AWS_CA_BUNDLE AWS_PROFILE AWS_REGION AWS_DEFAULT_REGION AWS_SESSION_TOKEN
unset AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3
export HOME="$WORK" AWS_EC2_METADATA_DISABLED=true
keys() { export AWS_ACCESS_KEY_ID=$1 AWS_SECRET_ACCESS_KEY=$2; }

start_s3() {
    rm -f "$WORK/port"
    /usr/bin/python3 "$S3_DIR/fake_aws.py" --port 0 --port-file "$WORK/port" \
        --data "$WORK/s3-data" --key TESTKEY:testsecret "$@" >"$WORK/s3.log" 2>&1 &
    S3_PID=$!
    at_exit stop_s3
    for _ in $(seq 1200); do [ -s "$WORK/port" ] && break; sleep 0.05; done
    [ -s "$WORK/port" ] || { cat "$WORK/s3.log" >&2; die "the S3 server did not start"; }
    ENDPOINT="http://127.0.0.1:$(cat "$WORK/port")"
    keys TESTKEY testsecret
}
stop_s3() {
    [ -z "$S3_PID" ] || { kill "$S3_PID" 2>/dev/null; wait "$S3_PID" 2>/dev/null; } || true
    S3_PID=
}

# control CALL JSON: moves the clock, injects faults; see test/fake_aws/README.md.
control() { python_s3 "$1" "$2" >/dev/null; }
# state EXPRESSION: prints the value of a Python expression over the server's state `s`, one item
# per line.
state() { python_s3 state "" "$1"; }
python_s3() {
    ENDPOINT=$ENDPOINT /usr/bin/python3 - "$@" <<'P'
import json, os, sys, urllib.request
call, body = sys.argv[1], sys.argv[2]
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
url = os.environ["ENDPOINT"] + "/_control/" + call
answer = opener.open(urllib.request.Request(url, body.encode() or None)).read()
if len(sys.argv) > 3:
    s = json.loads(answer)
    result = eval(sys.argv[3])
    print("\n".join(str(item) for item in result) if isinstance(result, list) else result)
P
}
# objects: prints the current keys in the bucket.
objects() {
    state '[o["key"] for o in s["buckets"]["bucket"]["objects"]
        if o["current"] and not o["marker"]]'
}
uploads() { state 'len(s["buckets"]["bucket"]["uploads"])'; }
AWS() { /usr/bin/aws --endpoint-url "$ENDPOINT" --region us-east-1 --cli-connect-timeout 60 "$@"; }
