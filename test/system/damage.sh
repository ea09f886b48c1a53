#!/usr/bin/env bash
# Damage of every sort is found by verify and refused by restore, by the segment's name, with exit code 5.
. "$(dirname "$0")/lib.sh"

D=$POOL/damaged
zfs create "$D"
M=$(mountpoint_of "$D")
export ZGLACIER_STORE=$STORE
expect 0 zg init
fill "$M"
head -c 9000000 /dev/urandom >"$M/more"
count=0
for compression in zstd none; do
    expect 0 zg backup --full --compression $compression --segment-size 1MiB --part-size 256KiB "$D"
    id=$(archives | tail -1)
    folder=$STORE_DIR/archives/$id
    [ "$(find "$folder" -name '0*' | wc -l)" -ge 4 ] || die "too few segments to damage"
    suffix=zfs; [ $compression = none ] || suffix=zfs.zst
    cp -a "$folder" "$WORK/whole"
    size=$(stat -c %s "$folder/000002.$suffix")

    flip() { # FILE OFFSET: one bit
        local byte
        byte=$(dd if="$1" bs=1 skip="$2" count=1 status=none | od -An -tu1 | tr -d ' ')
        printf "\\x$(printf %02x $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
    }
    check() { # WHAT NAME: both commands name the segment; then everything is put back
        expect 5 zg verify
        said "archives/$id/$2"
        expect 5 zg restore "$id" "$POOL/refused"
        said "archives/$id/$2"
        for _ in 1 2 3 4 5; do zfs list "$POOL/refused" >/dev/null 2>&1 || break; sleep 0.2; done
        ! zfs list "$POOL/refused@$(zfs list -H -o name -r -d 1 -t snapshot "$D" | tail -1 | sed 's/.*@//')" >/dev/null 2>&1 || die "$1: a damaged archive was received"
        zfs destroy -r "$POOL/refused" 2>/dev/null || true
        rm -r "$folder"; cp -a "$WORK/whole" "$folder"
        count=$((count + 1))
    }
    for offset in 0 $((size / 2)) $((size - 1)); do flip "$folder/000002.$suffix" "$offset"; check "flip at $offset" "000002.$suffix"; done
    truncate -s $((size - 1)) "$folder/000002.$suffix"; check "one byte cut" "000002.$suffix"
    truncate -s 0 "$folder/000002.$suffix"; check "all cut" "000002.$suffix"
    printf x >>"$folder/000002.$suffix"; check "one byte more" "000002.$suffix"
    rm "$folder/000002.$suffix"; check "missing" "000002.$suffix"
    rm "$(ls "$folder"/0* | tail -1)"; check "the last one missing" "$(basename "$(ls "$WORK/whole"/0* | tail -1)")"
    mv "$folder/000002.$suffix" "$WORK/swap"; mv "$folder/000003.$suffix" "$folder/000002.$suffix"; mv "$WORK/swap" "$folder/000003.$suffix"; check "swapped" "000002.$suffix"
    cp "$folder/000002.$suffix" "$folder/000003.$suffix"; check "doubled in place of the next" "000003.$suffix"
    cat "$WORK/whole/000002.$suffix" >>"$folder/000002.$suffix"; check "doubled in itself" "000002.$suffix"
    flip "$folder/manifest.json" 40; expect 5 zg verify; said "manifest.json"
    head -c 100 "$WORK/whole/manifest.json" >"$folder/manifest.json"; expect 5 zg verify; said "manifest.json"
    rm -r "$folder"; mv "$WORK/whole" "$folder"
    expect 0 zg verify
    sleep 1
done
say "$count sorts of damage found and refused"
finish
