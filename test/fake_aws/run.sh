#!/usr/bin/env bash
# run.sh SCRIPT: runs a whole-program test that needs no zfs, with a new, empty folder.
set -euo pipefail
WORK=$(mktemp -d "${TMPDIR:-/tmp}/zglacier-vaults.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
mkdir "$WORK/test"
code=0
POOL=none WORK=$WORK/test "$@" || code=$?
[ "$code" = 0 ] || [ "$code" = 77 ] || "$(dirname "$0")/../keep.sh" "$WORK"
exit "$code"
