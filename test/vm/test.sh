#!/usr/bin/env bash
# test.sh GROUP: runs whole-program tests on OpenZFS in a virtual machine: openzfs, scenarios,
# crash, crash_sealed, crash_s3, crash_vault, resume, restore, cut, large or vault;
# or a sample of the long ones: some_crashes, some_streams.
# Variables such as LARGE_MB or CRASH_STRIDE, which the scripts describe, are passed on to them.
# ZGLACIER is the program, CUT_STREAM the helper program of the groups cut and some_streams. The
# machine's image is built if it is missing, which takes about ten minutes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
group=$1
[ "$(id -u)" = 0 ] || { echo "skipped: building the image needs root"; exit 77; }
"$here/build.sh"
share=$(mktemp -d)
trap 'rm -rf "$share"' EXIT
cp -r "$here/../system" "$share/system"
cp -r "$here/../fake_aws" "$share/fake_aws"
cp "$ZGLACIER" "$share/zglacier"
strip --strip-debug "$share/zglacier"
[ -z "${CUT_STREAM:-}" ] || cp "$CUT_STREAM" "$share/cut_stream"
echo "$group" >"$share/group"
env | grep -E '^(CRASH|CUT|CUTS|LARGE|RESTORE|RESUME|ZGLACIER_TEST)(_[A-Z_]+)?=[0-9]+$' \
    >"$share/environment" || true
[ "$group" != large ] || export VM_TIMEOUT=${VM_TIMEOUT:-20000} VM_DISK=${VM_DISK:-24}
code=0
VM_TIMEOUT=${VM_TIMEOUT:-2400} "$here/run.sh" "$here/guest-tests.sh" "$share" || code=$?
[ ! -d "$share/failed" ] || "$here/../keep.sh" "$share/failed"
exit $code
