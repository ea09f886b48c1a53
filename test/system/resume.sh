#!/usr/bin/env bash
# An upload resumes where it stopped: killed again and again, it results in one archive whose stream
# zfs receive accepts, and nothing that was stored is uploaded twice. It resumes by tokens if zfs
# send takes them, else by sending again and skipping what is stored. RESUME_CUTS: how often (8).
# RESUME_MB: size of the dataset (24).
# RESUME_SAMPLE=1: only one of the things that may be wrong with an unfinished archive, chosen by
# the seed.
. "$(dirname "$0")/lib.sh"
export ZGLACIER_STORE=$STORE
cuts=${RESUME_CUTS:-8}
megabytes=${RESUME_MB:-24}
segment=1048576
options=(--segment-size 1MiB --part-size 256KiB)
echo "seed $seed"
has_tokens() { { zfs 2>&1 || true; } | grep -qF -- '-t <receive_resume_token>'; }
can_raw() { { zfs 2>&1 || true; } | grep -q 'send \[-[A-Za-z]*w'; }
zg key generate >"$WORK/backup.key" 2>/dev/null
recipient=$(sed -n 's/# public key: //p' "$WORK/backup.key")

# parts_put: the number of parts that the run with the steps in $WORK/steps has begun to put.
parts_put() { grep -c 'store.put_part.* begin' "$WORK/steps" || true; }

# cut_backup DATASET OPTIONS...: kills a backup $cuts times at random steps, then lets it end.
# $parts: parts put in all.
cut_backup() {
    local d=$1 n code step ended=no
    shift
    parts=0
    resumed=0
    for n in $(seq "$cuts"); do
        rm -f "$WORK/steps"
        code=0
        # The first kill is in the second segment.
        step=75
        [ "$n" = 1 ] || step=$((30 + RANDOM % 70))
        ZGLACIER_TEST_STEP_LOG="$WORK/steps" ZGLACIER_TEST_CRASH_AT=$step \
            zg backup "${options[@]}" "$@" "$d" >"$WORK/out" 2>"$WORK/err" || code=$?
        parts=$((parts + $(parts_put)))
        ! grep -q 'resuming archive' "$WORK/err" || resumed=$((resumed + 1))
        [ "$code" = 137 ] && continue
        [ "$code" = 0 ] || { cat "$WORK/err" >&2; die "exit code $code in round $n"; }
        ended=yes
        break
    done
    [ $ended = yes ] && return 0
    zg list >"$WORK/listed"
    rm -f "$WORK/steps"
    ZGLACIER_TEST_STEP_LOG="$WORK/steps" expect 0 zg backup "${options[@]}" "$@" "$d"
    parts=$((parts + $(parts_put)))
    if grep -q '^unfinished: .* in [1-9][0-9]* segment' "$WORK/listed"; then
        said "resuming archive"
        resumed=$((resumed + 1))
    fi
    if has_tokens; then
        ! grep -q 'sending from the beginning' "$WORK/err" || {
            cat "$WORK/err" >&2
            die "the token was not accepted"
        }
    fi
}
stored_bytes() { du -cb "$STORE_DIR"/archives/"$1"/0* | tail -1 | cut -f1; }

# try NAME DATASET OPTIONS...: a backup that is killed again and again leaves one sound archive and
# nothing else, and has uploaded little twice.
try() {
    local name=$1 d=$2 id
    shift 2
    cut_backup "$d" "$@"
    id=$(archives | tail -1)
    nothing_left "$d" 99
    # Each kill loses at most the current segment: its parts, and the one that was being filled.
    local most=$(($(stored_bytes "$id") / 262144 + 1 + (cuts + 1) * (segment / 262144 + 5)))
    [ "$parts" -le "$most" ] || die "$name: $parts parts were put, expected at most $most"
    [ "$resumed" -gt 0 ] || die "$name: nothing was resumed"
    expect 0 zg verify --identity "$WORK/backup.key"
    say "$name: resumed $resumed times, $parts parts put for $(stored_bytes "$id") bytes" \
        "(at most $most allowed)"
}
same_restored() {
    local target=$1 keep=$2 d=$3
    expect 0 zg restore --identity "$WORK/backup.key" "$d" "$target"
    [ -z "${4:-}" ] || zfs load-key "$target" <"$4"
    same_as "$target" "$keep"
}

