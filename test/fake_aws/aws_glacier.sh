#!/usr/bin/env bash
# Debian's `aws` (package awscli) uses the server's vaults and topics as if they were Amazon's. Ends
# at the first failure; exit code 77 if there is no `aws`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ -x /usr/bin/aws ] || {
    echo "aws_glacier.sh: /usr/bin/aws is not installed (package awscli)" >&2
    exit 77
}
work=$(mktemp -d "${TMPDIR:-/tmp}/fake_aws.XXXXXX")
server= listener=
end() { [ -z "$1" ] || { kill "$1" 2>/dev/null; wait "$1" 2>/dev/null; } || true; }
stop() { end "$listener"; end "$server"; rm -rf "$work"; }
trap stop EXIT
unset AWS_CA_BUNDLE AWS_PROFILE AWS_DEFAULT_PROFILE AWS_REGION AWS_SESSION_TOKEN AWS_CONFIG_FILE
unset AWS_SHARED_CREDENTIALS_FILE AWS_ENDPOINT_URL
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
export HOME=$work AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=KEY AWS_SECRET_ACCESS_KEY=secret
export AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=1 AWS_PAGER=

wait_for() {
    for _ in $(seq 1200); do
        [ -s "$1" ] && return
        sleep 0.05
    done
    die "$1 does not appear"
}
passed=0
die() { echo "FAILED: $*" >&2; cat "$work/out" "$work/err" >&2 || true; exit 1; }
say() { echo "  $*"; passed=$((passed + 1)); }
call() { /usr/bin/aws --endpoint-url "$endpoint" "$@"; }
# runs COMMAND…: it must succeed; its output is in $work/out.
runs() { call "$@" >"$work/out" 2>"$work/err" || die "aws $*"; }
# glacier COMMAND…: runs it with the account and the vault.
glacier() {
    local command=$1
    shift
    runs glacier "$command" --account-id - --vault-name "$vault" "$@"
}
# refused CODE COMMAND…: a Glacier command with the vault; it must fail with CODE.
refused() {
    local code=$1 command=$2
    shift 2
    ! call glacier "$command" --account-id - --vault-name "$vault" "$@" \
        >"$work/out" 2>"$work/err" || die "was not refused: aws glacier $command $*"
    grep -qF -- "$code" "$work/err" || die "failed without $code: aws glacier $command $*"
}
# shows TEXT: the last output must contain it.
shows() { grep -qF -- "$1" "$work/out" || die "does not show: $1"; }
# field PATH: prints a field of the last output, like `--query`.
field() {
    /usr/bin/python3 -c '
import json, sys
value = json.load(open(sys.argv[1]))
for name in sys.argv[2].split("."):
    value = value[int(name) if name.isdigit() else name]
print("null" if value is None else value)' "$work/out" "$1"
}
control() {
    /usr/bin/python3 -c '
import sys, urllib.request as u
opener = u.build_opener(u.ProxyHandler({}))
body = sys.argv[2].encode() if len(sys.argv) > 2 else None
print(opener.open(sys.argv[1], body).read().decode())' "$endpoint/_control/$1" "${@:2}"
}
# tree_hash FILE: prints it, by a second implementation, independent of the server's.
tree_hash() {
    /usr/bin/python3 -c '
import hashlib, sys
data = open(sys.argv[1], "rb").read()
level = [hashlib.sha256(data[at:at + 1048576]).digest() for at in range(0, len(data), 1048576)]
while len(level) > 1:
    pairs = [level[at:at + 2] for at in range(0, len(level), 2)]
    level = [hashlib.sha256(b"".join(pair)).digest() if len(pair) == 2 else pair[0]
             for pair in pairs]
print(level[0].hex())' "$1"
}

/usr/bin/python3 "$here/fake_aws.py" --port 0 --port-file "$work/port" --data "$work/data" \
    --key KEY:secret --page-size 2 >/dev/null &
server=$!
wait_for "$work/port"
endpoint=http://127.0.0.1:$(cat "$work/port")
# Receives posts from SNS: headers and body, a line each.
/usr/bin/python3 -c '
import http.server, json, os, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        message = {"kind": self.headers["x-amz-sns-message-type"], **body}
        with open(sys.argv[1] + "/messages", "a") as file:
            print(json.dumps(message), file=file)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
