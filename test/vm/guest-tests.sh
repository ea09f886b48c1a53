#!/usr/bin/env bash
# Runs in the guest: each script of the group with a pool of its own on the scratch disk.
set -euo pipefail
group=$(cat /share/group)
case $group in
    openzfs) scripts="openzfs" ;;
    scenarios) scripts="roundtrip chains damage full_disk cold" ;;
    crash | crash_sealed | crash_s3 | crash_vault) scripts="crash" ;;
    resume) scripts="resume encrypted" ;;
    restore) scripts="restore_resume" ;;
    cut) scripts="cut_streams" ;;
    large) scripts="large" ;;
    vault) scripts="vault_commands vault vault_adopt" ;;
    *) echo "no group $group"; exit 2 ;;
esac
mkdir -p /var/lib/zglacier-test
cp /share/zglacier /usr/local/sbin/zglacier
export ZGLACIER=/usr/local/sbin/zglacier CUT_STREAM=/share/cut_stream

# What goes on by tokens, here only; zfs-fuse on the host takes all the rest of the crash matrix.
export CRASH_OPS="going-on-backup going-on-restore" RESUME_MB=12 RESUME_CUTS=6 CUTS=8
case $group in
    crash_sealed) export CRASH_SEALED=1 ;;
    crash_s3) export CRASH_OPS=going-on-restore CRASH_SEALED=1 CRASH_STORE=2 ;;
    crash_vault) export CRASH_OPS=going-on-restore CRASH_SEALED=1 CRASH_STORE=3 ;;
esac
# What the caller wants otherwise.
set -a
. /share/environment
set +a

zfs version | head -1
for script in $scripts; do
    export POOL=vat WORK=/tmp/$script
    zpool create -f -m "/$POOL" "$POOL" "$SCRATCH"
    # /tmp is in memory.
    [ "$script" != large ] || WORK=/$POOL/work
    mkdir -p "$WORK"
    started=$SECONDS
    "/share/system/$script.sh"
    echo "$script: $((SECONDS - started)) s"
    zpool destroy -f "$POOL"
    rm -rf "$WORK"
done
