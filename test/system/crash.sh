#!/usr/bin/env bash
# The crash matrix: kill -9 at every step of a backup, of a resumed one, of one that gives up an
# unfinished archive, of one that finishes a removal, of a restore, of a resumed one, and of a
# rebuild of the catalog. After another run the result is complete and identical, and nothing of
# ours is left over. The steps are those that the program announces: every change in the store,
# every write to the catalog, every zfs command that changes something; they are printed.
# CRASH_STORE: 1 a folder (the default), 2 S3 and 3 a Glacier vault, both cold, on a fake_aws of
# this test. CRASH_SEALED=1: encrypted. CRASH_STRIDE=N: a sample, every N-th step only; the seed
# determines the first one.
# CRASH_OPS: which of backup incremental resumed-backup giving-up removal restore resumed-restore
# rebuild.
. "$(dirname "$0")/lib.sh"
kind=${CRASH_STORE:-1}
stride=${CRASH_STRIDE:-1}
first=$((1 + seed % stride))
ops=${CRASH_OPS:-backup incremental resumed-backup giving-up removal restore resumed-restore \
    rebuild}
D=$POOL/crash
zfs create "$D"
M=$(mountpoint_of "$D")
mkdir -p "$M/sub"
total=0
stores=0
init=() key=()
if [ -n "${CRASH_SEALED:-}" ]; then
    zg key generate >"$WORK/backup.key" 2>/dev/null
    init=(--recipient "$(sed -n 's/# public key: //p' "$WORK/backup.key")")
    key=(--identity "$WORK/backup.key")
fi
if [ "$kind" != 1 ]; then
    . "$(dirname "$0")/s3_lib.sh"
    start_s3 --bucket bucket:eu-central-1
    export AWS_REGION=eu-central-1 AWS_ENDPOINT_URL_S3=$ENDPOINT AWS_ENDPOINT_URL_GLACIER=$ENDPOINT
    STORE_DIR=$WORK/none
    mkdir -p "$STORE_DIR/archives"
fi
# Several segments of more than one part: as small as the store takes parts.
case $kind in
    1) size=420000 segment=256KiB part=128KiB ;;
    2) size=8000000 segment=5MiB part=5MiB ;;
    3) size=2500000 segment=1MiB part=1MiB ;;
esac
# Data that is sealed at once belongs to one segment.
[ "$kind" != 1 ] || [ -z "${CRASH_SEALED:-}" ] || size=2500000 segment=1MiB part=512KiB
options=(--segment-size $segment --part-size $part --compression none)

ours() { zfs list -H -o name -r -d 1 -t snapshot "$D" | grep '@zglacier-' || true; }
# zfs-fuse may report a snapshot as busy for ever if its zfs send was killed.
keeps_busy() { ! { zfs 2>&1 || true; } | grep -qF -- '-t <receive_resume_token>'; }
# fresh: an empty store, an empty state folder, and a dataset without the snapshots of the previous
# store. $kept: those that zfs-fuse reports as busy because of a killed zfs send.
fresh() {
    local snapshot
    for snapshot in $(ours); do zfs destroy "$snapshot" 2>/dev/null || true; done
    kept=$(ours | wc -l)
    stores=$((stores + 1))
    rm -rf "$ZGLACIER_STATE_DIR"
    case $kind in
        1) rm -rf "$STORE_DIR"; ZGLACIER_STORE=$STORE ;;
        2) ZGLACIER_STORE=s3://bucket/store-$stores ;;
        3) ZGLACIER_STORE=glacier://eu-central-1/store-$stores ;;
    esac
    export ZGLACIER_STORE
    expect 0 zg init "${init[@]}"
}
new_data() { head -c $size /dev/urandom >"$M/data"; echo "$1" >"$M/sub/note"; }
backup() { zg backup "${options[@]}" "$@" "$D"; }
restore() { zg restore --yes "${key[@]}" "$D" "$POOL/$1"; }
# Advances the clock until every requested thaw is done and its copy still readable.
thawed() { [ "$kind" = 1 ] || control clock '{"advance": 43260}'; }
# Advances the clock until every thawed copy has expired.
cold_again() { [ "$kind" = 1 ] || control clock '{"advance": 8640000}'; }
# whole_restore NAME TARGET: restores all, thaw included, and compares.
whole_restore() {
    if [ "$kind" != 1 ]; then
        cold_again
        expect 75 restore "$2"
        thawed
    fi
    expect 0 restore "$2"
    same_as "$POOL/$2" "$1"
    drop "$POOL/$2"
}
vault_uploads() { python_s3 vaults "" "sum(len(v['uploads']) for v in s['vaults'].values())"; }
# clean: verify finds the store complete and no object without an archive; no upload, hold, snapshot
# or temporary file is left.
clean() {
    expect 0 zg verify
    ! grep -q 'does not list this segment\|without a manifest' "$WORK/out" || {
        cat "$WORK/out" >&2
        die "a stray segment was left"
    }
    if keeps_busy; then nothing_left "$D" 999; else nothing_left "$D" $((kept + 1)); fi
    case $kind in
        2) [ "$(uploads)" = 0 ] || die "an upload was left" ;;
        3) [ "$(vault_uploads)" = 0 ] || die "an upload was left" ;;
    esac
}

