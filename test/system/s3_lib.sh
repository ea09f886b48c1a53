# Shared by the tests against S3 servers: a fake_aws of the test's own, and what it knows.
# To be read behind lib.sh.
# `start_s3 ARGUMENTS…` sets ENDPOINT and the keys; control and state ask the server itself.
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

# control CALL JSON: moves the clock, makes faults; see test/fake_aws/README.md.
control() { python_s3 "$1" "$2" >/dev/null; }
# state EXPRESSION: what a Python expression over the server's state `s` gives, one item a line.
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
# objects: the keys in the bucket that are there now.
objects() {
    state '[o["key"] for o in s["buckets"]["bucket"]["objects"]
        if o["current"] and not o["marker"]]'
}
uploads() { state 'len(s["buckets"]["bucket"]["uploads"])'; }
AWS() { /usr/bin/aws --endpoint-url "$ENDPOINT" --region us-east-1 --cli-connect-timeout 60 "$@"; }
