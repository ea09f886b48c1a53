#!/usr/bin/env bash
# Encrypted archives: what a machine with only the public key can do, what needs the key, and
# Debian's age instead of zglacier.
. "$(dirname "$0")/lib.sh"

D=$POOL/secretfs
export ZGLACIER_STORE=$STORE
small=(--segment-size 1MiB --part-size 256KiB)
expect 0 zg key generate
said "Public key: age1"
cp "$WORK/out" "$WORK/backup.key"
recipient=$(sed -n 's/# public key: //p' "$WORK/backup.key")
age-keygen -o "$WORK/second.key" 2>/dev/null
second=$(age-keygen -y "$WORK/second.key")
[ "$(age-keygen -y "$WORK/backup.key")" = "$recipient" ] || die "age-keygen does not accept our key"
say "key generate makes keys that age-keygen accepts"

expect 2 zg init --recipient "$(sed -n '$p' "$WORK/backup.key")"
! grep -q SECRET-KEY "$WORK/err" || die "a secret key was shown"
expect 0 zg init --recipient "$recipient" --recipient "$second"
said "if you lose the key"
said "key check"
expect 0 zg key check --identity "$WORK/backup.key"
said "no archive is encrypted yet"
say "init warns about losing the key, and takes no secret"

zfs create "$D"
M=$(mountpoint_of "$D")
fill "$M"
keep_listing "$D" round-0
expect 0 zg backup "${small[@]}" "$D"
said "full archive"
nothing_left "$D"
for round in 1 2; do
    sleep 1
    change "$M" $round
    keep_listing "$D" round-$round
    # The next base is found only by guids.
    rm -r "$ZGLACIER_STATE_DIR"
    expect 0 zg backup "${small[@]}" "$D"
    said "incremental archive"
    nothing_left "$D"
done
say "incremental backups with only the public key, and without the state folder"

for secret in secretfs '"host"' '"dataset"' '"snapshot"' '"first"' '"end_checksum"' fletcher4; do
    ! grep -rqaF -- "$secret" "$STORE_DIR" ||
        die "the store contains '$secret': $(grep -rlaF -- "$secret" "$STORE_DIR" | head -3)"
done
say "no name and no checksum of the content is in the store"

expect 0 zg list
said "$D (host"
rm -r "$ZGLACIER_STATE_DIR"
expect 0 zg list
said "encrypted, dataset with guid $(zfs get -Hp -o value guid "$D")"
said "--identity FILE shows the names"
expect 6 zg list "$D"
said "--identity"
expect 0 zg list --identity "$WORK/second.key" "$D"
said "yes, 3 archives"
expect 0 zg verify
said "OK: "
expect 0 zg verify --identity "$WORK/backup.key" "$D"
said "OK: "
say "list and verify with and without the key"

expect 6 zg restore "$D" "$POOL/restored"
said "give the key with --identity FILE"
newest=$(archives | tail -1)
expect 3 zg restore "$newest" "$POOL/restored"
said "--identity FILE"
age-keygen -o "$WORK/stranger.key" 2>/dev/null
expect 3 zg restore --identity "$WORK/stranger.key" "$newest" "$POOL/restored"
said "this key does not open"
expect 3 zg key check --identity "$WORK/stranger.key"
said "opens 0 of 3"
! zfs list "$POOL/restored" >/dev/null 2>&1 || die "a dataset was made without the key"
for key in backup second; do
    expect 0 zg key check --identity "$WORK/$key.key"
    said "opens 3 of 3"
    expect 0 zg restore --identity "$WORK/$key.key" "$D" "$POOL/restored-$key"
    same_as "$POOL/restored-$key" round-2
done
say "a restore with either key, but no other"

for id in $(archives); do
    for segment in "$STORE_DIR/archives/$id"/0*; do
        case $segment in
            *.zst.age) age -d -i "$WORK/backup.key" "$segment" | zstd -dc ;;
            *.zfs.age) age -d -i "$WORK/backup.key" "$segment" ;;
            *) die "$segment is not encrypted" ;;
        esac
    done | zfs receive -u "$POOL/by-hand"