# steps_of TITLE COMMAND...: runs it to its end and prints its steps, with the number of each kind.
steps_of() {
    local title=$1
    shift
    rm -f "$WORK/steps"
    ZGLACIER_TEST_STEP_LOG="$WORK/steps" "$@" >"$WORK/out" 2>"$WORK/err" || [ $? = 75 ] || {
        cat "$WORK/err" >&2
        die "$*"
    }
    echo "    steps of $title: $(wc -l <"$WORK/steps")"
    # Removes numbers and names that differ from run to run.
    sed -E 's/^[0-9]+ //
        s/[0-9]{8}T[0-9]{6}Z(-[0-9a-f]{8})?/ID/g
        s/[~][0-9a-f~]{16,}[0-9~]*/~/
        s/00000[0-9]\.zfs(\.age)?( [0-9]+)?/SEGMENT/
        s/[0-9a-f]{32}/STORE/' "$WORK/steps" | sort | uniq -c |
        awk '{ n = $1; $1 = ""; printf "      %3d %s\n", n, $0 }'
}
# killed_at N COMMAND...: runs it and kills it at step N; returns 1 if it has fewer steps.
killed_at() {
    local code=0 n=$1
    shift
    ZGLACIER_TEST_CRASH_AT=$n "$@" >"$WORK/out" 2>"$WORK/err" || code=$?
    [ "$code" = 137 ] && return 0
    case $code in 0 | 75) return 1 ;; esac
    cat "$WORK/err" >&2
    die "step $n: exit code $code instead of a kill"
}
# settled DATASET: waits until a zfs receive that has lost its input ends.
settled() {
    for _ in $(seq 600); do
        pgrep --ns $$ --nslist mnt -f "zfs receive .*$1" >/dev/null || return 0
        sleep 0.1
    done
}
count() { total=$((total + 1)); kills=$((kills + 1)); n=$((n + stride)); }
report() {
    local steps="each step"
    [ $stride = 1 ] || steps="each $stride. step from $first on"
    [ $((n - 1)) -ge 4 ] || die "$1 has only $((n - 1)) steps"
    say "$1: killed $kills times, at $steps, and run again"
}

# kill_backups TITLE FULL: kills a backup at each step.
kill_backups() {
    local n=$first kills=0 extra=()
    [ "$2" = no ] || extra=(--full)
    fresh
    new_data first
    [ "$2" = no ] && expect 0 backup
    new_data list
    steps_of "$1" backup "${extra[@]}"
    while :; do
        # A chain that grows with every step would make this quadratic.
        if [ $((kills % 10)) = 0 ]; then fresh; expect 0 backup; fi
        new_data "$n $1"
        killed_at "$n" backup "${extra[@]}" || break
        keep_listing "$D" crash
        expect 0 backup
        clean
        [ $((kills % 10)) != 0 ] || whole_restore crash whole
        count
    done
    report "$1"
}

