#!/usr/bin/env bash
# Notifications: topics, subscriptions, vaults; the old commands (`glacier-cmd sns …`) with
# `zglacier vault` in place of `glacier-cmd`; and a message that arrives.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/s3_lib.sh"
start_s3 --page-size 2
export AWS_REGION=eu-central-1 AWS_ENDPOINT_URL_GLACIER=$ENDPOINT AWS_ENDPOINT_URL_SNS=$ENDPOINT
cmd() { zg vault "$@"; }

# Receives posted messages: kind and message, a line each.
/usr/bin/python3 -c '
import http.server, json, os, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        message = body["Message"].replace("\n", " ")
        with open(sys.argv[1] + "/messages", "a") as file:
            print(body["Type"], body["TopicArn"], message, body.get("SubscribeURL", ""), file=file)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
with open(sys.argv[1] + "/listener.new", "w") as file:
    print(server.server_address[1], file=file)
os.rename(sys.argv[1] + "/listener.new", sys.argv[1] + "/listener")
server.serve_forever()' "$WORK" &
LISTENER_PID=$!
at_exit 'kill $LISTENER_PID 2>/dev/null'
for _ in $(seq 1200); do [ -s "$WORK/listener" ] && break; sleep 0.05; done
HOOK=http://127.0.0.1:$(cat "$WORK/listener")/hook
# arrived TEXT [COUNT]: this many messages with TEXT have been posted.
arrived() {
    for _ in $(seq 600); do
        [ "$(grep -cF -- "$1" "$WORK/messages" 2>/dev/null || true)" = "${2:-1}" ] && return
        sleep 0.1
    done
    cat "$WORK/messages" >&2
    die "did not arrive ${2:-1} times: $1"
}

expect 0 cmd mkvault photos
expect 0 cmd mkvault music
expect 0 cmd mkvault papers
expect 0 cmd sns lstopic
[ "$(wc -l <"$WORK/out")" = 1 ] || die "there are topics"
expect 6 cmd notify subscribe http "$HOOK" done --vault photos,nowhere
expect 0 cmd sns lstopic
[ "$(wc -l <"$WORK/out")" = 1 ] || die "a topic was created though a vault is missing"
expect 0 cmd sns subscribe http "$HOOK" done --vault photos,music
said "asked to confirm"
arrived SubscriptionConfirmation
expect 0 cmd notify show photos
said ":done of ArchiveRetrievalCompleted, InventoryRetrievalCompleted"
expect 0 cmd notify show papers
said "notifies no topic"
expect 6 cmd notify show nowhere
expect 0 cmd notify topics --output json
said '"name": "done"'
policy() {
    AWS sns get-topic-attributes --region eu-central-1 --topic-arn "$1" \
        --query Attributes.Policy --output text
}
policy arn:aws:sns:eu-central-1:111122223333:done >"$WORK/policy"
grep -q glacier.amazonaws.com "$WORK/policy" || die "the policy does not let Glacier publish"
grep -q __default_statement_ID "$WORK/policy" || die "the policy's old statements are lost"
expect 0 cmd sns lssub
said PendingConfirmation
expect 0 cmd sns unsubscribe --topic done
said "cannot be ended"
/usr/bin/python3 -c '
import sys, urllib.request as u
u.build_opener(u.ProxyHandler({})).open(sys.argv[1])' "$(awk '{print $NF}' "$WORK/messages")" \
    >/dev/null
expect 0 cmd sns lssub --output csv --topic done --protocol http
said "\"$HOOK\",\"arn:aws:sns:eu-central-1:111122223333:done:"
expect 0 cmd lsvault
say "a topic is created, a subscription confirmed, vaults notify it," \
    "and its policy is kept and extended"

# Notifications of finished jobs.
head -c 100000 /dev/urandom >"$WORK/file"
archive=$(cmd upload photos "$WORK/file" 2>/dev/null | cut -d' ' -f1)
expect 0 cmd getarchive photos "$archive"
control clock '{"advance": 18060}'
arrived '"Action": "ArchiveRetrieval"'
grep -qF "$archive" "$WORK/messages" || die "the message names another archive"
archive=$(cmd upload papers "$WORK/file" 2>/dev/null | cut -d' ' -f1)
expect 6 cmd retrieve --notify nobody papers "$archive"
said "notify topics"
expect 0 cmd retrieve --notify done papers "$archive"
control clock '{"advance": 18060}'
arrived '"Action": "ArchiveRetrieval"' 2
control clock '{"advance": 90000}'
expect 75 cmd inventory --notify arn:aws:sns:eu-central-1:111122223333:done papers
control clock '{"advance": 18060}'
arrived '"Action": "InventoryRetrieval"'
say "finished retrievals and inventories are notified, by the vault's topic" \
    "and by the job's own, given by name or ARN"

# Calls are retried after transient failures.
control faults '{"match": {"method": "POST"}, "kind": "500", "times": 2}'
expect 0 cmd notify subscribe email admin@example.org done
said "try 2"
control faults '{"match": {"method": "POST"}, "kind": "throttle", "times": 1}'
expect 0 cmd notify subscriptions --endpoint admin@example.org
said admin@example.org
control faults '{}'
say "calls are retried after transient failures"

# sync: every vault, then as the configuration says.
expect 0 cmd sns sync
said aws-glacier-notifications
said "notified the topic done until now"
for vault in photos music papers; do
    expect 0 cmd notify show $vault
    said ":aws-glacier-notifications "
done
cat >"$WORK/.glacier-cmd" <<'C'
[SNS:Everything]
method=email,all@example.org;
[SNS:some]
vaults=music,papers,
method=email,some@example.org;sqs,arn:aws:sqs:eu-central-1:111122223333:jobs
C
expect 0 cmd sns sync
said "all@example.org (pending confirmation)"
expect 0 cmd --output json sns sync
said '"topic": "arn:aws:sns:eu-central-1:111122223333:Everything"'
expect 0 cmd notify show photos
said ":Everything "
for vault in music papers; do expect 0 cmd notify show $vault; said ":some "; done
expect 0 cmd notify off music
expect 0 cmd notify show music
said "notifies no topic"
printf '[SNS:some]\nmethod=email\n' >"$WORK/wrong"
expect 2 cmd -c "$WORK/wrong" sns sync
said "PROTOCOL,ENDPOINT"
say "sync brings vaults and topics in line with the configuration"

expect 2 cmd sns unsubscribe
said "--protocol"
expect 0 cmd sns unsubscribe --protocol http --endpoint "$HOOK"
said "$HOOK"
expect 0 cmd notify subscriptions --protocol http
[ "$(wc -l <"$WORK/out")" = 1 ] || die "a subscription is left"
expect 2 cmd notify subscribe email nobody done
expect 2 cmd notify
expect 2 cmd notify subscribe email me@example.org
say "subscriptions are removed; those that cannot be are reported"
finish
