#!/usr/bin/env bash
# Runs in the guest: each script of the group with a pool of its own on the scratch disk.
set -euo pipefail
group=$(cat /share/group)
case $group in
    openzfs) scripts="openzfs" ;;
    scenarios) scripts="roundtrip chains damage full_disk cold" ;;
    crash) scripts="crash" ;;
    vault) scripts="vault_commands vault vault_adopt" ;;
    *) echo "no group $group"; exit 2 ;;
esac
mkdir -p /var/lib/zglacier-test
cp /share/zglacier /usr/local/sbin/zglacier
export ZGLACIER=/usr/local/sbin/zglacier

zfs version | head -1
for script in $scripts; do
    export POOL=vat WORK=/tmp/$script
    mkdir -p "$WORK"
    zpool create -f -m "/$POOL" "$POOL" "$SCRATCH"
    started=$SECONDS
    # Under emulation every third step; zfs-fuse on the host takes all of them.
    CRASH_STRIDE=3 "/share/system/$script.sh"
    echo "$script: $((SECONDS - started)) s"
    zpool destroy -f "$POOL"
    rm -rf "$WORK"
done