with open(sys.argv[1] + "/listener.new", "w") as file:
    print(server.server_address[1], file=file)
os.rename(sys.argv[1] + "/listener.new", sys.argv[1] + "/listener")
server.serve_forever()' "$work" &
listener=$!
wait_for "$work/listener"
# heard COUNT: waits until this many messages have arrived.
heard() {
    for _ in $(seq 1200); do
        [ "$(cat "$work/messages" 2>/dev/null | wc -l)" -ge "$1" ] && return
        sleep 0.05
    done
    die "the listener has not received $1 messages"
}

vault=photos
refused ResourceNotFoundException describe-vault
glacier create-vault
shows /111122223333/vaults/photos
glacier create-vault
for name in a b c d; do vault=other-$name glacier create-vault; done
runs glacier list-vaults --account-id -
[ "$(grep -c '"VaultName"' "$work/out")" = 5 ] || die "list-vaults does not page"
vault=other-a glacier delete-vault
vault='not there' refused InvalidParameterValueException describe-vault
say "vaults: created, listed in pages, deleted"

head -c 3500000 /dev/urandom >"$work/small"
glacier upload-archive --body "$work/small" --archive-description "a small one: 100% ~tilde~"
small=$(field archiveId)
[ "$(field checksum)" = "$(tree_hash "$work/small")" ] || die "wrong tree hash"
[ "${#small}" = 138 ] || die "the archive's id is not of 138 characters"
: >"$work/empty"
refused InvalidParameterValueException upload-archive --body "$work/empty"
refused InvalidParameterValueException upload-archive --body "$work/small" \
    --checksum "$(tree_hash "$work/port")"
say "an archive in one piece; an empty one and a wrong hash are refused"

head -c 11000000 /dev/urandom >"$work/big"
glacier initiate-multipart-upload --part-size 4194304 --archive-description "a big one"
upload=$(field uploadId)
refused InvalidParameterValueException initiate-multipart-upload --part-size 3145728
for number in 0 1 2; do
    dd if="$work/big" of="$work/part" bs=4194304 skip=$number count=1 status=none
    begin=$((number * 4194304))
    end=$((begin + $(stat -c %s "$work/part") - 1))
    glacier upload-multipart-part --upload-id="$upload" --body "$work/part" \
        --range "bytes $begin-$end/*"
    [ "$(field checksum)" = "$(tree_hash "$work/part")" ] || die "wrong tree hash of part $number"
done
glacier list-multipart-uploads
shows "$upload"
glacier list-parts --upload-id="$upload"
[ "$(grep -c RangeInBytes "$work/out")" = 3 ] || die "list-parts does not page"
shows '"RangeInBytes": "8388608-10999999"'
refused InvalidParameterValueException complete-multipart-upload --upload-id="$upload" \
    --archive-size 10999999 --checksum "$(tree_hash "$work/big")"
refused InvalidParameterValueException complete-multipart-upload --upload-id="$upload" \
    --archive-size 11000000 --checksum "$(tree_hash "$work/small")"
whole=(--archive-size 11000000 --checksum "$(tree_hash "$work/big")")
glacier complete-multipart-upload --upload-id="$upload" "${whole[@]}"
big=$(field archiveId)
glacier complete-multipart-upload --upload-id="$upload" "${whole[@]}"
[ "$(field archiveId)" = "$big" ] || die "a repeated Complete returns another id"
refused ResourceNotFoundException list-parts --upload-id="$upload"
glacier initiate-multipart-upload --part-size 1048576
upload=$(field uploadId)
glacier abort-multipart-upload --upload-id="$upload"
glacier abort-multipart-upload --upload-id="$upload"
say "an upload in parts: listed, completed twice; another one aborted"

runs sns create-topic --name done
topic=$(field TopicArn)
runs sns subscribe --topic-arn "$topic" --protocol http \
    --notification-endpoint "http://127.0.0.1:$(cat "$work/listener")/hook"
