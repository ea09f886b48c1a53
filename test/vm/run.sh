#!/usr/bin/env bash
# Usage: run.sh SCRIPT [SHARED_DIR]
#
# Runs SCRIPT as root in a virtual machine with OpenZFS, in its directory
# /share, which is SHARED_DIR (or an empty directory), read-write. Its output
# and exit code become run.sh's own; the exit code is 125 if there is none, as
# after a time-out. Whatever a guest changes outside /share is forgotten when
# it ends; any number of guests may run at once.
#
# SCRIPT finds an empty 8 GiB partition at $SCRATCH, and this machine's
# 127.0.0.1 at 10.0.2.2.
#
# Environment:
#   VM_TIMEOUT  seconds until the guest is ended, 600 if not set
set -euo pipefail

fail() {
  echo "vm/run.sh: $*" >&2
  exit 125
}

(($# == 1 || $# == 2)) || fail "usage: run.sh SCRIPT [SHARED_DIR]"
[[ -f $1 ]] || fail "no file $1"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
image=$("$here/build.sh") || fail "no image"

tmp=$(mktemp -d)
pids=()
cleanup() {
  if ((${#pids[@]})); then
    kill "${pids[@]}" 2>/dev/null || true
    wait || true
  fi
  rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 125' HUP INT TERM

script=$tmp/script
cp "$1" "$script"
share=${2:-$tmp/share}
[[ -n ${2:-} ]] || mkdir "$share"
[[ -d $share ]] || fail "no directory $share"

# A sparse disk with an MBR that has one partition, from sector 2048 to the end.
disk=$tmp/disk
truncate -s 8G "$disk"
{
  printf '\0\0\2\0\277\377\377\377\0\10\0\0\0\370\377\0'
  head -c 48 /dev/zero
  printf '\125\252'
} | dd of="$disk" bs=1 seek=446 conv=notrunc status=none

export LD_LIBRARY_PATH=
with_libs=(env LD_LIBRARY_PATH="$image/qemu/lib")
