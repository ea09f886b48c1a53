# Shared by the whole-program tests. A test script is run as root with a working `zfs`, and gets:
#   ZGLACIER  the program under test
#   POOL a new, empty pool
#   WORK a new, empty folder
# It ends at the first failure.
set -euo pipefail
: "${ZGLACIER:?the program under test}" "${POOL:?an empty pool}" "${WORK:?an empty folder}"
export ZGLACIER_STATE_DIR="$WORK/state"
unset ZGLACIER_STORE
mkdir -p "$WORK"
STORE_DIR="$WORK/store"
STORE="dir:$STORE_DIR"
passed=0
# The seed of all random choices: with the same one, a test makes the same choices.
seed=${ZGLACIER_TEST_SEED:-$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')}
RANDOM=$seed
# at_exit COMMAND: runs it at the end, however the test ends; the last one first.
cleanups=()
at_exit() { cleanups=("$1" "${cleanups[@]}"); }
ending() {
    local code=$? command
    for command in "${cleanups[@]}"; do eval "$command" || true; done
    [ $code = 0 ] || [ $code = 77 ] ||
        echo "to make the same choices again: ZGLACIER_TEST_SEED=$seed" >&2
    exit $code
}
trap ending EXIT

zg() { "$ZGLACIER" "$@"; }
say() { printf '  %s\n' "$*"; passed=$((passed + 1)); }
die() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

# expect CODE COMMAND...: runs it, keeps what it prints in $WORK/out and $WORK/err,
# and fails unless it ends with CODE.
expect() {
    local want=$1 got=0
    shift
    "$@" >"$WORK/out" 2>"$WORK/err" || got=$?
    [ "$got" = "$want" ] && return 0
    cat "$WORK/out" "$WORK/err" >&2
    die "exit code $got, expected $want: $*"
}
# said TEXT: fails unless the command of the last expect printed it.
said() {
    grep -qF -- "$1" "$WORK/out" "$WORK/err" || {
        cat "$WORK/out" "$WORK/err" >&2
        die "not in the output: $1"
    }
}
# not_said TEXT: the last expect's command did not say it.
not_said() {
    ! grep -qF -- "$1" "$WORK/out" "$WORK/err" || {
        cat "$WORK/out" "$WORK/err" >&2
        die "was said: $1"
    }
}

can_bookmark() { { zfs 2>&1 || true; } | grep -q '^[[:space:]]bookmark '; }

mountpoint_of() { zfs get -H -o value mountpoint "$1"; }

# drop DATASET: destroys it and everything below it. zfs-fuse reports it as busy until it has
# noticed that it was unmounted.
drop() {
    for _ in $(seq 300); do
        zfs destroy -r "$1" 2>"$WORK/drop" && return 0
        # A dataset that is being rolled back may vanish on its own.
        zfs list "$1" >/dev/null 2>&1 || return 0
        grep -q busy "$WORK/drop" || break
        sleep 0.2
    done
    cat "$WORK/drop" >&2
    die "$1 cannot be destroyed"
}

# device_of VOLUME: prints its device, even without udev.
device_of() {
    local device
    for _ in $(seq 600); do
        for device in /dev/zd*; do
            [ "$(/lib/udev/zvol_id "$device" 2>/dev/null)" != "$1" ] || {
                echo "$device"
                return
            }
        done
        sleep 0.1
    done
    die "no device of $1"
}

# listing FOLDER: everything that a restore must restore: path, type, mode, owner, links, size,
# mtime, link target, content, xattrs.
listing() {
    (
        cd "$1"
        find . -printf '%P\t%y\t%m\t%U:%G\t%T@\t%l\t' \
            \( -type d -printf '\n' -o -printf '%n\t%s\n' \) | LC_ALL=C sort
        find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum
        find . -print0 | LC_ALL=C sort -z |
            xargs -0 -r getfattr -h -d -m - --absolute-names 2>/dev/null || true
    )
}

# keep_listing DATASET NAME: notes what DATASET holds now as $WORK/NAME.list.
keep_listing() { listing "$(mountpoint_of "$1")" >"$WORK/$2.list"; }

# same_as DATASET NAME: mounts DATASET, and fails unless it holds what keep_listing noted as NAME.
same_as() {
    # Reading must not change it: an access time is a change, and the next incremental would be
    # refused.
    zfs set readonly=on "$1"
    zfs mount "$1" 2>/dev/null || true
    listing "$(mountpoint_of "$1")" >"$WORK/now.list"
    diff -u "$WORK/$2.list" "$WORK/now.list" >"$WORK/diff" || {
        head -20 "$WORK/diff" >&2
        die "$1 differs from $2"
    }
    zfs unmount "$1"
    zfs inherit readonly "$1"
}

# fill FOLDER: files, links, sparse files, xattrs, long names.
fill() {
    local d=$1 long
    mkdir -p "$d/sub/deep/er" "$d/empty"
    head -c 700000 /dev/urandom >"$d/random"
    seq 1 60000 >"$d/text"
    printf 'tiny' >"$d/sub/tiny"
    : >"$d/nothing"
    ln "$d/text" "$d/sub/hard"
    ln -s ../text "$d/sub/soft"
    ln -s "$(printf 'x%.0s' $(seq 120))" "$d/long-target"
    truncate -s 8M "$d/sparse"
    printf 'end' | dd of="$d/sparse" bs=1 seek=6000000 conv=notrunc status=none
    long=$(printf 'n%.0s' $(seq 250))
    echo long >"$d/sub/$long"
    echo ünïcödé >"$d/ünï cödé"
    chmod 4755 "$d/sub/tiny"
    chmod 000 "$d/nothing"
    chown 1234:4321 "$d/random"
    setfattr -n user.note -v 'a value' "$d/text"
    [ "${BIG_XATTR:-yes}" = no ] ||
        setfattr -n user.big -v "$(head -c 900 /dev/zero | tr '\0' v)" "$d/sub"
    touch -d '2001-02-03 04:05:06.789' "$d/empty"
    mkfifo "$d/fifo"
}

# change FOLDER ROUND: makes a different set of changes each round: deletions, truncations,
# overwrites, appends, renames.
change() {
    local d=$1
    case $2 in
        1)
            rm "$d/text"
            truncate -s 1000 "$d/random"
            seq 1 9 >>"$d/sub/tiny"
            mkdir "$d/new"
            head -c 300000 /dev/urandom >"$d/new/one"
            ;;
        2)
            mv "$d/sub/hard" "$d/new/moved"
            printf 'middle' | dd of="$d/sparse" bs=1 seek=500000 conv=notrunc status=none
            rm -r "$d/empty"
            setfattr -n user.note -v 'another' "$d/new/moved"
            truncate -s 4M "$d/sparse"
            ;;
        3)
            rm -r "$d/new"
            head -c 2000000 /dev/urandom >"$d/random"
            chmod 640 "$d/random"
            ln -sfn nowhere "$d/sub/soft"
            ;;
        *)
            head -c 200000 /dev/urandom >"$d/round-$2"
            rm -f "$d/round-$(($2 - 1))"
            ;;
    esac
}

