#!/usr/bin/env bash
# test.sh GROUP: runs whole-program tests on OpenZFS in a virtual machine: openzfs, scenarios, crash or vault.
# ZGLACIER is the program. The machine's image is built where it is missing, which takes about ten minutes.
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
echo "$group" >"$share/group"
VM_TIMEOUT=${VM_TIMEOUT:-2400} "$here/run.sh" "$here/guest-tests.sh" "$share"
