#!/usr/bin/env bash
# Debian's `aws` (package awscli) uses the server as if it were Amazon's. Ends at the first failure;
# exit code 77 if there is no `aws`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ -x /usr/bin/aws ] || {
    echo "aws_cli.sh: /usr/bin/aws is not installed (package awscli)" >&2
    exit 77
}
work=$(mktemp -d "${TMPDIR:-/tmp}/fake_aws.XXXXXX")
server=
stop() {
    [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; } || true
    rm -rf "$work"
}
trap stop EXIT
unset AWS_CA_BUNDLE AWS_PROFILE AWS_DEFAULT_PROFILE AWS_REGION AWS_SESSION_TOKEN AWS_CONFIG_FILE
unset AWS_SHARED_CREDENTIALS_FILE AWS_ENDPOINT_URL
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
export HOME=$work AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=KEY AWS_SECRET_ACCESS_KEY=secret
export AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=1 AWS_PAGER=
mkdir "$work/.aws"
cat >"$work/.aws/config" <<F
[default]
s3 =
  multipart_threshold = 6MB
  multipart_chunksize = 5MB
  addressing_style = path
F

/usr/bin/python3 "$here/fake_aws.py" --port 0 --port-file "$work/port" --data "$work/data" \
    --key KEY:secret --bucket far:eu-central-1 --page-size 2 >/dev/null &
server=$!
for _ in $(seq 1200); do [ -s "$work/port" ] && break; sleep 0.05; done
endpoint=http://127.0.0.1:$(cat "$work/port")

passed=0
die() { echo "FAILED: $*" >&2; cat "$work/out" "$work/err" >&2; exit 1; }
say() { echo "  $*"; passed=$((passed + 1)); }
call() { /usr/bin/aws --endpoint-url "$endpoint" "$@"; }
# runs COMMAND…: it must succeed; its output is in $work/out.
runs() { call "$@" >"$work/out" 2>"$work/err" || die "aws $*"; }
# refused CODE COMMAND…: it must fail with CODE.
refused() {
    local code=$1
    shift
    ! call "$@" >"$work/out" 2>"$work/err" || die "was not refused: aws $*"
    grep -qF -- "$code" "$work/err" || die "failed without $code: aws $*"
}
# shows TEXT: the last output must contain it.
shows() { grep -qF -- "$1" "$work/out" || die "does not show: $1"; }
control() {
    /usr/bin/python3 -c '
import sys, urllib.request as u
opener = u.build_opener(u.ProxyHandler({}))
opener.open(sys.argv[1], sys.argv[2].encode()).read()' "$endpoint/_control/$1" "$2"
}

runs s3 mb s3://bucket
runs s3 ls
shows bucket
say "mb, ls"

head -c 100000 /dev/urandom >"$work/small"
head -c 17000000 /dev/urandom >"$work/big"
runs s3 cp "$work/small" s3://bucket/small --storage-class DEEP_ARCHIVE
runs s3 cp "$work/big" s3://bucket/folder/big --storage-class DEEP_ARCHIVE --metadata a=b
runs s3 cp - s3://bucket/stdin <"$work/small"
runs s3 ls --recursive s3://bucket
shows " 17000000 folder/big"
runs s3api head-object --bucket bucket --key folder/big
shows '"StorageClass": "DEEP_ARCHIVE"'
shows '"a": "b"'
shows '-4\""'
say "cp of a small and of a multipart file, and from standard input"

big=(--bucket bucket --key folder/big)
refused InvalidObjectState s3api get-object "${big[@]}" "$work/back"
refused InvalidArgument s3api restore-object "${big[@]}" \
    --restore-request 'Days=2,GlacierJobParameters={Tier=Expedited}'
runs s3api restore-object "${big[@]}" \
    --restore-request 'Days=2,GlacierJobParameters={Tier=Bulk}'
refused RestoreAlreadyInProgress s3api restore-object "${big[@]}" \
    --restore-request 'Days=2,GlacierJobParameters={Tier=Bulk}'
runs s3api head-object --bucket bucket --key folder/big
shows 'ongoing-request=\"true\"'
control clock '{"advance": 172801}'
runs s3api head-object --bucket bucket --key folder/big
shows 'ongoing-request=\"false\", expiry-date='
runs s3 cp --force-glacier-transfer s3://bucket/folder/big "$work/back"
cmp "$work/big" "$work/back" || die "the file differs"
runs s3 cp s3://bucket/stdin "$work/back"
cmp "$work/small" "$work/back" || die "the file differs"
control clock '{"advance": 300000}'
refused InvalidObjectState s3api get-object --bucket bucket --key folder/big "$work/back"
say "cold, thawing, thawed, back, cold again"

runs s3 cp "$work/small" s3://bucket/checked
runs s3api put-object --bucket bucket --key checked --body "$work/small" \
    --checksum-algorithm SHA256
runs s3api get-object-attributes --bucket bucket --key checked \
    --object-attributes Checksum ObjectSize StorageClass
shows "$(openssl dgst -sha256 -binary "$work/small" | base64)"
shows '"ObjectSize": 100000'
runs s3api create-multipart-upload --bucket bucket --key parts --checksum-algorithm SHA256 \
    --query UploadId --output text
id=$(cat "$work/out")
head -c 5242880 "$work/big" >"$work/part"
for number in 1 2 3; do
    runs s3api upload-part --bucket bucket --key parts --upload-id "$id" --part-number $number \
        --body "$work/part" --checksum-algorithm SHA256
