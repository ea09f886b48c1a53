#!/usr/bin/env bash
# A large upload that is killed at 20 random places results in one archive, and its restore, killed
# as often, in the same files: plain, encrypted, and raw. The bytes written to the store, and those
# read back, are at most the stream and a segment for each kill. LARGE_MB (2048), LARGE_KILLS (20),
# LARGE_RESTORE_KILLS (20), LARGE_SEED; LARGE_FIRST and LARGE_LAST: of the kinds plain (1),
# encrypted (2), raw (3). Takes about half an hour for each kind of stream under emulation.
. "$(dirname "$0")/lib.sh"
export ZGLACIER_STORE=$STORE
megabytes=${LARGE_MB:-2048}
kills=${LARGE_KILLS:-20}
restore_kills=${LARGE_RESTORE_KILLS:-20}
# A killed restore reads again, on average, half a segment, and the data in flight: six parts, some
# chunks, and up to 16 MiB in zfs receive. A segment is larger than all that together, a usual one
# of 1 GiB by far.
segment=$((megabytes << 20 >> 5))
options=(--segment-size "$segment" --part-size $((segment / 64)))
echo "seed $seed"
zg key generate >"$WORK/backup.key" 2>/dev/null
recipient=$(sed -n 's/# public key: //p' "$WORK/backup.key")
echo 'a passphrase' >"$WORK/phrase"

# stored_now: prints the size of the store.
stored_now() {
    find "$STORE_DIR" -name '0*' -printf '%s\n' |
        awk '{ sum += $1; n++ } END { printf "%.0f bytes in %d segments", sum, n }'
}
# killed KILLS read|written WHAT COMMAND...: runs it with this many kills, each time after a
# different number of bytes, and then to its end. $moved: bytes in all.
killed() {
    local kills=$1 how=$2 what=$3 n code bytes most left
    shift 3
    moved=0
    resumed=0
    for n in $(seq $((kills + 1))); do
        # On average so much that the last kill is near the end, but never so much that it ends
        # before.
        left=$(((megabytes << 20) - moved))
        [ $left -gt $((segment * (kills + 2 - n))) ] || left=$((segment * (kills + 2 - n)))
        most=$((segment / 2 + (RANDOM * 32768 + RANDOM) % (left * 3 / 2 / (kills + 2 - n))))
        [ "$n" -le "$kills" ] || most=0
        read -r code bytes < <("$(dirname "$0")/kill_after.py" "$how" "$most" "$@" 2>"$WORK/err")
        moved=$((moved + bytes))
        echo "      round $n: ended with $code after $bytes bytes; $(stored_now) are stored"
        # Messages that should not occur here.
        grep -hE 'starting the archive over|giving up|from the beginning|warning' "$WORK/err" |
            sed "s/^/      round $n: /" || true
        ! grep -q 'resuming archive' "$WORK/err" || resumed=$((resumed + 1))
        [ "$code" != 0 ] || break
        [ "$code" = 137 ] || { cat "$WORK/err" >&2; die "$what: exit code $code in round $n"; }
    done
    [ "$code" = 0 ] || die "$what does not end"
    [ "$n" = $((kills + 1)) ] ||
        die "$what ended before it was killed as often as it should be: choose another seed"
}
# within WHAT KILLS BYTES: at most BYTES were moved, plus a segment for each kill, at least one.
within() {
    local most=$(($3 + ($2 > 0 ? $2 : 1) * segment))
    echo "    $1: $2 kills, resumed $resumed times," \
        "$moved bytes for $3 (at most $most allowed)"
    [ "$2" = 0 ] || [ "$resumed" -gt 0 ] || die "$1: nothing was resumed"
    [ "$moved" -le "$most" ] || die "$1: too much"
}

# large NAME OPTIONS...: with these options of backup, of the dataset POOL/NAME.
large() {
    local name=$1 d=$POOL/$1 m n stored target=$POOL/$1-back
    shift
    m=$(mountpoint_of "$d")
    fill "$m"
    for n in $(seq $((megabytes / 64))); do head -c $((64 << 20)) /dev/urandom >"$m/large-$n"; done
    keep_listing "$d" "$name"
    STORE_DIR=$WORK/$name-store
    export ZGLACIER_STORE=dir:$STORE_DIR
    expect 0 zg init
    killed "$kills" written "$name: upload" "$ZGLACIER" backup "${options[@]}" "$@" "$d"
    [ "$(archives | wc -l)" = 1 ] || die "$name: more than one archive"
    nothing_left "$d" 99
    stored=$(cat "$STORE_DIR"/archives/*/0* | wc -c)
    within "$name: upload" "$kills" "$stored"
    killed "$restore_kills" read "$name: restore" \
        "$ZGLACIER" restore --identity "$WORK/backup.key" "$d" "$target"
    within "$name: restore" "$restore_kills" "$stored"
    [ "$name" != raw ] || zfs load-key "$target" <"$WORK/phrase"
    same_as "$target" "$name"
    say "$name: $megabytes MiB restored identical"
    drop "$target"
    drop "$d"
    rm -r "$STORE_DIR"
}
for sort in $(seq "${LARGE_FIRST:-1}" "${LARGE_LAST:-3}"); do
    case $sort in
        1) zfs create "$POOL/plain"; large plain ;;
        2) zfs create "$POOL/sealed"; large sealed --recipient "$recipient" ;;
        3)
            zfs create -o encryption=on -o keyformat=passphrase "$POOL/raw" <"$WORK/phrase"
            large raw
            ;;
    esac
done
finish
