#!/usr/bin/env bash
# The damage matrix: each kind of damage, at each place of an archive and in the store's record, in
# archives of each encoding, is found by verify and refused by restore, with the object's name and
# exit code 5.
. "$(dirname "$0")/lib.sh"
D=$POOL/damaged
zfs create "$D"
M=$(mountpoint_of "$D")
export ZGLACIER_STORE=$STORE
zg key generate >"$WORK/backup.key" 2>/dev/null
recipient=$(sed -n 's/# public key: //p' "$WORK/backup.key")
key=(--identity "$WORK/backup.key")
count=0
small=(--segment-size 256KiB --part-size 128KiB)

flip() { # FILE OFFSET: one bit
    local byte
    byte=$(dd if="$1" bs=1 skip="$2" count=1 status=none | od -An -tu1 | tr -d ' ')
    printf "\\x$(printf %02x $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
take_out() { # FILE OFFSET: ten bytes
    { head -c "$2" "$1"; tail -c +"$(($2 + 11))" "$1"; } >"$WORK/cut"
    cp "$WORK/cut" "$1"
}
swap() { mv "$1" "$WORK/swap"; mv "$2" "$1"; mv "$WORK/swap" "$2"; }

# refused WHAT NAME...: verify, and restore on a machine without a catalog, both end with 5 and name
# one of NAMEs; then everything is put back.
refused() {
    local what=$1 command got
    shift
    for command in verify restore; do
        [ $command = verify ] || rm -rf "$ZGLACIER_STATE_DIR"
        got=0
        if [ $command = verify ]; then
            zg verify >"$WORK/out" 2>"$WORK/err" || got=$?
        else
            zg restore "${key[@]}" "$D" "$POOL/refused" >"$WORK/out" 2>"$WORK/err" || got=$?
        fi
        [ $got = 5 ] || {
            cat "$WORK/out" "$WORK/err" >&2
            die "$encoding, $what: exit code $got of $command"
        }
        grep -qF "$(printf '%s\n' "$@")" "$WORK/out" "$WORK/err" || {
            cat "$WORK/out" "$WORK/err" >&2
            die "$encoding, $what: $command does not name $*"
        }
    done
    ! zfs list -H -o name -r -t snapshot "$POOL/refused" 2>/dev/null |
        grep -q "@$(basename "$newest_snapshot" | sed 's/.*@//')" ||
        die "$what: the damaged chain was received to its end"
    ! zfs list "$POOL/refused" >/dev/null 2>&1 || drop "$POOL/refused"
    rm -rf "$STORE_DIR"
    cp -a "$WORK/whole" "$STORE_DIR"
    count=$((count + 1))
}

# a_store INIT...: a chain of three archives, kept in $WORK/whole; $id is the middle one.
a_store() {
    local round
    rm -rf "$STORE_DIR" "$WORK/whole" "$ZGLACIER_STATE_DIR"
    expect 0 zg init "${@:2}"
    for round in 0 1 2; do
        head -c 1900000 /dev/urandom >"$M/data"
        seq $round 60000 >"$M/text"
        expect 0 zg backup "${small[@]}" --compression "$1" "$D"
        sleep 1
    done
    newest_snapshot=$(zfs list -H -o name -r -d 1 -t snapshot "$D" | tail -1)
    cp -a "$STORE_DIR" "$WORK/whole"
    id=$(archives | sed -n 2p)
    other=$(archives | sed -n 1p)
    folder=$STORE_DIR/archives/$id
    mapfile -t segments < <(cd "$folder" && ls 0*)
    [ ${#segments[@]} -ge 3 ] || die "too few segments to damage"
}

damage_segments() {
    local place offset size n name next
    for place in start middle end; do
        # Damage within the bytes of a segment, and to a whole segment: the first, one in the
        # middle, the last.
        case $place in start) n=0 ;; middle) n=1 ;; end) n=$((${#segments[@]} - 1)) ;; esac
        name=${segments[n]}
        next=${segments[n == 0 ? 1 : n - 1]}
        size=$(stat -c %s "$folder/${segments[1]}")
        case $place in
            start) offset=0 ;;
            middle) offset=$((size / 2)) ;;
            end) offset=$((size - 10)) ;;
        esac
        flip "$folder/${segments[1]}" $offset
        refused "flip at $offset" "archives/$id/${segments[1]}"
        take_out "$folder/${segments[1]}" $offset
        refused "cut at $offset" "archives/$id/${segments[1]}"
        rm "$folder/$name"
        refused "$name deleted" "archives/$id/$name"
        swap "$folder/$name" "$folder/$next"
        refused "$name swapped" "archives/$id/$name" "archives/$id/$next"
        cp "$folder/$name" "$folder/$next"
        refused "$name duplicated" "archives/$id/$next"
        cp "$STORE_DIR/archives/$other/$name" "$folder/$name"
        refused "$name of another archive" "archives/$id/$name"
    done
    truncate -s 0 "$folder/${segments[1]}"
    refused "all cut" "archives/$id/${segments[1]}"
    cat "$WORK/whole/archives/$id/${segments[1]}" >>"$folder/${segments[1]}"
    refused "duplicated in itself" "archives/$id/${segments[1]}"
}

# damage_record FILE OTHER NAME...: damage to a record; OTHER is another record.
damage_record() {
    local file=$1 other=$2 name size offset
    shift 2
    name=$(basename "$file")
    size=$(stat -c %s "$file")
    for offset in 40 $((size / 2)) $((size - 10)); do
        flip "$file" $offset
        refused "$name: flip at $offset" "$@"
    done
    for offset in 0 $((size / 2)) $((size - 10)); do
        take_out "$file" $offset
        refused "$name: cut at $offset" "$@"
    done
    head -c $((size / 2)) "$file" >"$WORK/half"
    cp "$WORK/half" "$file"
    refused "$name: half of it" "$@"
    : >"$file"
    refused "$name: empty" "$@"
    rm "$file"
    refused "$name deleted" "$@"
    swap "$file" "$other"
    refused "$name swapped" "$@"
    cat "$file" >"$WORK/twice"
    cat "$WORK/twice" >>"$file"
    refused "$name duplicated" "$@"
    cp "$other" "$file"
    refused "$name of another" "$@"
}

for encoding in plain zstd age; do
    before=$count
    case $encoding in
        plain) a_store none ;;
        zstd) a_store zstd ;;
        age) a_store zstd --recipient "$recipient" ;;
    esac
    damage_segments
    # A catalog with the archive must not hide that its manifest is gone.
    damage_record "$(manifest_of "$id")" "$(manifest_of "$other")" "$id"
    # The record of another store is valid: see disagreement.sh.
    damage_record "$STORE_DIR/zglacier.json" "$(manifest_of "$other")" zglacier.json
    expect 0 zg verify
    expect 0 zg restore "${key[@]}" "$D" "$POOL/whole-$encoding"
    say "$encoding: $((count - before)) kinds of damage found and refused"
done
echo "    $count kinds of damage in all"
finish
