#!/usr/bin/env bash
# Resuming streams at any record, on real OpenZFS: the output of zfs send -t is joined to what was
# sent before, and zfs receive -s is resumed with only a stored stream.
# CUT_STREAM: the program cut_stream. CUTS: how often for each kind of stream (20).
. "$(dirname "$0")/lib.sh"
: "${CUT_STREAM:?cut_stream}"
cuts=${CUTS:-20}
echo "seed $seed"
token_of() { zfs get -H -o value receive_resume_token "$1"; }
random() { echo $(((RANDOM * 32768 + RANDOM) % $1)); }

# Small files with extended attributes that need spill blocks, larger ones, sparse ones, and removed
# ones: records of every type.
few() {
    local n
    BIG_XATTR=$2 fill "$1"
    rm "$1/random"; head -c 300000 /dev/urandom >"$1/random"
    for n in $(seq 60); do head -c $((n * 40)) /dev/urandom >"$1/small-$n"; done
    for n in 1 2 3; do
        head -c 400000 /dev/urandom >"$1/noise-$n"
        seq "$n" 40000 >"$1/lines-$n"
    done
}
few_changed() {
    local n
    change "$1" 1
    for n in $(seq 5 3 60); do rm "$1/small-$n"; done
    for n in $(seq 20); do echo "$n" >"$1/more-$n"; done
    head -c 500000 /dev/urandom >"$1/noise-2"
}
same() { # DATASET NAME
    [ ! -f "$WORK/key-$2" ] || zfs load-key "$1" <"$WORK/key-$2" 2>/dev/null || true
    same_as "$1" "$2"
}

# rest NAME PERCENT PLACE: writes the stream that the receiver still needs to $WORK/resumed.
rest() {
    "$CUT_STREAM" resume "$WORK/$1.stream" "$(token_of "$POOL/resumed")" "$2" \
        >"$WORK/resumed" 2>"$WORK/place" || {
        cat "$WORK/place"
        die "$1: byte $3"
    }
}
# cut NAME BASE: cuts the stream $WORK/NAME.stream again and again; BASE is received first ("" for a
# full stream).
cut() {
    local name=$1 base=$2 listing=$3 n place size count percent
    count=$("$CUT_STREAM" count "$WORK/$name.stream")
    size=$(stat -c %s "$WORK/$name.stream")
    for n in $(seq "$cuts"); do
        place=$(random "$count")
        [ -z "$base" ] || zfs receive -u "$POOL/spliced" <"$WORK/$base.stream"
        zfs send -t "$("$CUT_STREAM" token "$WORK/$name.stream" "$place")" |
            "$CUT_STREAM" splice "$WORK/$name.stream" "$place" >"$WORK/spliced" ||
            die "$name: place $place of $count"
        zfs receive -u "$POOL/spliced" <"$WORK/spliced" ||
            die "$name: place $place of $count was not received"
        same "$POOL/spliced" "$listing"
        drop "$POOL/spliced"
    done
    echo "    $name: $cuts of $count places spliced"
    for n in $(seq "$cuts"); do
        [ -z "$base" ] || zfs receive -u "$POOL/resumed" <"$WORK/$base.stream"
        place=$((1000 + $(random $((size - 1000)))))
        head -c "$place" "$WORK/$name.stream" |
            zfs receive -s -u "$POOL/resumed" 2>/dev/null && die "$name: a part was received"
        if [ "$(token_of "$POOL/resumed" 2>/dev/null || echo -)" = - ]; then
            # So little was received that nothing was kept.
            zfs receive -s -u "$POOL/resumed" <"$WORK/$name.stream"
        else
            # A second cut, in the resumed stream.
            percent=$(random 101)
            rest "$name" "$percent" "$place"
            head -c $(($(stat -c %s "$WORK/resumed") / 2)) "$WORK/resumed" |
                zfs receive -s -u "$POOL/resumed" 2>/dev/null && die "$name: half was received"
            rest "$name" "$percent" "$place"
            zfs receive -s -u "$POOL/resumed" <"$WORK/resumed" || {
                cat "$WORK/place"
                die "$name: not resumed at byte $place of $size"
            }
        fi
        same "$POOL/resumed" "$listing"
        drop "$POOL/resumed"
    done
    say "$name: $cuts places spliced, $cuts receives resumed"
}

# two NAME FLAGS...: tests a full and an incremental stream of POOL/NAME sent with FLAGS.
two() {
    local name=$1 d=$POOL/$1
    shift
    few "$(mountpoint_of "$d")" "${big:-yes}"
    zfs snapshot "$d@one"
    keep_listing "$d" "$name-one"
    sleep 1
    few_changed "$(mountpoint_of "$d")"
    zfs snapshot "$d@two"
    keep_listing "$d" "$name-two"
    zfs send "$@" "$d@one" >"$WORK/$name.stream"
    zfs send "$@" -i @one "$d@two" >"$WORK/$name-i.stream"
    cut "$name" "" "$name-one"
    cut "$name-i" "$name" "$name-two"
}

zfs create "$POOL/plain"
two plain
zfs create -o compression=lz4 -o recordsize=1M "$POOL/packed"
two packed -p -L -c
zfs create -o compression=zstd "$POOL/embedded"
big=no two embedded -e -c
for name in raw-one raw-two; do echo 'a passphrase' >"$WORK/key-$name"; done
zfs create -o encryption=on -o keyformat=passphrase "$POOL/raw" <"$WORK/key-raw-one"
two raw -w
finish
