#!/usr/bin/env bash
# The disagreement matrix: the catalog, the store and the clock contradict each other. Each case has
# a defined outcome, and none loses data.
. "$(dirname "$0")/lib.sh"
export ZGLACIER_STORE=$STORE
small=(--segment-size 256KiB --part-size 128KiB)
cases=0
zg key generate >"$WORK/backup.key" 2>/dev/null
recipient=$(sed -n 's/# public key: //p' "$WORK/backup.key")
key=(--identity "$WORK/backup.key")
backup() { zg backup "${small[@]}" "$D"; }
catalog() {
    local id
    id=$(sed -n 's/.*"id": "\([0-9a-f]*\)".*/\1/p' "$STORE_DIR/zglacier.json")
    echo "$ZGLACIER_STATE_DIR/$id.sqlite"
}

# more NAME: changes the dataset, notes its listing as NAME, and backs it up.
more() {
    sleep 1
    head -c 600000 /dev/urandom >"$M/data"
    echo "$1" >"$M/$1"
    keep_listing "$D" "$1"
    expect 0 backup
}
# begin: an empty dataset $D and an empty store, and two archives.
begin() {
    cases=$((cases + 1))
    # zfs-fuse cannot always destroy a dataset.
    D=$POOL/case-$cases
    zfs create "$D"
    M=$(mountpoint_of "$D")
    rm -rf "$STORE_DIR" "$ZGLACIER_STATE_DIR"
    expect 0 zg init --recipient "$recipient"
    more one
    more two
}
# whole NAME COUNT: the store is sound, has COUNT archives, and NAME is restored from it, also
# without a catalog.
whole() {
    local home
    for home in "$ZGLACIER_STATE_DIR" "$WORK/elsewhere"; do
        ZGLACIER_STATE_DIR=$home expect 0 zg list "${key[@]}" "$D"
        [ "$(grep -c '  yes, ' "$WORK/out")" = "$2" ] || {
            cat "$WORK/out" >&2
            die "there are not $2 archives that can be restored"
        }
        ZGLACIER_STATE_DIR=$home expect 0 zg verify "${key[@]}"
        ZGLACIER_STATE_DIR=$home expect 0 zg restore "${key[@]}" "$D" "$POOL/back"
        same_as "$POOL/back" "$1"
        drop "$POOL/back"
        rm -rf "$WORK/elsewhere"
    done
    nothing_left "$D" 99
}

begin
cp -a "$ZGLACIER_STATE_DIR" "$WORK/old"
more three
rm -r "$ZGLACIER_STATE_DIR"; mv "$WORK/old" "$ZGLACIER_STATE_DIR"
expect 0 zg list "${key[@]}" "$D"
said "yes, 3 archives"
more four
said "incremental"
whole four 4
say "a catalog older than the store is updated"

begin
cp -a "$STORE_DIR" "$WORK/old"
more three
rm -r "$STORE_DIR"; mv "$WORK/old" "$STORE_DIR"
expect 0 zg list "${key[@]}" "$D"
said "yes, 2 archives"
more four
whole four 3
say "a catalog newer than the store forgets missing archives; the next backup goes by the store"

begin
rm -r "$ZGLACIER_STATE_DIR"
more three
said "incremental"
whole three 3
say "a missing catalog is rebuilt"

begin
cp "$(catalog)" "$WORK/foreign"
begin
cp "$WORK/foreign" "$(catalog)"
rm -f "$(catalog)"-*
expect 0 zg list "${key[@]}" "$D"
said "yes, 2 archives"
more three
said "incremental"
whole three 3
say "a catalog of another store does no harm"

for damage in zeros cut empty text; do
    begin
    file=$(catalog)
    rm -f "$file"-*
    case $damage in
        zeros) dd if=/dev/zero of="$file" bs=4096 count=2 conv=notrunc status=none ;;
        cut) truncate -s 6000 "$file" ;;
        empty) : >"$file" ;;
        text) echo "not a database" >"$file" ;;
    esac
    expect 0 zg list "${key[@]}" "$D"
    said "yes, 2 archives"
    more three
    said "incremental"
    whole three 3
