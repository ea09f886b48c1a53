#!/usr/bin/env bash
# Debian's aws command runs against fake_aws what people run against Amazon, so that the server is true to the real client.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
[ -x /usr/bin/aws ] || { echo "aws_cli.sh: Debian's awscli is not installed" >&2; exit 77; }
work=$(mktemp -d)
passed=0
trap 'kill $server 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
unset AWS_CA_BUNDLE AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
export HOME=$work AWS_ACCESS_KEY_ID=TESTKEY AWS_SECRET_ACCESS_KEY=testsecret AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=1 AWS_PAGER=
/usr/bin/python3 "$here/fake_aws.py" --port 0 --port-file "$work/port" --data "$work/data" --key TESTKEY:testsecret --page-size 2 --bucket far:eu-west-1 >/dev/null 2>"$work/log" &
server=$!
for _ in $(seq 200); do [ -s "$work/port" ] && break; sleep 0.05; done
endpoint=http://127.0.0.1:$(cat "$work/port")
mkdir "$work/.aws"
printf '[default]\ns3 =\n  multipart_threshold = 6MB\n  multipart_chunksize = 5MB\n' >"$work/.aws/config"
s3() { timeout 60 /usr/bin/aws --region "${region:-us-east-1}" --endpoint-url "$endpoint" s3 "$@"; }
api() { timeout 60 /usr/bin/aws --region "${region:-us-east-1}" --endpoint-url "$endpoint" s3api "$@"; }
control() { curl -s --noproxy '*' -d "$2" "$endpoint/_control/$1" >/dev/null; }
ok() { passed=$((passed + 1)); printf '  %s\n' "$*"; }
die() { echo "FAILED: $*" >&2; cat "$work/log" >&2; exit 1; }
# refused CODE COMMAND...: fails, and says CODE.
refused() { local code=$1; shift; ! "$@" >"$work/out" 2>&1 || die "not refused: $*"; grep -q "$code" "$work/out" || { cat "$work/out" >&2; die "did not say $code: $*"; }; }

s3 mb s3://one >/dev/null
s3 ls | grep -q one || die "mb, ls"
head -c 1000 /dev/urandom >"$work/small"
head -c 12345678 /dev/urandom >"$work/large"
odd="dir/ü n%i+c&o?d=e#~*'(x).bin"
s3 cp --quiet "$work/small" "s3://one/$odd"
s3 cp --quiet "$work/large" s3://one/dir/large --storage-class DEEP_ARCHIVE
for i in 1 2 3 4 5; do s3 cp --quiet "$work/small" s3://one/many/$i; done
[ "$(s3 ls --recursive s3://one | wc -l)" = 7 ] || die "ls --recursive over pages"
s3 ls s3://one/ | grep -q 'PRE dir/' || die "ls with a delimiter"
s3 cp --quiet "s3://one/$odd" "$work/back"; cmp "$work/small" "$work/back"
ok "mb, cp, ls over pages, a key with odd characters"

[ "$(api head-object --bucket one --key dir/large --query '[StorageClass,ContentLength]' --output text)" = "DEEP_ARCHIVE	12345678" ] || die "head-object"
refused InvalidObjectState api get-object --bucket one --key dir/large "$work/back"
refused InvalidArgument api restore-object --bucket one --key dir/large --restore-request 'Days=2,GlacierJobParameters={Tier=Expedited}'
api restore-object --bucket one --key dir/large --restore-request 'Days=2,GlacierJobParameters={Tier=Standard}'
refused RestoreAlreadyInProgress api restore-object --bucket one --key dir/large --restore-request 'Days=2,GlacierJobParameters={Tier=Standard}'
[ "$(api head-object --bucket one --key dir/large --query Restore --output text)" = 'ongoing-request="true"' ] || die "restore under way"
control clock '{"advance": 43300}'
api head-object --bucket one --key dir/large --query Restore --output text | grep -q 'ongoing-request="false", expiry-date=' || die "restored"
s3 cp --quiet --force-glacier-transfer s3://one/dir/large "$work/back"; cmp "$work/large" "$work/back"
control clock '{"advance": 345600}'
refused InvalidObjectState api get-object --bucket one --key dir/large "$work/back"
ok "a life from cold to hot and back"

