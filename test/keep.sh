#!/usr/bin/env bash
# keep.sh FOLDER: keeps the FOLDER of a failed test for inspection, and prints where. The last ten
# are kept, without files larger than 64 MiB, such as the disks of pools.
set -euo pipefail
failed=${XDG_CACHE_HOME:-$HOME/.cache}/zglacier/failed
mkdir -p "$failed"
kept=$failed/$(date +%Y%m%dT%H%M%S)-${ZGLACIER_TEST_NAME:-test}-$$
(cd "$1" && find . -xdev \( -type f -size -65536k -o -type l \) -print0 | tar --null -T - -c) | {
    mkdir "$kept" && tar -x -C "$kept"
}
for old in $(ls -1 "$failed" | sort -r | tail -n +11); do rm -rf "${failed:?}/$old"; done
echo "its files are in $kept" >&2