done
say "a corrupt catalog is moved aside and rebuilt"

begin
id=$(archives | tail -1)
mv "$(manifest_of "$id")" "$WORK/manifest"
expect 0 zg list "${key[@]}" "$D"
said "is gone from the store"
expect 0 zg restore "${key[@]}" "$D" "$POOL/back"
same_as "$POOL/back" two
drop "$POOL/back"
more three
said "was put back"
cmp "$WORK/manifest" "$(manifest_of "$id")" || die "another manifest was put back"
whole three 3
say "a missing manifest is taken from the catalog, and put back by the next backup"

begin
more three
id=$(archives | sed -n 2p)
rm "$(manifest_of "$id")"
rm -r "$ZGLACIER_STATE_DIR"
expect 5 zg verify
said "$id"
expect 5 zg restore "${key[@]}" "$D" "$POOL/back"
said "archive $id: it has no manifest"
expect 0 zg restore "${key[@]}" "$(archives | head -1)" "$POOL/back"
same_as "$POOL/back" one
drop "$POOL/back"
say "a manifest missing everywhere is reported; archives that do not need it can be restored"

begin
id=$(archives | tail -1)
truncate -s 300 "$(manifest_of "$id")"
rm -r "$ZGLACIER_STATE_DIR"
expect 5 zg verify
said "manifests/$id.json"
more three
said "manifests/$id.json"
[ -e "$STORE_DIR/archives/$id/000001.zfs.zst.age" ] || die "the segments were removed"
expect 0 zg restore "${key[@]}" "$D" "$POOL/back"
same_as "$POOL/back" three
drop "$POOL/back"
say "a truncated manifest is reported; the next backup does not build on it, and removes nothing"

begin
id=$(archives | tail -1)
python3 - "$(manifest_of "$id")" <<'P'
import hashlib, re, sys
text = re.sub(r'"version": [0-9]+', '"version": 99', open(sys.argv[1]).read(), count=1)
text = text[:text.rindex(' "sha256": "')]
digest = hashlib.sha256(text.encode()).hexdigest()
open(sys.argv[1], "w").write(text + ' "sha256": "' + digest + '"\n}\n')
P
rm -r "$ZGLACIER_STATE_DIR"
expect 5 zg verify
said "manifests/$id.json"
said "newer"
expect 1 zg restore "${key[@]}" "$id" "$POOL/back"
said "install a newer zglacier"
more three
[ -e "$STORE_DIR/archives/$id/000001.zfs.zst.age" ] || die "the segments were removed"
expect 0 zg restore "${key[@]}" "$D" "$POOL/back"
same_as "$POOL/back" three
drop "$POOL/back"
say "a manifest of a newer format is reported, and not touched"

begin
id=$(archives | tail -1)
rm "$STORE_DIR/archives/$id"/0*
expect 5 zg verify
said "$id/000001"
expect 5 zg restore "${key[@]}" "$D" "$POOL/back"
said "$id/000001"
! zfs list "$POOL/back" >/dev/null 2>&1 || drop "$POOL/back"
expect 0 zg backup "${small[@]}" --full "$D"
expect 0 zg restore "${key[@]}" "$(archives | tail -1)" "$POOL/back"
same_as "$POOL/back" two
drop "$POOL/back"
say "a manifest whose segments are gone is damage; a full backup replaces it"

begin
more three
id=$(archives | tail -1)
bury "$id"
expect 0 zg list "${key[@]}" "$D"
said "yes, 2 archives"
said "archive $id was removed on 2026-11-27 (removed by a test)"
expect 0 zg verify
said "the next backup of its dataset on its host removes them"
expect 6 zg restore "${key[@]}" "$id" "$POOL/back"
expect 0 zg backup --dry-run "$D"
said "would remove what is left of archive $id"
more four
said "removing what is left of archive $id"
[ ! -e "$(manifest_of "$id")" ] || die "the manifest is still there"
[ ! -e "$STORE_DIR/archives/$id" ] || die "segments are still there"
[ -e "$STORE_DIR/removed/$id.json" ] || die "the tombstone is gone"
whole four 3
expect 0 zg verify
! grep -q "was removed on" "$WORK/out" || die "a finished removal is still reported"
say "an archive with a tombstone does not exist; the next backup removes what is left of it"

