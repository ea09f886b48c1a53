#!/usr/bin/env bash
# Old scripts and configuration: the files and options of glacier-cmd, with `glacier-cmd` replaced
# by `zglacier vault`.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/s3_lib.sh"
start_s3 --page-size 3 --key OLDKEY:S3cr3tOld
export AWS_ENDPOINT_URL_GLACIER=$ENDPOINT
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
cmd() { zg vault "$@"; }
# silent: the output of the last command has no secret.
silent() { ! grep -qF S3cr3t "$WORK/out" "$WORK/err" || die "a secret was shown"; }
# asked_in REGION: the last request was sent there.
asked_in() {
    [ "$(last_request region)" = "$1" ] || die "asked in $(last_request region), not in $1"
}
asked_by() {
    [ "$(last_request key)" = "$1" ] || die "asked by $(last_request key), not by $1"
}
last_request() { python_s3 "requests?since=0" "" "s['requests'][-1].get('$1')"; }
mkdir -p "$WORK/folder"
cd "$WORK/folder"

expect 3 cmd lsvault
conf() {
    printf '%s\n' "[aws]" "access_key=OLDKEY" "AWS_SECRET_KEY=$1" "[sdb]" "secret_key=S3cr3tSdb" \
        "[glacier]" "region=eu-west-1" "bookkeeping=True" "${@:2}"
}
conf S3cr3tOld >"$WORK/.glacier-cmd"
chmod 600 "$WORK/.glacier-cmd"
expect 0 cmd mkvault photos
expect 0 cmd lsvault
said "arn:aws:glacier:eu-west-1:"
[ ! -s "$WORK/err" ] || die "unexpected output: $(cat "$WORK/err")"
silent
say "keys and region come from ~/.glacier-cmd"

# The environment and options override it, and so do the folder's file and -c; it overrides ~/.aws.
expect 0 env AWS_REGION=eu-central-1 "$ZGLACIER" vault lsvault
! grep -q photos "$WORK/out" || die "AWS_REGION was ignored"
expect 0 cmd lsvault --region us-west-2
! grep -q photos "$WORK/out" || die "--region was ignored"
expect 0 cmd --region us-west-2 lsvault
! grep -q photos "$WORK/out" || die "--region before the verb was ignored"
expect 3 env AWS_ACCESS_KEY_ID=TESTKEY AWS_SECRET_ACCESS_KEY=wrong "$ZGLACIER" vault lsvault
mkdir -p "$WORK/.aws"
printf '%s\n' '[default]' 'aws_access_key_id = NOBODY' 'aws_secret_access_key = none' \
    'region = ap-south-1' >"$WORK/.aws/credentials"
printf '%s\n' '[default]' 'region = ap-south-1' '[profile other]' 'region = ap-south-1' \
    >"$WORK/.aws/config"
expect 0 cmd lsvault
said photos
conf S3cr3tWrong >.glacier-cmd
chmod 600 .glacier-cmd
expect 3 cmd lsvault
silent
conf S3cr3tOld "output=csv" >"$WORK/mine.conf"
chmod 600 "$WORK/mine.conf"
expect 0 cmd -c "$WORK/mine.conf" lsvault
said '"photos"'
expect 0 cmd lsvault --conf "$WORK/mine.conf" --output json
said '"name": "photos"'
expect 0 cmd -c "$WORK/mine.conf" --output json lsvault
said '"name": "photos"'
rm .glacier-cmd
expect 2 cmd -c "$WORK/none.conf" lsvault
say "the order: options, environment, -c, the folder's file, ~/.glacier-cmd, ~/.aws"

