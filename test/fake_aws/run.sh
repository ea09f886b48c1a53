#!/usr/bin/env bash
# run.sh SCRIPT: runs a whole-program test that needs no zfs, with an empty folder of its own.
set -euo pipefail
WORK=$(mktemp -d "${TMPDIR:-/tmp}/zglacier-vaults.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
mkdir "$WORK/test"
POOL=none WORK=$WORK/test "$@"
