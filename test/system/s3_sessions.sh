#!/usr/bin/env bash
# Credentials from every source that the AWS tools use, and sessions of five seconds during an
# upload of a minute.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/s3_lib.sh"
start_s3 --bucket bucket:us-east-1 --sts-seconds 5
STORE_URL="s3://bucket/p?endpoint=$ENDPOINT&region=us-east-1&class=STANDARD"
expect 0 zg init --store "$STORE_URL"
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
mkdir -p "$WORK/.aws"
cat >"$WORK/.aws/credentials" <<C
[static]
aws_access_key_id = TESTKEY
aws_secret_access_key = testsecret
C
cat >"$WORK/give keys" <<'C'
#!/bin/sh
echo '{"Version": 1, "AccessKeyId": "TESTKEY", "SecretAccessKey": "testsecret"}'
C
chmod +x "$WORK/give keys"
echo identity-token >"$WORK/web-token"
cat >"$WORK/.aws/config" <<C
[profile role]
role_arn = arn:aws:iam::111122223333:role/backup
source_profile = static
region = us-east-1
[profile chain]
role_arn = arn:aws:iam::111122223333:role/second
source_profile = role
region = us-east-1
[profile process]
credential_process = "$WORK/give keys" --fast
[profile web]
role_arn = arn:aws:iam::111122223333:role/web
web_identity_token_file = $WORK/web-token
region = us-east-1
[profile instance]
role_arn = arn:aws:iam::111122223333:role/second
credential_source = Ec2InstanceMetadata
region = us-east-1
C
export AWS_ENDPOINT_URL_STS=$ENDPOINT
for profile in static role chain process web; do
    expect 0 zg list --store "$STORE_URL" --profile $profile
    AWS_PROFILE=$profile expect 0 zg list --store "$STORE_URL"
done
AWS_EC2_METADATA_DISABLED=false AWS_EC2_METADATA_SERVICE_ENDPOINT=$ENDPOINT \
    expect 0 zg list --store "$STORE_URL"
AWS_EC2_METADATA_DISABLED=false AWS_EC2_METADATA_SERVICE_ENDPOINT=$ENDPOINT \
    expect 0 zg list --store "$STORE_URL" --profile instance
AWS_ROLE_ARN=arn:aws:iam::111122223333:role/web AWS_WEB_IDENTITY_TOKEN_FILE=$WORK/web-token \
    expect 0 zg list --store "$STORE_URL"
AWS_CONTAINER_CREDENTIALS_FULL_URI=$ENDPOINT/container-credentials \
    expect 0 zg list --store "$STORE_URL"
expect 3 zg list --store "$STORE_URL"
said "hint:"
say "files, AssumeRole, a chain of roles, credential_process, web identity, container, EC2"

D=$POOL/fs
zfs create "$D"
M=$(mountpoint_of "$D")
head -c 24000000 /dev/urandom >"$M/data"
keep_listing "$D" data
began=$SECONDS
AWS_PROFILE=role expect 0 zg backup --store "$STORE_URL" --part-size 5MiB \
    --limit-rate 400KiB/s "$D"
took=$((SECONDS - began))
[ $took -ge 50 ] || die "faster than the limit of 400 KiB/s: $took s for 24 MB"
sessions=$(python_s3 requests "" 'len([1 for r in s["requests"]
    if r["method"] == "POST" and r["path"] == "/"])')
[ "$sessions" -ge 8 ] || die "only $sessions sessions were requested"
expect 0 zg verify --store "$STORE_URL" --profile role
said "compared with the store's checksums"
not_said "by size only"
AWS_PROFILE=static expect 0 zg restore --store "$STORE_URL" "$D" "$POOL/back"
same_as "$POOL/back" data
say "an upload of $took s used $sessions sessions of 5 s"
! grep -rq 'testsecret\|identity-token\|secret-of\|token-of' "$WORK/out" "$WORK/err" ||
    die "a secret was shown"
finish