begin
id=$(archives | head -1)
bury "$id"
expect 0 zg verify
said "archive $id is not removed, though it has a tombstone"
said "archive $(archives | tail -1) builds on it"
rm "$(manifest_of "$id")"
more three
said "was put back"
whole three 3
say "a tombstone does not break a chain: the base of an archive that stays is kept"

begin
id=$(archives | tail -1)
mkdir "$STORE_DIR/removed"
tombstone "$(archives | head -1)" >"$STORE_DIR/removed/$id.json"
expect 5 zg verify
said "archive $id is not removed"
more three
said "archive $id is not removed"
rm "$STORE_DIR/removed/$id.json"
whole three 3
say "a tombstone that is damaged, or of another archive, removes nothing"

# Two hosts, each with its own name and state folder, use the same store and the same dataset name
# at the same time.
begin
on_host() {
    local name=$1
    shift
    ZGLACIER_STATE_DIR=$WORK/state-$name unshare --uts \
        sh -c 'hostname "$0" && exec "$@"' "$name" "$@"
}
zfs create "$POOL/other"
head -c 3000000 /dev/urandom >"$(mountpoint_of "$POOL/other")/data"
keep_listing "$POOL/other" other
for round in 1 2 3; do
    head -c 2000000 /dev/urandom >"$M/round-$round"
    on_host alpha "$ZGLACIER" backup "${small[@]}" "$D" >"$WORK/out-alpha" 2>&1 &
    first=$!
    on_host beta "$ZGLACIER" backup "${small[@]}" "$POOL/other" >"$WORK/out-beta" 2>&1 || {
        cat "$WORK/out-beta" >&2
        die "beta"
    }
    wait $first || { cat "$WORK/out-alpha" >&2; die "alpha"; }
    echo "$round" >"$(mountpoint_of "$POOL/other")/round"
    keep_listing "$POOL/other" other-now
    sleep 1
done
expect 0 on_host beta "$ZGLACIER" backup "$POOL/other"
keep_listing "$D" both
expect 0 on_host alpha "$ZGLACIER" verify
for pair in "$D both" "$POOL/other other-now"; do
    read -r dataset name <<<"$pair"
    host=(); [ "$dataset" != "$D" ] || host=(--host alpha)
    expect 0 zg restore "${key[@]}" "${host[@]}" "$dataset" "$POOL/back"
    same_as "$POOL/back" "$name"
    drop "$POOL/back"
done
# The dataset was backed up by two hosts by now, like a pool that was moved.
expect 2 zg restore "${key[@]}" "$D" "$POOL/back"
said "--host"
drop "$POOL/other"
say "two hosts write at once, each its own archives"

begin
sleep 1
echo three >"$M/three"
keep_listing "$D" three
expect 0 faketime '-400 days' "$ZGLACIER" backup "${small[@]}" "$D"
said "incremental"
whole three 3
more four
said "incremental"
whole four 4
say "a clock that was set back 400 days does not affect restores"

begin
mkdir -p "$WORK/another"
expect 0 zg init --store "dir:$WORK/another"
cp "$WORK/another/zglacier.json" "$STORE_DIR/zglacier.json"
expect 3 backup
said "would not be encrypted"
expect 0 zg restore "${key[@]}" "$D" "$POOL/back"
same_as "$POOL/back" two
drop "$POOL/back"
say "a record of another store cannot turn off encryption, and hides nothing"

begin
rm "$STORE_DIR/zglacier.json"
expect 5 backup
said "zglacier init"
expect 0 zg init --recipient "$recipient"
more three
whole three 3
say "a missing record is recreated by init, and the archives are kept"
echo "    $cases disagreements"
finish