head -c 5242880 "$work/large" >"$work/part"
id=$(api create-multipart-upload --bucket one --key parts --checksum-algorithm SHA256 --query UploadId --output text)
sum=$(openssl dgst -sha256 -binary "$work/part" | base64)
refused InvalidRequest api upload-part --bucket one --key parts --upload-id "$id" --part-number 1 --body "$work/part"
etag=$(api upload-part --bucket one --key parts --upload-id "$id" --part-number 1 --body "$work/part" --checksum-sha256 "$sum" --query ETag --output text)
refused BadDigest api upload-part --bucket one --key parts --upload-id "$id" --part-number 2 --body "$work/small" --checksum-sha256 "$sum"
small=$(openssl dgst -sha256 -binary "$work/small" | base64)
etag2=$(api upload-part --bucket one --key parts --upload-id "$id" --part-number 2 --body "$work/small" --checksum-sha256 "$small" --query ETag --output text)
[ "$(api list-multipart-uploads --bucket one --query 'length(Uploads)')" = 1 ] || die "list-multipart-uploads"
[ "$(api list-parts --bucket one --key parts --upload-id "$id" --query 'length(Parts)')" = 2 ] || die "list-parts"
parts() { printf '{"Parts": [{"PartNumber": %s, "ETag": %s, "ChecksumSHA256": "%s"}, {"PartNumber": %s, "ETag": %s, "ChecksumSHA256": "%s"}]}' "$@"; }
complete() { api complete-multipart-upload --bucket one --key parts --upload-id "$id" --multipart-upload "$(parts "$@")" --query ChecksumSHA256 --output text; }
refused InvalidPartOrder complete 2 "$etag2" "$small" 1 "$etag" "$sum"
refused InvalidPart complete 1 "$etag" "$small" 2 "$etag2" "$small"
refused EntityTooSmall bash -c "$(declare -f api parts complete); endpoint=$endpoint; id=\$(api create-multipart-upload --bucket one --key parts --query UploadId --output text)
    e=\$(api upload-part --bucket one --key parts --upload-id \$id --part-number 1 --body $work/small --query ETag --output text)
    f=\$(api upload-part --bucket one --key parts --upload-id \$id --part-number 2 --body $work/small --query ETag --output text)
    api complete-multipart-upload --bucket one --key parts --upload-id \$id --multipart-upload \"{\\\"Parts\\\": [{\\\"PartNumber\\\": 1, \\\"ETag\\\": \$e}, {\\\"PartNumber\\\": 2, \\\"ETag\\\": \$f}]}\""
whole=$( { openssl dgst -sha256 -binary "$work/part"; openssl dgst -sha256 -binary "$work/small"; } | openssl dgst -sha256 -binary | base64)
[ "$(complete 1 "$etag" "$sum" 2 "$etag2" "$small")" = "$whole-2" ] || die "the composite checksum"
[ "$(api get-object-attributes --bucket one --key parts --object-attributes ObjectParts --query 'ObjectParts.Parts[1].[Size,ChecksumSHA256]' --output text)" = "1000	$small" ] || die "get-object-attributes"
left=$(api list-multipart-uploads --bucket one --query 'Uploads[0].UploadId' --output text)
api abort-multipart-upload --bucket one --key parts --upload-id "$left"
refused NoSuchUpload api list-parts --bucket one --key parts --upload-id "$left"
ok "multipart: checksums, order, sizes, abort"

api create-bucket --bucket vault --object-lock-enabled-for-bucket >/dev/null
until=$(date -u -d '+2 days' +%Y-%m-%dT%H:%M:%SZ)
control clock '{"advance": -388900}'
api put-object --bucket vault --key locked --body "$work/small" --object-lock-mode COMPLIANCE --object-lock-retain-until-date "$until" --checksum-algorithm SHA256 >/dev/null
version=$(api head-object --bucket vault --key locked --query VersionId --output text)
refused AccessDenied api delete-object --bucket vault --key locked --version-id "$version"
api delete-object --bucket vault --key locked >/dev/null
refused 404 api head-object --bucket vault --key locked
[ "$(api list-object-versions --bucket vault --query '[length(Versions),length(DeleteMarkers)]' --output text)" = "1	1" ] || die "list-object-versions"
ok "Object Lock, versions, delete markers"

s3 cp --quiet "$work/small" s3://far/x
region=eu-west-1 s3 ls s3://far/x >/dev/null
AWS_SECRET_ACCESS_KEY=wrong refused SignatureDoesNotMatch s3 ls s3://one
AWS_ACCESS_KEY_ID=NOBODY refused InvalidAccessKeyId s3 ls s3://one
AWS_SESSION_TOKEN=wrong refused InvalidToken s3 ls s3://one
refused NoSuchBucket s3 ls s3://none
api put-bucket-lifecycle-configuration --bucket one --lifecycle-configuration '{"Rules": [{"ID": "r", "Status": "Enabled", "Filter": {"Prefix": ""}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}]}'
[ "$(api get-bucket-lifecycle-configuration --bucket one --query 'Rules[0].ID' --output text)" = r ] || die "lifecycle"
key=$(timeout 60 /usr/bin/aws --region us-east-1 --endpoint-url "$endpoint" sts assume-role --role-arn arn:aws:iam::1:role/r --role-session-name session --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)
read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN <<<"$key"
export AWS_SESSION_TOKEN
s3 ls s3://one >/dev/null
s3 rm --quiet --recursive s3://one/many
ok "another region, refusals, lifecycle, a session of STS"
echo "$passed passed, 0 failed"