[ "$(field SubscriptionArn)" = "pending confirmation" ] || die "a listener was not asked to confirm"
heard 1
token=$(/usr/bin/python3 -c '
import json, sys
print(json.loads(open(sys.argv[1]).readline())["Token"])' "$work/messages")
runs sns confirm-subscription --topic-arn "$topic" --token "$token"
runs sns subscribe --topic-arn "$topic" --protocol email \
    --notification-endpoint admin@example.org
control mailbox >"$work/out"
shows 'Action=ConfirmSubscription'
runs sns list-subscriptions-by-topic --topic-arn "$topic"
shows PendingConfirmation
events=ArchiveRetrievalCompleted,InventoryRetrievalCompleted
glacier set-vault-notifications --vault-notification-config "SNSTopic=$topic,Events=$events"
glacier get-vault-notifications
shows "$topic"
runs sns publish --topic-arn "$topic" --subject hello --message world
heard 2
say "a topic, a listener that confirms, an unanswered e-mail, a vault that notifies"

refused ResourceNotFoundException initiate-job --job-parameters '{"Type": "inventory-retrieval"}'
glacier describe-vault
! grep -q LastInventoryDate "$work/out" || die "an inventory exists at once"
control clock '{"advance": 86400}' >/dev/null
glacier describe-vault
[ "$(field NumberOfArchives) $(field SizeInBytes)" = "2 14500000" ] || die "wrong inventory"
glacier initiate-job --job-parameters \
    '{"Type": "inventory-retrieval", "Format": "JSON", "Description": "what is there"}'
job=$(field jobId)
refused InvalidParameterValueException get-job-output --job-id="$job" "$work/inventory"
control clock '{"advance": 18000}' >/dev/null
glacier describe-job --job-id="$job"
[ "$(field StatusCode)" = Succeeded ] || die "the job is not done"
heard 3
tail -n 1 "$work/messages" >"$work/out"
shows InventoryRetrieval
glacier get-job-output --job-id="$job" "$work/inventory"
cp "$work/inventory" "$work/out"
[ "$(field ArchiveList.0.ArchiveId)" = "$small" ] || die "wrong archive in the inventory"
[ "$(field ArchiveList.1.SHA256TreeHash)" = "$(tree_hash "$work/big")" ] ||
    die "wrong hash in the inventory"
shows '"a small one: 100% ~tilde~"'
limit='"InventoryRetrievalParameters": {"Limit": "1"}'
glacier initiate-job \
    --job-parameters "{\"Type\": \"inventory-retrieval\", \"Format\": \"CSV\", $limit}"
job=$(field jobId)
control clock '{"advance": 18000}' >/dev/null
glacier get-job-output --job-id="$job" "$work/out.csv"
columns=ArchiveId,ArchiveDescription,CreationDate,Size,SHA256TreeHash
[ "$(head -n 1 "$work/out.csv")" = "$columns" ] && [ "$(wc -l <"$work/out.csv")" = 2 ] ||
    die "wrong CSV"
say "inventories: only after a day, as JSON and as CSV; the listener is notified"

of_big="\"Type\": \"archive-retrieval\", \"ArchiveId\": \"$big\""
of_small="\"Type\": \"archive-retrieval\", \"ArchiveId\": \"$small\""
glacier initiate-job --job-parameters "{$of_big, \"Tier\": \"Bulk\"}"
bulk=$(field jobId)
glacier initiate-job \
    --job-parameters "{$of_small, \"Tier\": \"Expedited\", \"SNSTopic\": \"$topic\"}"
fast=$(field jobId)
refused InvalidParameterValueException initiate-job \
    --job-parameters "{$of_big, \"RetrievalByteRange\": \"1-1048575\"}"
control clock '{"advance": 300}' >/dev/null
glacier list-jobs --completed true --statuscode Succeeded
shows "$fast"
! grep -qF -- "$bulk" "$work/out" || die "a bulk job is done at once"
glacier get-job-output --job-id="$fast" "$work/back"
[ "$(field checksum)" = "$(tree_hash "$work/small")" ] || die "wrong tree hash"
cmp "$work/small" "$work/back" || die "the archive differs"
control clock '{"advance": 43200}' >/dev/null
for number in 0 1 2; do
    begin=$((number * 4194304))
    end=$((begin + 4194303 < 10999999 ? begin + 4194303 : 10999999))
    glacier get-job-output --job-id="$bulk" --range "bytes=$begin-$end" "$work/back.$number"
    [ "$(field contentRange)" = "bytes $begin-$end/11000000" ] || die "wrong range"
    [ "$(field checksum)" = "$(tree_hash "$work/back.$number")" ] ||
        die "wrong tree hash of a range"
done
cat "$work/back.0" "$work/back.1" "$work/back.2" | cmp - "$work/big" ||
    die "the archive differs"
heard 7
control clock '{"advance": 86400}' >/dev/null
refused ResourceNotFoundException get-job-output --job-id="$bulk" "$work/back"
say "retrievals: expedited and bulk, whole and in ranges; gone a day later"

runs glacier set-data-retrieval-policy --account-id - \
    --policy '{"Rules": [{"Strategy": "BytesPerHour", "BytesPerHour": 1000000}]}'
refused PolicyEnforcedException initiate-job --job-parameters "{$of_big}"
runs glacier set-data-retrieval-policy --account-id - --policy '{"Rules": [{"Strategy": "None"}]}'
runs glacier list-provisioned-capacity --account-id -
glacier add-tags-to-vault --tags a=1,b=2
glacier remove-tags-from-vault --tag-keys a
glacier list-tags-for-vault
shows '"b": "2"'
policy() {
    # In the document, ' stands for \", as needed in a JSON string.
    local document="{'Version': '2012-10-17', 'Statement': [{'Sid': 'keep', 'Effect': 'Deny',"
    document+=" 'Principal': '*', 'Action': 'glacier:DeleteArchive',"
    document+=" 'Resource': 'arn:aws:glacier:us-east-1:111122223333:vaults/photos',"
    document+=" 'Condition': {'NumericLessThan': {'glacier:ArchiveAgeInDays': '$1'}}}]}"
    printf '{"Policy": "%s"}' "${document//\'/\\\"}"
}
glacier initiate-vault-lock --policy "$(policy 365)"
refused AccessDeniedException initiate-vault-lock --policy "$(policy 30)"
glacier abort-vault-lock
glacier initiate-vault-lock --policy "$(policy 30)"
lock=$(field lockId)
glacier complete-vault-lock --lock-id="$lock"
glacier get-vault-lock
shows '"State": "Locked"'
refused AccessDeniedException abort-vault-lock
refused AccessDeniedException delete-archive --archive-id="$small"
say "policies, tags, capacity; a lock that holds"

control clock '{"advance": 2592000}' >/dev/null
glacier delete-archive --archive-id="$small"
glacier delete-archive --archive-id="$small"
glacier delete-archive --archive-id="$big"
refused "Vault not empty" delete-vault
control clock '{"advance": 86400}' >/dev/null
glacier delete-vault
runs sns delete-topic --topic-arn "$topic"
runs sns list-topics
! grep -q TopicArn "$work/out" || die "the topic still exists"
say "archives and vault deleted, once the lock and the inventory let them"

vault=other-b
! AWS_SECRET_ACCESS_KEY=wrong call glacier list-vaults --account-id - \
    >"$work/out" 2>"$work/err" || die "a wrong secret was accepted"
grep -q InvalidSignatureException "$work/err" || die "a wrong secret was refused with another code"
! AWS_ACCESS_KEY_ID=NOBODY call sns list-topics >"$work/out" 2>"$work/err" ||
    die "an unknown key was accepted"
grep -q InvalidClientTokenId "$work/err" || die "an unknown key was refused with another code"
control faults '{"match": {"path": "/vaults/other-b"}, "kind": "throttle", "times": 2}' \
    >/dev/null
refused ThrottlingException describe-vault
AWS_MAX_ATTEMPTS=3 glacier describe-vault
control glacier '{"new_account": true}' >/dev/null
refused NoLongerSupportedException describe-vault
say "a wrong secret and an unknown key are refused; requests to a busy server are retried;" \
    "a new account is refused"
echo "aws_glacier.sh: $passed checks passed"