done
same_as "$POOL/by-hand" round-2
python3 -c '
import base64, json, sys
sealed = json.load(open(sys.argv[1]))["sealed"]
sys.stdout.buffer.write(base64.b64decode(sealed))' "$(manifest_of "$newest")" |
    age -d -i "$WORK/backup.key" | zstd -dc | grep -q "\"dataset\": \"$D\"" ||
    die "age and zstd do not show the names"
say "age -d | zstd -d | zfs receive restores the same without zglacier"

segment=$(find "$STORE_DIR/archives/$newest" -name '0*' | head -1)
cp "$segment" "$WORK/good"
printf 'x' | dd of="$segment" bs=1 seek=300 conv=notrunc status=none
expect 5 zg verify
said "$newest/000001"
expect 5 zg restore --identity "$WORK/backup.key" "$D" "$POOL/damaged"
cp "$WORK/good" "$segment"
expect 0 zg verify
manifest=$(manifest_of "$newest")
cp "$manifest" "$WORK/good"
python3 - "$manifest" <<'P'
import sys
text = open(sys.argv[1]).read()
at = text.index('"sealed": "') + 200
open(sys.argv[1], "w").write(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1:])
P
expect 5 zg verify
said "manifests/$newest.json"
cp "$WORK/good" "$manifest"
say "damage is found without the key"

change "$M" 3
expect 0 zg backup --recipient "$(age-keygen -y "$WORK/stranger.key")" "$D"
said "the last one"
expect 3 zg key check --identity "$WORK/backup.key"
said "opens 3 of 4"
expect 2 zg backup --recipient age1nonsense "$D"
expect 2 zg backup --recipient "$recipient" --passphrase-file "$WORK/phrase" "$D"
say "another recipient than the last archive's is logged as a warning"

echo 'a long passphrase' >"$WORK/phrase"
echo 'another' >"$WORK/wrong"
expect 0 zg key generate --passphrase-file "$WORK/phrase"
cp "$WORK/out" "$WORK/protected.key"
! grep -q SECRET-KEY "$WORK/protected.key" || die "the key is not protected"
recipient=$(sed -n 's/^Public key: //p' "$WORK/err")
STORE_DIR=$WORK/other
export ZGLACIER_STORE=dir:$STORE_DIR
expect 0 zg init --recipient "$recipient"
expect 0 zg backup "$D"
expect 2 zg restore --identity "$WORK/protected.key" "$D" "$POOL/protected" </dev/null
expect 3 zg restore --identity "$WORK/protected.key" --passphrase-file "$WORK/wrong" \
    "$D" "$POOL/protected"
keep_listing "$D" round-3
expect 0 zg restore --identity "$WORK/protected.key" --passphrase-file "$WORK/phrase" \
    "$D" "$POOL/protected"
same_as "$POOL/protected" round-3
say "a key protected by a passphrase"