# archives: prints the ids of the store's archives, oldest first.
archives() { (cd "$STORE_DIR/archives" && ls -d ./*/ 2>/dev/null | tr -d './' || true); }

# manifest_of ID: prints the path of its manifest.
manifest_of() { echo "$STORE_DIR/manifests/$1.json"; }

# tombstone ID: prints a record that the archive was removed on purpose.
tombstone() {
    python3 - "$1" <<'P'
import hashlib, sys
text = """{
 "format": "zglacier-tombstone",
 "version": 1,
 "archive_id": "%s",
 "removed": "2026-11-27T02:00:00Z",
 "rule": "removed by a test",
""" % sys.argv[1]
digest = hashlib.sha256(text.encode()).hexdigest()
sys.stdout.write(text + ' "sha256": "' + digest + '"\n}\n')
P
}
# bury ID...: writes tombstones into the store.
bury() {
    local id
    mkdir -p "$STORE_DIR/removed"
    for id in "$@"; do tombstone "$id" >"$STORE_DIR/removed/$id.json"; done
}

# decoded ID: prints an archive's stream, with only cat and zstd.
decoded() {
    local segment
    for segment in "$STORE_DIR/archives/$1"/0*; do
        case $segment in *.zst) zstd -dc "$segment" ;; *) cat "$segment" ;; esac
    done
}

# nothing_left DATASET [KEEP]: fails if there is a hold, an uncommitted archive, a temporary file,
# or more than KEEP (1) snapshots of zglacier.
nothing_left() {
    local dataset=$1 keep=${2:-1} snapshot
    if [ "$(zfs list -H -o name -r -d 1 -t snapshot "$dataset" | grep -c '@zglacier-')" \
        -gt "$keep" ]; then
        zfs list -r -d 1 -t snapshot -o name,userrefs,creation,zglacier:store "$dataset" >&2
        zfs holds "$(zfs list -H -o name -r -d 1 -t snapshot "$dataset" | head -1)" >&2
        die "more than $keep snapshots of ours on $dataset"
    fi
    for snapshot in $(zfs list -H -o name -r -d 1 -t snapshot "$dataset" | grep '@zglacier-'); do
        [ "$(zfs get -Hp -o value userrefs "$snapshot")" = 0 ] || die "a hold was left on $snapshot"
    done
    for id in $(archives); do
        [ -f "$(manifest_of "$id")" ] || {
            find "$STORE_DIR/archives/$id" >&2
            die "archive $id has no manifest"
        }
    done
    [ -z "$(find "$STORE_DIR" -type f ! -path '*/manifests/*-????????.json' \
        ! -path '*/removed/*-????????.json' ! -name zglacier.json ! -name '0*.zfs' \
        ! -name '0*.zfs.zst' ! -name '0*.age' ! -path '*/thaw/*')" ] ||
        die "temporary files are left: $(find "$STORE_DIR" -type f | head)"
}

finish() { printf '%s: %s checks passed\n' "$(basename "$0")" "$passed"; }
