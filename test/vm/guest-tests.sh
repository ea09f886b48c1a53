#!/usr/bin/env bash
# Runs in the guest: runs each script of the group with a new pool on the scratch disk.
set -euo pipefail
group=$(cat /share/group)
# Only the part of the crash matrix that is resumed by tokens; zfs-fuse on the host runs the rest.
tokens="CRASH_OPS=resumed-backup,resumed-restore"
restores="CRASH_OPS=resumed-restore CRASH_SEALED=1"
# One script per line, after its variables.
case $group in
    openzfs) runs="openzfs" ;;
    scenarios) runs=$(printf '%s\n' roundtrip chains damage full_disk cold) ;;
    crash) runs="$tokens crash" ;;
    crash_sealed) runs="$tokens CRASH_SEALED=1 crash" ;;
    crash_s3) runs="$restores CRASH_STORE=2 crash" ;;
    crash_vault) runs="$restores CRASH_STORE=3 crash" ;;
    some_streams) runs="RESUME_SAMPLE=1 RESUME_MB=12 RESUME_CUTS=3 resume
RESTORE_MB=24 RESTORE_KILLS=3 restore_resume
CUTS=1 cut_streams" ;;
    some_crashes) runs="CRASH_STRIDE=12 $tokens crash
CRASH_STRIDE=24 $tokens CRASH_SEALED=1 crash
CRASH_STRIDE=16 $restores CRASH_STORE=2 crash" ;;
    resume) runs="RESUME_MB=12 RESUME_CUTS=6 resume
encrypted" ;;
    restore) runs="restore_resume" ;;
    cut) runs="CUTS=8 cut_streams" ;;
    large) runs="large" ;;
    vault) runs=$(printf '%s\n' vault_commands vault vault_adopt) ;;
    *) echo "no group $group"; exit 2 ;;
esac
mkdir -p /var/lib/zglacier-test
cp /share/zglacier /usr/local/sbin/zglacier
export ZGLACIER=/usr/local/sbin/zglacier CUT_STREAM=/share/cut_stream

zfs version | head -1
while read -r -a words; do
    script=${words[-1]}
    (
        export POOL=vat WORK=/tmp/$script
        for word in "${words[@]:0:${#words[@]}-1}"; do export "${word//,/ }"; done
        # Variables that the caller overrides.
        set -a
        . /share/environment
        set +a
        zpool create -f -m "/$POOL" "$POOL" "$SCRATCH"
        # /tmp is in memory.
        [ "$script" != large ] || WORK=/$POOL/work
        mkdir -p "$WORK"
        started=$SECONDS
        "/share/system/$script.sh" </dev/null || {
            code=$?
            cp -r "$WORK" /share/failed
            exit $code
        }
        echo "${words[*]}: $((SECONDS - started)) s"
        zpool destroy -f "$POOL"
        rm -rf "$WORK"
    )
done <<<"$runs"