# unfinished: an unfinished archive of which a segment is confirmed.
unfinished() {
    local at
    rm -f "$WORK/steps"
    ZGLACIER_TEST_STEP_LOG="$WORK/steps" ZGLACIER_TEST_CRASH_AT=${unfinished_at:-1000} \
        backup --full >"$WORK/out" 2>"$WORK/err" || true
    [ -z "${unfinished_at:-}" ] || return 0
    at=$(grep -n 'catalog.journal_segment.* end' "$WORK/steps" | head -1 | cut -d: -f1)
    unfinished_at=$((at + 3))
}
# kill_resumed_backups TITLE OPTIONS...: kills a backup that finds an unfinished archive, at each
# step.
kill_resumed_backups() {
    local n=$first kills=0 unfinished_at= title=$1
    shift
    fresh
    new_data first
    unfinished
    new_data list
    unfinished
    expect 0 zg list
    said "unfinished: "
    steps_of "$title" backup "$@"
    [ $# -gt 0 ] || said "resuming archive"
    while :; do
        if [ $((kills % 10)) = 0 ]; then fresh; fi
        new_data "$n $title"
        keep_listing "$D" crash
        unfinished
        killed_at "$n" backup "$@" || break
        expect 0 backup
        clean
        [ $((kills % 5)) != 0 ] || whole_restore crash whole
        count
    done
    report "$title"
}

# ids: prints the ids of the store's archives, as `list` shows them, oldest first.
ids() { zg list --json 2>/dev/null | python3 -c 'import json, sys
for archive in json.load(sys.stdin)["archives"]: print(archive["id"])'; }
debian_aws() { /usr/bin/aws --endpoint-url "$ENDPOINT" --region eu-central-1 "$@" >/dev/null; }
# put_tombstones ID...: writes tombstones, like a prune on another machine.
put_tombstones() {
    local id text
    for id in "$@"; do
        tombstone "$id" >"$WORK/tombstone"
        case $kind in
            1) bury "$id" ;;
            2) debian_aws s3 cp "$WORK/tombstone" "$ZGLACIER_STORE/removed/$id.json" ;;
            3)
                zstd -qc "$WORK/tombstone" | base64 -w 0 >"$WORK/text"
                text=$(cat "$WORK/text")
                debian_aws glacier upload-archive --account-id - --vault-name "store-$stores" \
                    --archive-description "zglacier/1 h 1 1/1 removed/$id.json $text" \
                    --body "$WORK/text"
                ;;
        esac
    done
    [ "$kind" = 3 ] || return 0
    # This machine's list of the vault does not contain them, and an inventory is read at most once
    # a day: so the list is dropped and rebuilt from the next inventory.
    rm -r "$ZGLACIER_STATE_DIR"
    control clock '{"advance": 90000}'
    expect 75 rebuild
    control clock '{"advance": 18060}'
    expect 0 rebuild
}
# names_of ID: prints the names of the objects of an archive, except its tombstone.
names_of() {
    case $kind in
        1) (cd "$STORE_DIR" && find . -type f) ;;
        2) objects ;;
        3) python_s3 vaults "" "[a['description'] for v in s['vaults'].values()
               for a in v['archives']]" ;;
    esac | grep -F "$1" | grep -v 'removed/' || true
}
# kill_removals: at each step, kills a backup that removes what is left of two archives.
kill_removals() {
    local n=$first kills=0 old id
    fresh
    while :; do
        # A chain of two archives, and a new full one, on which the backup will build.
        new_data "$n first"
        expect 0 backup --full
        new_data "$n second"
        expect 0 backup
        mapfile -t old < <(ids)
        new_data "$n third"
        expect 0 backup --full
        put_tombstones "${old[@]}"
        expect 0 zg list
        said "archive ${old[0]} was removed on 2026-11-27 (removed by a test)"
        expect 0 zg backup --dry-run "$D"
        said "would remove what is left of archive ${old[0]}"
        new_data "$n fourth"
        keep_listing "$D" crash
        [ $kills != 0 ] || [ -n "${listed:-}" ] || {
            listed=yes
            steps_of "a backup that finishes a removal" backup
            continue
        }
        killed_at "$n" backup || break
        expect 0 backup
        clean
        ! grep -q 'was removed on' "$WORK/out" || die "the removal was not finished"
        for id in "${old[@]}"; do
            [ -z "$(names_of "$id")" ] || die "something is left of $id: $(names_of "$id")"
        done
        [ "$(ids | wc -l)" = 2 ] || die "there are not two archives"
        [ $((kills % 10)) != 0 ] || whole_restore crash whole
        count
    done
    report "a backup that finishes a removal"
}

