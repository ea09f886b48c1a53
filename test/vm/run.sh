#!/usr/bin/env bash
# Usage: run.sh SCRIPT [SHARED_DIR]
#
# Runs SCRIPT as root in a virtual machine with OpenZFS, in its directory
# /share, which is SHARED_DIR (or an empty directory), read-write. Its output
# and exit code become run.sh's own; the exit code is 125 if there is none, as after a time-out.
# Changes of a guest outside /share are discarded when it ends; any number of guests may run at
# once.
#
# SCRIPT finds an empty partition at $SCRATCH, and this machine's 127.0.0.1 at
# 10.0.2.2.
#
# Environment:
#   VM_TIMEOUT  seconds until the guest is ended, 600 if not set
#   VM_DISK     GiB of the partition, 8 if not set; the file is sparse
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
# shellcheck disable=SC2317 # the trap's
cleanup() {
  if ((${#pids[@]})); then
    kill "${pids[@]}" 2>/dev/null || true
    wait "${pids[@]}" || true
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
gib=${VM_DISK:-8}
truncate -s "${gib}G" "$disk"
sectors=$(printf %08x $((gib * 2097152 - 2048)))
{
  printf '\0\0\2\0\277\377\377\377\0\10\0\0'
  # Their number, the lowest byte first.
  printf "\\x${sectors:6:2}\\x${sectors:4:2}\\x${sectors:2:2}\\x${sectors:0:2}"
  head -c 48 /dev/zero
  printf '\125\252'
} | dd of="$disk" bs=1 seek=446 conv=notrunc status=none

with_libs=(env LD_LIBRARY_PATH="$image/qemu/lib")
"${with_libs[@]}" "$image/qemu/virtiofsd" --socket-path="$tmp/share.sock" \
  -o "source=$(realpath "$share")" -o xattr -o sandbox=chroot \
  >"$tmp/virtiofsd.log" 2>&1 </dev/null &
pids+=($!)
until [[ -S $tmp/share.sock ]]; do
  kill -0 "${pids[0]}" 2>/dev/null || fail "$(cat "$tmp/virtiofsd.log")"
  sleep 0.05
done

# Through pipes, as qemu would truncate a file that our output goes to. Their
# readers end when qemu, the only writer left, has; until then they read on
# even if nobody reads our output, for the guest would wait.
mkfifo "$tmp/out" "$tmp/err"
{ cat || cat >/dev/null; } <"$tmp/out" &
readers=($!)
{ cat >&2 || cat >/dev/null; } <"$tmp/err" &
readers+=($!)
exec {out}>"$tmp/out" {err}>"$tmp/err"

# One processor: emulated, two are slower.
memory=1536M
# shellcheck disable=SC2054 # commas within an option
qemu=(
  -L "$image/qemu" -machine q35 -accel tcg -cpu max,la57=off -smp 1
  -global apic-common.vapic=off
  -m "$memory" -nodefaults -no-user-config -display none -no-reboot
  -kernel "$image/vmlinux" -initrd "$image/initrd"
  -append "console=ttyS0 quiet panic=-1 mitigations=off no_timer_check"
  -serial "file:$tmp/console"
  -fw_cfg "name=opt/zglacier/script,file=$script"
  -drive "if=none,id=root,file=$image/root.ext4,format=raw,snapshot=on"
  -device virtio-blk-pci,drive=root
  -drive "if=none,id=scratch,file=$disk,format=raw,cache=unsafe,discard=unmap"
  -device virtio-blk-pci,drive=scratch,serial=scratch
  -object "memory-backend-memfd,id=mem,size=$memory,share=on"
  -numa node,memdev=mem
  -chardev "socket,id=share,path=$tmp/share.sock"
  -device vhost-user-fs-pci,chardev=share,tag=share
  -netdev user,id=net -device virtio-net-pci,netdev=net,romfile=
  -add-fd "fd=$out,set=1" -add-fd "fd=$err,set=2"
  -device virtio-serial-pci
  -chardev file,id=out,path=/dev/fdset/1,append=on
  -device virtserialport,chardev=out,name=out
  -chardev file,id=err,path=/dev/fdset/2,append=on
  -device virtserialport,chardev=err,name=err
  -chardev "file,id=rc,path=$tmp/rc"
  -device virtserialport,chardev=rc,name=rc
)
# If this shell is killed, the guest ends, too.
TMPDIR=$tmp setpriv --pdeathsig TERM \
  timeout --kill-after=10 "${VM_TIMEOUT:-600}" \
  "${with_libs[@]}" "$image/qemu/qemu-system-x86_64" "${qemu[@]}" \
  >"$tmp/qemu.log" 2>&1 </dev/null &
pids+=($!)
exec {out}>&- {err}>&-
ended=0
wait "${pids[1]}" || ended=$?
unset 'pids[1]'
wait "${readers[@]}"

rc=$(tr -dc 0-9 2>/dev/null <"$tmp/rc" || true)
if [[ -z $rc ]]; then
  tail -n 20 "$tmp/qemu.log" "$tmp/console" >&2 || true
  ((ended != 124)) || fail "timed out"
  fail "the guest returned no exit code"
fi
exit "$rc"