done
runs s3api list-multipart-uploads --bucket bucket
shows "$id"
runs s3api list-parts --bucket bucket --key parts --upload-id "$id"
[ "$(grep -c '"PartNumber"' "$work/out")" = 3 ] || die "list-parts does not page"
digest=$(openssl dgst -sha256 -binary "$work/part" | base64)
part() {
    local md5
    md5=$(md5sum <"$work/part" | cut -d' ' -f1)
    printf '{"PartNumber": %s, "ETag": "\\"%s\\"", "ChecksumSHA256": "%s"}' "$1" "$md5" "$2"
}
refused InvalidPart s3api complete-multipart-upload --bucket bucket --key parts --upload-id "$id" \
    --multipart-upload "{\"Parts\": [$(part 1 "${digest/?/x}")]}"
parts="$(part 1 "$digest"), $(part 2 "$digest"), $(part 3 "$digest")"
runs s3api complete-multipart-upload --bucket bucket --key parts --upload-id "$id" \
    --multipart-upload "{\"Parts\": [$parts]}"
shows '=-3"'
runs s3api get-object-attributes --bucket bucket --key parts --object-attributes ObjectParts \
    --max-parts 2
shows '"IsTruncated": true'
shows '"TotalPartsCount": 3'
shows "$digest"
runs s3api create-multipart-upload --bucket bucket --key parts --query UploadId --output text
id=$(cat "$work/out")
runs s3api abort-multipart-upload --bucket bucket --key parts --upload-id "$id"
refused NoSuchUpload s3api abort-multipart-upload --bucket bucket --key parts --upload-id "$id"
say "checksums, attributes, uploads by hand, abort"

runs s3api create-bucket --bucket locked --object-lock-enabled-for-bucket
until=$(date -u -d '+30 days' +%Y-%m-%dT%H:%M:%SZ)
runs s3api put-object --bucket locked --key kept --body "$work/small" \
    --checksum-algorithm SHA256 --object-lock-mode COMPLIANCE \
    --object-lock-retain-until-date "$until" --query VersionId --output text
version=$(cat "$work/out")
refused AccessDenied s3api delete-object --bucket locked --key kept --version-id "$version"
runs s3api delete-object --bucket locked --key kept
shows '"DeleteMarker": true'
refused NoSuchKey s3api get-object --bucket locked --key kept "$work/back"
runs s3api get-object-retention --bucket locked --key kept --version-id "$version"
shows COMPLIANCE
runs s3api list-object-versions --bucket locked
shows "$version"
say "object lock, versions, delete markers"

for key in "a b+c" "per%cent&and?#'=;~" 'quote"back\slash' "ünï cödé €" "two//slashes" \
    "(round)[square]{curly}*!"; do
    runs s3api put-object --bucket bucket --key "odd/$key" --body "$work/small"
    runs s3api get-object --bucket bucket --key "odd/$key" "$work/back"
    cmp "$work/small" "$work/back" || die "$key differs"
    call s3api list-objects-v2 --bucket bucket --prefix "odd/$key" --query 'Contents[0].Key' \
        --output text >"$work/out" 2>"$work/err" || die "list of $key"
    [ "$(cat "$work/out")" = "odd/$key" ] || die "$key is listed wrongly"
done
runs s3 rm --recursive s3://bucket/odd
runs s3api list-objects-v2 --bucket bucket --prefix odd/ --query 'length(Contents || `[]`)'
shows 0
say "odd keys: put, got, listed, removed"

AWS_MAX_ATTEMPTS=3 runs s3 cp "$work/small" s3://far/small
AWS_DEFAULT_REGION=eu-central-1 runs s3api head-object --bucket far --key small
! AWS_SECRET_ACCESS_KEY=wrong call s3 ls s3://bucket >"$work/out" 2>"$work/err" ||
    die "a wrong secret was accepted"
grep -q SignatureDoesNotMatch "$work/err" || die "a wrong secret was refused with another code"
! AWS_ACCESS_KEY_ID=NOBODY call s3 ls s3://bucket >"$work/out" 2>"$work/err" ||
    die "an unknown key was accepted"
grep -q InvalidAccessKeyId "$work/err" || die "an unknown key was refused with another code"
refused NoSuchBucket s3 ls s3://no-such-bucket
say "a wrong region is corrected; a wrong secret, key and bucket are refused"

runs sts assume-role --role-arn arn:aws:iam::111122223333:role/backup --role-session-name test \
    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text
read -r id secret token <"$work/out"
AWS_ACCESS_KEY_ID=$id AWS_SECRET_ACCESS_KEY=$secret AWS_SESSION_TOKEN=$token \
    runs s3 cp "$work/small" s3://bucket/by-role
! AWS_ACCESS_KEY_ID=$id AWS_SECRET_ACCESS_KEY=$secret AWS_SESSION_TOKEN=other \
    call s3 ls >"$work/out" 2>"$work/err" || die "a wrong token was accepted"
grep -q InvalidToken "$work/err" || die "a wrong token was refused with another code"
control faults '{"match": {"method": "PUT", "path": "/bucket/again"}, "kind": "503", "times": 2}'
AWS_MAX_ATTEMPTS=4 runs s3 cp "$work/small" s3://bucket/again
say "a role's session; requests to a busy server are retried"
echo "aws_cli.sh: $passed checks passed"