# a_chain: a full archive and two incremental ones.
a_chain() {
    fresh
    for round in 0 1 2; do
        head -c $((size / 2)) /dev/urandom >"$M/data-$round"
        keep_listing "$D" crash
        expect 0 backup
        sleep 1
    done
}
# restores: the restore, run again, brings back the data; counts it.
restores() {
    expect 0 restore back
    same_as "$POOL/back" crash
    drop "$POOL/back"
    count
}
kill_restores() {
    local n=$first kills=0
    a_chain
    if [ "$kind" != 1 ]; then
        cold_again
        steps_of "requesting a thaw" restore back
        while cold_again && killed_at "$n" restore back; do
            expect 75 restore back
            thawed
            restores
        done
        report "requesting a thaw"
        thawed
        n=$first kills=0
    fi
    steps_of "a restore" restore back
    drop "$POOL/back"
    while killed_at "$n" restore back; do
        settled "$POOL/back"
        restores
    done
    drop "$POOL/back"
    report "a restore"
}

can_resume_receive() { { zfs 2>&1 || true; } | grep -q 'receive \[-[A-Za-z]*s'; }
# begun: a target with a part of the chain; if zfs receive can resume, with a part of an archive.
begun() {
    killed_at "$begun_at" restore back || die "the restore has ended"
    settled "$POOL/back"
    ! can_resume_receive || [ "$(zfs get -H -o value receive_resume_token "$POOL/back")" != - ] ||
        die "zfs receive kept no part of an archive"
}
# line_of WHAT N: the number of the N-th step of that kind.
line_of() { grep -n "$1" "$WORK/steps" | sed -n "$2p" | cut -d: -f1; }
kill_resumed_restores() {
    local n=$first kills=0 begun_at
    # Large enough to have a middle, small enough for the many writes of a restore.
    if can_resume_receive; then local size=1400000; fi
    a_chain
    if [ "$kind" != 1 ]; then expect 75 restore back; thawed; fi
    rm -f "$WORK/steps"
    ZGLACIER_TEST_STEP_LOG="$WORK/steps" expect 0 restore back
    begun_at=$(($(line_of 'zfs.receive end' 1) + 4))
    # In the middle of the second of three archives.
    ! can_resume_receive ||
        begun_at=$((($(line_of 'zfs.receive begin' 2) + $(line_of 'zfs.receive end' 2)) / 2))
    drop "$POOL/back"
    begun
    steps_of "a resumed restore" restore back
    ! can_resume_receive || said "resuming archive"
    drop "$POOL/back"
    begun
    while killed_at "$n" restore back; do
        settled "$POOL/back"
        restores
        begun
    done
    drop "$POOL/back"
    report "a resumed restore"
}

rebuild() { zg catalog rebuild "${key[@]}"; }
kill_rebuilds() {
    local n=$first kills=0
    a_chain
    if [ "$kind" = 3 ]; then
        # The content of a vault is known only from its inventory.
        control clock '{"advance": 90000}'
        expect 0 rebuild
        control clock '{"advance": 18060}'
    fi
    steps_of "a rebuild of the catalog" rebuild
    while killed_at "$n" rebuild; do
        expect 0 rebuild
        said "3 archives"
        clean
        count
    done
    report "a rebuild of the catalog"
    expect 0 zg list "$D"
    said "yes, 3 archives"
    new_data rebuilt
    expect 0 backup
    said "incremental archive"
    clean
}

for op in $ops; do
    case $op in
        backup) kill_backups "a full backup" yes ;;
        incremental) kill_backups "an incremental backup" no ;;
        resumed-backup) kill_resumed_backups "a resumed backup" ;;
        giving-up) kill_resumed_backups "a backup that gives up" --restart ;;
        removal) kill_removals ;;
        restore) kill_restores ;;
        resumed-restore) kill_resumed_restores ;;
        rebuild) kill_rebuilds ;;
    esac
done
echo "    $total kills in all"
finish
