#!/usr/bin/env bash
# Features that only OpenZFS has: -c on lz4 and zstd, raw encrypted, -L -e, volumes, bookmarks as
# the base.
. "$(dirname "$0")/lib.sh"
can_bookmark || die "this zfs has no bookmarks"
export ZGLACIER_STORE=$STORE
expect 0 zg init

# chain_of DATASET FLAGS...: backs up a full and three incrementals with these options, then
# restores them.
chain_of() {
    local dataset=$1 round mount
    shift
    mount=$(mountpoint_of "$dataset")
    fill "$mount"
    expect 0 zg backup "$@" "$dataset"
    for round in 1 2 3; do
        sleep 1
        change "$mount" $round
        expect 0 zg backup "$@" "$dataset"
        said "incremental archive"
        nothing_left "$dataset"
    done
    keep_listing "$dataset" chain
    expect 0 zg verify "$dataset"
    expect 0 zg restore "$dataset" "$POOL/restored"
}

zfs create "$POOL/plain"
chain_of "$POOL/plain" --no-large-blocks --no-embedded --no-compressed
same_as "$POOL/restored" chain; drop "$POOL/restored"
for id in $(archives); do
    cat "$STORE_DIR/archives/$id"/0*.zfs.zst | zstd -d | zfs receive -u "$POOL/restored"
done
same_as "$POOL/restored" chain; drop "$POOL/restored"
say "plain, and by zstd -d | zfs receive"

for algorithm in lz4 zstd; do
    zfs create -o compression=$algorithm "$POOL/$algorithm"
    chain_of "$POOL/$algorithm"
    same_as "$POOL/restored" chain; drop "$POOL/restored"
    ls "$STORE_DIR"/archives/*/000001.zfs >/dev/null ||
        die "a stream that zfs sends compressed was compressed again"
    say "-c on $algorithm"
done

# zfs send -e loses an extended attribute that compresses to an embedded spill block: refused.
# Without one, -e is fine.
zfs create -o recordsize=1M -o compression=lz4 "$POOL/large"
fill "$(mountpoint_of "$POOL/large")"
expect 1 zg backup --large-blocks --embedded "$POOL/large"
said "extended attributes"
nothing_left "$POOL/large" 0
drop "$POOL/large"; zfs create -o recordsize=1M -o compression=lz4 "$POOL/large"
BIG_XATTR=no chain_of "$POOL/large" --large-blocks --embedded
manifest=$(manifest_of "$(archives | tail -1)")
grep -q '"send_flags": "-p -L -e -c"' "$manifest" || die "not sent with -L -e"
same_as "$POOL/restored" chain; drop "$POOL/restored"
say "-L -e, records of 1 MiB; a stream in which -e loses data is refused"

printf 'a passphrase\n' >"$WORK/key"
zfs create -o encryption=aes-256-gcm -o keyformat=passphrase \
    -o "keylocation=file://$WORK/key" "$POOL/secret"
chain_of "$POOL/secret"
manifest=$(manifest_of "$(archives | tail -1)")
grep -q '"raw": true' "$manifest" || die "an encrypted dataset was not sent raw"
zfs load-key -L "file://$WORK/key" "$POOL/restored"
same_as "$POOL/restored" chain; drop "$POOL/restored"
say "-w encrypted"

zfs create -V 32M "$POOL/vol"
dd if=/dev/urandom of="$(device_of "$POOL/vol")" bs=1M count=4 conv=fsync status=none
expect 0 zg backup "$POOL/vol"
for round in 1 2 3; do
    sleep 1
    dd if=/dev/urandom of="$(device_of "$POOL/vol")" bs=1M seek=$((round * 5)) count=1 \
        conv=fsync status=none
    expect 0 zg backup "$POOL/vol"
    said "incremental archive"
done
expect 0 zg restore "$POOL/vol" "$POOL/restored"
sleep 1
cmp "$(device_of "$POOL/vol")" "$(device_of "$POOL/restored")" || die "the volume differs"
drop "$POOL/restored"
say "a volume"

# From a bookmark: the base snapshot is destroyed.
zfs create "$POOL/marked"
fill "$(mountpoint_of "$POOL/marked")"
expect 0 zg backup --keep-snapshots 0 "$POOL/marked"
[ -z "$(zfs list -H -o name -r -d 1 -t snapshot "$POOL/marked")" ] || die "a snapshot was kept"
expect 0 zg backup "$POOL/marked"
said "nothing to do"
for round in 1 2 3; do
    sleep 1
    change "$(mountpoint_of "$POOL/marked")" $round
    expect 0 zg backup --keep-snapshots 0 "$POOL/marked"
    said "incremental archive"
    said "#zglacier-"
    nothing_left "$POOL/marked" 0
done
keep_listing "$POOL/marked" marked
expect 0 zg restore "$POOL/marked" "$POOL/restored"
same_as "$POOL/restored" marked; drop "$POOL/restored"
say "from a bookmark after the base snapshot was destroyed"

# A bookmark of a snapshot that was rolled back: the base is an older one that the dataset still
# descends from.
M=$(mountpoint_of "$POOL/marked")
zfs snapshot "$POOL/marked@keep"
expect 0 zg backup --snapshot keep "$POOL/marked"
echo lost >"$M/lost"; sleep 1
expect 0 zg backup --keep-snapshots 0 "$POOL/marked"
zfs rollback -r "$POOL/marked@keep"
echo after >"$M/after"; keep_listing "$POOL/marked" after; sleep 1
expect 0 zg backup "$POOL/marked"
expect 0 zg restore "$POOL/marked" "$POOL/restored"
same_as "$POOL/restored" after; drop "$POOL/restored"
expect 0 zg verify
say "a bookmark of a snapshot that was rolled back is not used as the base"

# From a bookmark with properties: with -p if this zfs supports that, else without.
zfs set zglacier:test=kept "$POOL/plain"
echo x >"$(mountpoint_of "$POOL/plain")/x"; sleep 1
expect 0 zg backup "$POOL/plain"
expect 0 zg restore "$POOL/plain" "$POOL/restored"
[ "$(zfs get -H -o value zglacier:test "$POOL/restored")" = kept ] ||
    die "a property was not restored"
drop "$POOL/restored"
say "properties are restored"

# A target that was changed in the meantime: zfs refuses it, and --force overwrites it.
expect 0 zg restore "$POOL/plain" "$POOL/restored"
zfs mount "$POOL/restored"; echo drift >"$(mountpoint_of "$POOL/restored")/drift"
echo y >"$(mountpoint_of "$POOL/plain")/y"; keep_listing "$POOL/plain" forced; sleep 1
expect 0 zg backup "$POOL/plain"
expect 1 zg restore "$POOL/plain" "$POOL/restored"
said "--force"
expect 0 zg restore --force "$POOL/plain" "$POOL/restored"
same_as "$POOL/restored" forced; drop "$POOL/restored"
say "a changed target is refused; --force rolls it back"

for id in $(zg list --json "$POOL/plain" | sed -n 's/.*"id": "\(.*\)".*/\1/p'); do
    decoded "$id" | zfs receive -u "$POOL/by-hand"
done
same_as "$POOL/by-hand" forced
say "zstd -d | zfs receive restores the same without zglacier"
finish
