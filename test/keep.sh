#!/usr/bin/env bash
# keep.sh FOLDER: keeps what a failed test leaves in its FOLDER, so that somebody can
# look into it, and says where. The last ten are kept, without what is larger than 64
# MiB, such as the disks of pools.
set -euo pipefail
failed=${XDG_CACHE_HOME:-$HOME/.cache}/zglacier/failed
mkdir -p "$failed"
kept=$failed/$(date +%Y%m%dT%H%M%S)-${ZGLACIER_TEST_NAME:-test}-$$
(cd "$1" && find . -xdev \( -type f -size -65536k -o -type l \) -print0 | tar --null -T - -c) | {
    mkdir "$kept" && tar -x -C "$kept"
}
for old in $(ls -1 "$failed" | sort -r | tail -n +11); do rm -rf "${failed:?}/$old"; done
echo "what it left is in $kept" >&2