# unfinished_backup OPTIONS...: kills a backup of $D when the store has confirmed a segment;
# $unfinished is its archive.
unfinished_backup() {
    local step
    for step in 60 75 90 105; do
        ! ZGLACIER_TEST_CRASH_AT=$step zg backup "${options[@]}" "$@" "$D" >/dev/null 2>&1 ||
            die "it was not killed"
        expect 0 zg list
        unfinished=$(sed -n 's/^unfinished: \([^ ]*\).* in [1-9][0-9]* segment.*/\1/p' "$WORK/out")
        [ -z "$unfinished" ] || return 0
    done
    die "no segment was stored"
}

expect 0 zg init
D=$POOL/long
zfs create "$D"
M=$(mountpoint_of "$D")
fill "$M"
for n in $(seq $((megabytes / 2))); do
    head -c 1500000 /dev/urandom >"$M/noise-$n"
    seq "$n" 60000 >"$M/text-$n"
done
keep_listing "$D" full
try "full, none" "$D" --compression none
same_restored "$POOL/back" full "$D"
say "a full archive made in many runs is restored identical"
change "$M" 1
for n in $(seq 3 2 $((megabytes / 2))); do
    rm "$M/noise-$n"
    head -c 1700000 /dev/urandom >"$M/more-$n"
done
keep_listing "$D" incremental
try "incremental, zstd" "$D" --compression zstd
same_restored "$POOL/back" incremental "$D"
say "an incremental one, too"
decoded "$(archives | tail -1)" | zg stream inspect >"$WORK/out"
said "all checksums are correct"
say "the archive holds one stream, and all its checksums are good"

unfinished_backup --full
said "zglacier backup $D"
said " ago): "
snapshot=$(zfs list -H -o name -r -d 1 -t snapshot "$D" | tail -1)
# A zfs send that has not ended yet has its own hold.
[ "$(zfs get -Hp -o value userrefs "$snapshot")" -ge 1 ] ||
    die "the snapshot of the unfinished archive is not held"
expect 0 zg backup --dry-run "$D"
said "would start by resuming archive $unfinished"
expect 0 zg backup --dry-run --restart "$D"
! grep -q "$unfinished" "$WORK/out" || die "--restart would resume it"
expect 0 zg list
said "unfinished: $unfinished"
say "an unfinished archive is listed with its age, its snapshot held," \
    "and a dry run reports what the next backup will do"
sleep 1
head -c 100000 /dev/urandom >"$M/since"
keep_listing "$D" since
expect 0 zg backup "${options[@]}" "$D"
said "resuming archive $unfinished"
said "incremental archive"
nothing_left "$D"
same_restored "$POOL/since" since "$D"
say "the next backup finishes it and stores later changes"

unfinished_backup --full
sleep 1
expect 0 zg backup "${options[@]}" --restart --full "$D"
said "giving up the unfinished archive $unfinished"
[ ! -e "$STORE_DIR/archives/$unfinished" ] || {
    cat "$WORK/err"
    ls -l "$STORE_DIR/archives/$unfinished" >&2
    die "the segments of the archive that was given up still exist"
}
expect 0 zg list
! grep -q unfinished "$WORK/out" || die "it is still listed"
nothing_left "$D"
say "--restart gives it up, and removes its segments"

