#!/usr/bin/env bash
# A restore resumes where it stopped: killed again and again, its result is identical, and nothing
# is fetched twice except the segment in which it was killed, and the data in memory. For every kind
# of stream.
# RESTORE_KILLS: kills of each restore (20). RESTORE_MB: size of the dataset (36).
. "$(dirname "$0")/lib.sh"
export ZGLACIER_STORE=$STORE
kills=${RESTORE_KILLS:-20}
megabytes=${RESTORE_MB:-36}
segment=$((8 << 20))
memory=$((4 << 20)) # ranges under way, and a chunk in each stage
options=(--segment-size 8MiB --part-size 128KiB)
echo "seed $seed"
{ zfs 2>&1 || true; } | grep -q 'receive \[-[A-Za-z]*s' ||
    die "this zfs cannot resume a receive"
run() { "$(dirname "$0")/kill_after.py" read "$@" 2>"$WORK/err"; }
token_of() { zfs get -H -o value receive_resume_token "$1" 2>/dev/null || true; }
noise() {
    local n
    for n in $(seq $(($2 / 2))); do
        head -c 1500000 /dev/urandom >"$1/noise-$3-$n"
        seq "$n" 60000 >"$1/text-$3-$n"
    done
}
stored() {
    local id
    for id in "$@"; do
        find "$STORE_DIR/archives/$id" -name '0*' -printf '%s\n'
    done | awk '{ sum += $1 } END { print sum }'
}

# killed_restore SOURCE TARGET ARGUMENTS...: kills the restore RESTORE_KILLS times, then lets it
# end. $fetched: bytes read in all, without those that every run reads.
killed_restore() {
    local source=$1 target=$2 n code bytes usual most
    shift 2
    fetched=0
    resumed=0
    read -r code usual < <(run 0 "$ZGLACIER" restore --dry-run "$@" "$source" "$target")
    [ "$code" = 0 ] || { cat "$WORK/err" >&2; die "dry run"; }
    for n in $(seq $((kills + 1))); do
        most=$((usual + (RANDOM * 32768 + RANDOM) % (3 * segment / 2)))
        [ "$n" -le "$kills" ] || most=0
        read -r code bytes < <(run "$most" "$ZGLACIER" restore "$@" "$source" "$target")
        fetched=$((fetched + (bytes > usual ? bytes - usual : 0)))
        ! grep -q 'resuming archive' "$WORK/err" || resumed=$((resumed + 1))
        [ "$code" != 0 ] || break
        [ "$code" = 137 ] || { cat "$WORK/err" >&2; die "exit code $code in round $n"; }
        killed=$n
    done
    [ "$code" = 0 ] || die "it does not end"
    [ "$(token_of "$target")" = - ] || die "a part of an archive was left"
}

# try NAME DATASET ARGUMENTS...: makes a full and two incremental archives with these options of
# backup, and restores them with kills.
try() {
    local name=$1 d=$2 round mount first ids
    shift 2
    mount=$(mountpoint_of "$d")
    first=$(archives 2>/dev/null | wc -l)
    fill "$mount"
    noise "$mount" "$megabytes" 0
    expect 0 zg backup "${options[@]}" "$@" "$d"
    for round in 1 2; do
        sleep 1
        change "$mount" $round
        noise "$mount" 12 $round
        zfs set "com.example:round=$round" "$d"
        expect 0 zg backup "${options[@]}" "$@" "$d"
        said "incremental archive"
    done
    keep_listing "$d" "$(basename "$d")"
    mapfile -t ids < <(archives | tail -n +$((first + 1)))
    killed_restore "$d" "$d-back"
    local most=$(($(stored "${ids[@]}") + killed * (segment + memory)))
    echo "    $name: $killed kills, resumed $resumed times, $fetched bytes read" \
        "of $(stored "${ids[@]}") (at most $most allowed)"
    [ "$resumed" -gt 0 ] || die "$name: nothing was resumed"
    [ "$fetched" -le "$most" ] || die "$name: too much was fetched"
}

expect 0 zg init
zfs create "$POOL/plain"
try "plain, zstd" "$POOL/plain" --no-props --no-large-blocks --no-embedded --no-compressed
same_as "$POOL/plain-back" plain
say "plain streams, compressed by zglacier"
zfs create -o compression=lz4 -o recordsize=1M -o atime=off -o refquota=7G \
    -o com.example:tag=kept "$POOL/large"
try "-p -L -c" "$POOL/large" --props --large-blocks --compressed --compression none
for property in compression recordsize atime refquota com.example:tag com.example:round; do
    [ "$(zfs get -Hp -o value "$property" "$POOL/large-back")" = \
        "$(zfs get -Hp -o value "$property" "$POOL/large")" ] ||
        die "$property was not restored"
done
same_as "$POOL/large-back" large
say "-p -L -c, with all properties"
echo 'a passphrase' >"$WORK/phrase"
zfs create -o encryption=on -o keyformat=passphrase "$POOL/crypt" <"$WORK/phrase"
try "raw" "$POOL/crypt"
zfs load-key "$POOL/crypt-back" <"$WORK/phrase"
same_as "$POOL/crypt-back" crypt
say "raw streams"
drop "$POOL/plain-back"; drop "$POOL/crypt-back"

# A part that does not belong to the chain.
D=$POOL/large
run $((segment * 2)) "$ZGLACIER" restore "$POOL/plain" "$POOL/part" >/dev/null
[ "$(token_of "$POOL/part")" != - ] || die "no part was received"
expect 1 zg restore "$D" "$POOL/part"
said "zfs receive -A $POOL/part"
expect 0 zg restore --force "$D" "$POOL/part"
said "of another archive"
same_as "$POOL/part" large
say "a part of another archive is refused, and dropped with --force"
drop "$POOL/part"
run $((segment * 2)) "$ZGLACIER" restore "$D" "$POOL/part" >/dev/null
expect 0 zg restore --exclude refquota "$D" "$POOL/part"
said "would ignore -x refquota"
[ "$(zfs get -Hp -o value refquota "$POOL/part")" = 0 ] || die "refquota was restored"
drop "$POOL/part"
say "properties named by -x are not restored"

# Damage: nothing of the archive stays.
id=$(archives | sed -n 4p)
cp "$STORE_DIR/archives/$id/000002.zfs" "$WORK/whole"
printf 'x' | dd of="$STORE_DIR/archives/$id/000002.zfs" bs=1 seek=1000000 conv=notrunc status=none
for round in 1 2; do
    [ $round = 1 ] || run $((segment * 7 / 4)) "$ZGLACIER" restore "$D" "$POOL/part" >/dev/null
    expect 5 zg restore "$D" "$POOL/part"
    said "000002.zfs"
    ! zfs list "$POOL/part" >/dev/null 2>&1 || die "a part of a damaged archive was left"
done
cp "$WORK/whole" "$STORE_DIR/archives/$id/000002.zfs"
expect 0 zg restore "$D" "$POOL/part"
same_as "$POOL/part" large
say "damage leaves no part of its archive"
finish