# Files that others can read, or that may come from somebody else.
chmod 644 "$WORK/.glacier-cmd"
expect 0 cmd lsvault
said "chmod 600"
silent
chmod 600 "$WORK/.glacier-cmd"
conf S3cr3tEvil >.glacier-cmd
chmod 666 .glacier-cmd
expect 0 cmd lsvault
said "is not read"
rm .glacier-cmd
printf '[aws]\naccess_key=OLDKEY\nS3cr3tLine\n' >"$WORK/broken.conf"
expect 2 cmd -c "$WORK/broken.conf" lsvault
said "line 3"
silent
printf '[aws]\nsecret_key=\naccess_key=S3cr3tId\n' >"$WORK/half.conf"
chmod 600 "$WORK/half.conf"
expect 2 cmd -c "$WORK/half.conf" lsvault
silent
expect 2 cmd --output xml lsvault
say "a file that others can read is reported; one that others can write is not read;" \
    "no message shows a key"

# Options without effect, and keys on the command line.
expect 0 cmd --bookkeeping --bookkeeping-domain-name squirrel --logfile /nowhere/log \
    --loglevel DEBUG --logtostdout --no-bookkeeping \
    --sdb-access-key A --sdb-secret-key S3cr3tSdb --sdb-region us-east-1 lsvault
said "--bookkeeping has no effect"
silent
rm "$WORK/.glacier-cmd"
expect 0 cmd --aws-access-key OLDKEY --aws-secret-key S3cr3tOld --region eu-west-1 lsvault
said photos
said "command line"
silent
expect 3 cmd --aws-access-key OLDKEY --aws-secret-key S3cr3tNo --region eu-west-1 lsvault
silent
expect 2 cmd --aws-access-key OLDKEY lsvault
expect 0 cmd lsvault --aws-access-key OLDKEY --aws-secret-key S3cr3tOld --region eu-west-1
said photos
silent
for wrong in "--aws-secret-keys S3cr3tOld lsvault" "lsvault --aws-secret S3cr3tOld" \
    "lsvault --aws-secret-key=S3cr3tOld more"; do
    # shellcheck disable=SC2086
    expect 2 cmd $wrong
    silent
done
expect 2 zg --aws-secret-key S3cr3tOld vault lsvault
silent
expect 0 env aws_access_key=OLDKEY aws_secret_key=S3cr3tOld region=eu-west-1 \
    "$ZGLACIER" vault --output json lsvault
said '"name": "photos"'
conf S3cr3tOld >"$WORK/.glacier-cmd"
chmod 600 "$WORK/.glacier-cmd"
expect 0 cmd --help
silent
expect 0 cmd lsvault --help
silent
head -c 3000000 /dev/urandom >"$WORK/file"
expect 0 cmd --output csv upload --resume --partsize 1 --description 'a "file"' photos "$WORK/file"
said '"archive","tree_hash","size","sent"'
said "--resume has no effect"
archive=$(tail -1 "$WORK/out" | cut -d'"' -f2)
expect 75 cmd download --partsize 4 photos "$archive"
mkdir "$WORK/volumes"
for volume in one two; do
    head -c 100000 /dev/urandom >"$WORK/volumes/$volume"
done
expect 0 cmd upload --bacula photos "$WORK/volumes/one|two"
[ "$(wc -l <"$WORK/out")" = 2 ] || die "not two archives"
expect 0 cmd search --filename volumes/two
said '  two'
expect 0 cmd --output csv upload photos "$WORK/volumes/one" "$WORK/volumes/two"
said "\"$WORK/volumes/two\",\""
before=$(cmd search 2>/dev/null | wc -l)
expect 6 cmd upload photos "$WORK/volumes/one" "$WORK/volumes/none"
[ "$(cmd search 2>/dev/null | wc -l)" = "$before" ] ||
    die "one was uploaded though another is missing"
expect 2 cmd upload --uploadid x photos "$WORK/volumes/one" "$WORK/volumes/two"
expect 2 cmd upload --stdin photos "$WORK/volumes/one"
expect 0 cmd upload --partsize 3 photos "$WORK/file"
expect 2 cmd upload --partsize 5000 photos "$WORK/file"
expect 0 cmd --output json treehash "$WORK/file"
said '"tree_hash"'
say "options of old scripts are accepted, several files and Bacula's lists, too," \
    "and keys on the command line with a warning"
expect 75 cmd adopt photos
silent
say "commands that use a vault as a store take the same keys"
finish