STORE_DIR=$WORK/third
export ZGLACIER_STORE=dir:$STORE_DIR
expect 0 zg init --passphrase-file "$WORK/phrase"
expect 2 zg backup "$D"
said "--passphrase-file"
expect 0 zg backup --passphrase-file "$WORK/phrase" "$D"
expect 3 zg restore --passphrase-file "$WORK/wrong" "$(archives)" "$POOL/phrase"
expect 0 zg restore --passphrase-file "$WORK/phrase" "$D" "$POOL/phrase"
same_as "$POOL/phrase" round-3
say "archives with only a passphrase"
# The rest is tested only with zfs-fuse: a passphrase takes long under emulation, and there is no
# server.
[ -x /usr/bin/aws ] || { finish; exit; }
# Another passphrase, by mistake and by intention.
sleep 1
echo another >"$M/another"
keep_listing "$D" another
expect 3 zg backup --dry-run --passphrase-file "$WORK/wrong" "$D"
expect 3 zg backup --passphrase-file "$WORK/wrong" "$D"
said "not the one of the last archive"
[ "$(archives | wc -l)" = 1 ] || die "it was stored nevertheless"
expect 0 zg backup --passphrase-file "$WORK/wrong" --full "$D"
said "not the one of the last archive"
expect 0 zg restore --passphrase-file "$WORK/wrong" "$D" "$POOL/another"
same_as "$POOL/another" another
expect 0 zg restore --passphrase-file "$WORK/phrase" "$(archives | head -1)" "$POOL/before"
same_as "$POOL/before" round-3
# An archive is never encrypted with two passphrases.
head -c 5000000 /dev/urandom >"$M/large"
keep_listing "$D" large
for step in 40 50 60 70; do
    ! ZGLACIER_TEST_CRASH_AT=$step zg backup "${small[@]}" --passphrase-file "$WORK/wrong" "$D" \
        >/dev/null 2>&1 || die "it was not killed"
    expect 0 zg list
    unfinished=$(sed -n 's/^unfinished: \([^ ]*\).* in [1-9][0-9]* segment.*/\1/p' "$WORK/out")
    [ -z "$unfinished" ] || break
done
[ -n "$unfinished" ] || die "no segment was stored"
expect 0 zg backup "${small[@]}" --passphrase-file "$WORK/phrase" --full "$D"
said "giving up the unfinished archive $unfinished"
said "with another passphrase"
expect 0 zg restore --passphrase-file "$WORK/phrase" "$D" "$POOL/again"
same_as "$POOL/again" large
say "another passphrase than before is refused or logged, and no archive has two"
. "$(dirname "$0")/s3_lib.sh"
start_s3
export AWS_REGION=eu-central-1 AWS_ENDPOINT_URL_S3=$ENDPOINT AWS_ENDPOINT_URL_GLACIER=$ENDPOINT
recipient=$(age-keygen -y "$WORK/second.key")
AWS s3 mb s3://bucket >/dev/null
for store in s3://bucket/here glacier://eu-central-1/crypted; do
    export ZGLACIER_STORE=$store
    expect 0 zg init --recipient "$recipient"
    expect 0 zg backup "$D"
    said "full archive"
    sleep 1
    echo "$store" >>"$M/more"
    keep_listing "$D" last
    rm -r "$ZGLACIER_STATE_DIR"
    case $store in glacier:*)
        # The content of a vault is known only from its inventory.
        control clock '{"advance": 90000}'
        expect 75 zg catalog rebuild
        control clock '{"advance": 18060}'
        expect 0 zg catalog rebuild ;;
    esac
    expect 0 zg backup "$D"
    said "incremental archive"
    expect 0 zg verify
    target=$POOL/from-${store%%:*}
    expect 75 zg restore --yes --identity "$WORK/second.key" "$D" "$target"
    case $store in
        glacier:*) control clock '{"advance": 18060}' ;;
        *) control clock '{"advance": 43260}' ;;
    esac
    expect 0 zg restore --yes --identity "$WORK/second.key" "$D" "$target"
    same_as "$target" last
    drop "$target"
    spool=$WORK/spool-${store%%:*}
    expect 0 zg restore --spool "$spool" --identity "$WORK/second.key" "$D" "$target"
    same_as "$target" last
    expect 0 zg restore --spool "$spool" --identity "$WORK/second.key" "$D"
    said "2 of 2 archives are already there"
    said "zglacier restore --store dir:$spool $D TARGET"
    # The next week, without the store.
    drop "$target"
    rm -r "$ZGLACIER_STATE_DIR"
    rm "$(find "$spool" -name '0*' | tail -1)"
    expect 5 env -u AWS_ACCESS_KEY_ID "$ZGLACIER" restore --store "dir:$spool" \
        --identity "$WORK/second.key" "$D" "$target"
    say "${store%%:*}: --spool fetches into a folder, which is a separate store"
    say "${store%%:*}: backups need neither the state folder nor the key; a restore needs the key"
done
finish