states=(journal-lost segment-lost segment-more other-recipient snapshot-lost)
[ -z "${RESUME_SAMPLE:-}" ] || states=("${states[seed % 5]}")
for state in "${states[@]}"; do
    unfinished_backup --full --recipient "$recipient"
    folder=$STORE_DIR/archives/$unfinished
    to=$recipient
    case $state in
        journal-lost) rm -r "$ZGLACIER_STATE_DIR" ;;
        segment-lost)
            [ ! -e "$folder/000002.zfs.zst.age" ] || rm "$(ls "$folder"/0* | tail -1)"
            ;;
        segment-more) cp "$folder/000001"* "$folder/000077.zfs.zst.age" ;;
        other-recipient)
            to=$(zg key generate 2>/dev/null | tee "$WORK/other.key" |
                sed -n 's/# public key: //p')
            ;;
        snapshot-lost)
            snapshot=$(zfs list -H -o name -r -d 1 -t snapshot "$D" | tail -1)
            store_id=$(sed -n 's/.*"id": "\(............\).*/\1/p' "$STORE_DIR/zglacier.json")
            zfs release "zglacier-$store_id" "$snapshot"
            # zfs-fuse may keep it busy for ever.
            zfs destroy "$snapshot" || ! has_tokens || die "it cannot be destroyed"
            ;;
    esac
    head -c 1000 /dev/urandom >"$M/$state"
    keep_listing "$D" state
    expect 0 zg backup "${options[@]}" --full --recipient "$to" "$D"
    case $state in
        segment-*) said "resuming archive $unfinished" ;;
        other-recipient) said "giving up the unfinished archive $unfinished" ;;
    esac
    [ $state != snapshot-lost ] || ! has_tokens ||
        said "giving up the unfinished archive $unfinished"
    nothing_left "$D"
    expect 0 zg verify
    said "OK: "
    ! grep -q "does not list this segment" "$WORK/out" || die "a stray segment was left"
    key=$WORK/backup.key
    [ $state != other-recipient ] || key=$WORK/other.key
    expect 0 zg restore --identity "$key" "$D" "$POOL/$state"
    same_as "$POOL/$state" state
    drop "$POOL/$state"
    say "$state: the result is complete and clean"
done

if can_raw; then
    echo 'a passphrase' >"$WORK/phrase"
    zfs create -o encryption=on -o keyformat=passphrase "$POOL/crypt" <"$WORK/phrase"
    M=$(mountpoint_of "$POOL/crypt")
    fill "$M"
    for n in $(seq $((megabytes / 3))); do head -c 1500000 /dev/urandom >"$M/noise-$n"; done
    keep_listing "$POOL/crypt" crypt
    try "raw" "$POOL/crypt"
    same_restored "$POOL/crypt-back" crypt "$POOL/crypt" "$WORK/phrase"
    change "$M" 1
    head -c 9000000 /dev/urandom >"$M/large"
    keep_listing "$POOL/crypt" crypt
    try "raw incremental, encrypted" "$POOL/crypt" --recipient "$recipient"
    same_restored "$POOL/crypt-back" crypt "$POOL/crypt"
    say "raw archives made in many runs are restored identical"
    zfs create -o compression=lz4 -o recordsize=1M "$POOL/blocks"
    M=$(mountpoint_of "$POOL/blocks")
    fill "$M"
    for n in $(seq $((megabytes / 3))); do
        head -c 1500000 /dev/urandom >"$M/noise-$n"
        seq "$n" 90000 >"$M/text-$n"
    done
    keep_listing "$POOL/blocks" blocks
    cuts=4 try "large, compressed and embedded blocks" "$POOL/blocks" --large-blocks --compressed
    same_restored "$POOL/blocks-back" blocks "$POOL/blocks"
    zfs create -s -V 64M "$POOL/volume"
    volume=$(device_of "$POOL/volume")
    head -c 12000000 /dev/urandom | dd of="$volume" bs=1M seek=3 status=none conv=fsync
    cuts=3 try "a volume" "$POOL/volume"
    expect 0 zg restore "$POOL/volume" "$POOL/volume-back"
    cmp "$volume" "$(device_of "$POOL/volume-back")" || die "the volume is not the same"
    say "large blocks and a volume"
fi
finish
