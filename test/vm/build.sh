#!/usr/bin/env bash
# Usage: build.sh
#
# Prints the directory of a virtual machine image with OpenZFS, for run.sh.
# The first call builds it, which takes five to ten minutes on two cores, most
# of them for compiling the zfs kernel module; later calls find it in the
# cache. The image's name holds a hash of the files it is made from, so that a
# change to one of them makes a new image and removes the old one.
#
# Needs a Debian 12 machine and root. Packages of the guest come from the
# archive that this machine's apt uses, plus that archive's backports; this
# machine's own apt sources stay as they are.
set -euo pipefail

release=bookworm
guest_packages=(
  # what the program links to
  libcurl4 libfmt9 libpugixml1v5 libsqlite3-0 libssl3 libstdc++6 libxml2 libzstd1 zlib1g
  # what it works with, and what scripts want
  zfsutils-linux age zstd
  acl attr ca-certificates coreutils curl iproute2 kmod openssl procps python3
)
builder_packages=(
  linux-image-cloud-amd64 linux-headers-cloud-amd64 zfs-dkms zstd
  busybox-static qemu-system-x86
)
# Only these come from the backports; all else is the release's own. The
# release's qemu cannot run the backported kernel without KVM.
read -r -d '' pin <<PIN || true
Package: src:linux src:linux-signed-amd64 src:zfs-linux src:qemu src:seabios
Pin: release n=$release-backports
Pin-Priority: 600
PIN

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
recipe=("$here"/build.sh "$here"/initrd-init.sh "$here"/guest-init.sh)
key=$(cat "${recipe[@]}" | sha256sum | cut -c1-12)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/zglacier
image=$cache/vm-$key

found() {
  if [[ -d $image ]]; then
    echo "$image"
    exit
  fi
}

say() {
  echo "vm/build.sh: $*" >&2
}

# Runs a command quietly, but shows the end of its output if it fails.
logged() {
  local log=$tmp/log
  if ! "$@" </dev/null >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    say "failed: $1"
    return 1
  fi
}

install_host_tools() {
  local -A provides=([mmdebstrap]=mmdebstrap [mke2fs]=e2fsprogs [xz]=xz-utils)
  local tool missing=()
  for tool in "${!provides[@]}"; do
    command -v "$tool" >/dev/null || missing+=("${provides[$tool]}")
  done
  if ((${#missing[@]})); then
    say "installing ${missing[*]}"
    logged apt-get -o DPkg::Lock::Timeout=600 update
    logged apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "${missing[@]}"
  fi
}

archive() {
  # shellcheck disable=SC2016 # apt-get's variable
  apt-get indextargets --format '$(REPO_URI)' \
    'Created-By: Packages' "Release: $release" 'Component: main' | awk 'NR == 1'
}

# bootstrap DIR PACKAGES [OPTION...]
bootstrap() {
  local dir=$1 packages=$2 suite sources=()
  for suite in "$release" "$release-updates" "$release-backports"; do
    sources+=("deb $mirror $suite main contrib")
  done
  logged mmdebstrap --variant=minbase \
    --include="$packages" \
    --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --setup-hook="cp '$tmp/pin' \"\$1/etc/apt/preferences.d/vm\"" \
    "${@:3}" "$release" "$dir" "${sources[@]}"
}

# The emulator and the file server with the libraries they need, less glibc's.
collect_qemu() {
  local qemu=$new/qemu data lib
  mkdir -p "$qemu/lib"
  cp "$builder/usr/bin/qemu-system-x86_64" "$qemu/"
  cp "$builder/opt/virtiofsd/usr/lib/qemu/virtiofsd" "$qemu/"
  for data in seabios/bios-256k.bin qemu/linuxboot_dma.bin qemu/pvh.bin; do
    cp -L "$builder/usr/share/$data" "$qemu/"
  done
  chroot "$builder" ldd /usr/bin/qemu-system-x86_64 \
    /opt/virtiofsd/usr/lib/qemu/virtiofsd >"$tmp/ldd"
  if grep 'not found' "$tmp/ldd" >&2; then
    return 1
  fi
  awk '$2 == "=>" { print $3 }' "$tmp/ldd" | sort -u |
    while read -r lib; do
      case ${lib##*/} in
        libc.so.* | libm.so.* | libdl.so.* | libpthread.so.* | librt.so.*) ;;
        *) cp -L "$builder$lib" "$qemu/lib/" ;;
      esac
    done
}

# The kernel unpacked, as unpacking it in the emulator takes seconds. The file
# says where its payload is (the x86 boot protocol's setup_sects,
# payload_offset and payload_length), to which four bytes have been added.
collect_kernel() {
  local file=$builder/boot/vmlinuz-$1 sectors offset length
  sectors=$(od -An -tu1 -j 0x1f1 -N 1 "$file")
  offset=$(od -An -tu4 -j 0x248 -N 4 "$file")
  length=$(od -An -tu4 -j 0x24c -N 4 "$file")
  dd if="$file" iflag=skip_bytes,count_bytes status=none \
    skip="$(((sectors + 1) * 512 + offset))" count="$((length - 4))" |
    chroot "$builder" zstd -dc >"$new/vmlinux"
}

# An initrd that loads all modules, so that the root file system needs none.
make_initrd() {
  local kernel=$1 root=$builder/initrd module file options
  mkdir -p "$root"/{bin,dev,root,modules}
  cp "$builder/bin/busybox" "$root/bin/"
  install -m 755 "$here/initrd-init.sh" "$root/init"
  for module in virtio_pci virtio_blk ext4 virtio_console virtiofs virtio_net \
    loop qemu_fw_cfg spl zfs; do
    chroot "$builder" modprobe -S "$kernel" --show-depends "$module"
  done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$tmp/modules"
  while read -r file; do
    module=${file##*/}
    module=${module%.xz}
    case $file in
      *.xz) xz -dc "$builder$file" >"$root/modules/$module" ;;
      *) cp "$builder$file" "$root/modules/$module" ;;
    esac
    case $module in
      spl.ko) options=spl_hostid=0x0badcafe ;;
      zfs.ko) options=zfs_arc_max=$((512 << 20)) ;;
      *) options= ;;
    esac
    echo "$module $options" >>"$root/modules/order"
  done <"$tmp/modules"
  chroot "$builder" sh -c 'cd /initrd && find . | busybox cpio -o -H newc' \
    >"$new/initrd" 2>"$tmp/log"
}

make_root() {
  local root=$1
  install -m 755 "$here/guest-init.sh" "$root/sbin/guest-init"
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*
  logged mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$root" "$new/root.ext4" \
    "$(($(du -sm "$root" | cut -f 1) + 512))M"
}

# What a build mounts must not outlive it, however it ends: it works in a mount
# namespace of its own. A build that had none may have left something mounted.
unmount_left() {
  local point
  awk -v below="$tmp/" 'index($2, below) == 1 { print $2 }' /proc/self/mounts | sort -r |
    while read -r point; do
      umount --lazy "$point"
    done
}

found
if [[ ${1:-} != --own-mounts ]]; then
  exec unshare --mount --propagation private "${BASH_SOURCE[0]}" --own-mounts
fi
mkdir -p "$cache"
exec {lock}>"$cache/vm.lock"
if ! flock --nonblock "$lock"; then
  say "waiting for another build"
  flock "$lock"
fi
found

say "building $image"
renice -n 10 $$ >/dev/null
export DEBIAN_FRONTEND=noninteractive
tmp=$cache/tmp-vm
builder=$tmp/builder
new=$tmp/new
clean() {
  unmount_left
  rm -rf --one-file-system "$tmp"
}
trap clean EXIT
clean
mkdir -p "$new"

install_host_tools
mirror=$(archive)
if [[ -z $mirror ]]; then
  logged apt-get -o DPkg::Lock::Timeout=600 update # apt names only archives that it has lists of
  mirror=$(archive)
fi
if [[ -z $mirror ]]; then
  say "apt on this machine has no archive of $release"
  exit 1
fi
echo "$pin" >"$tmp/pin"

say "compiling the zfs module"
# virtiofsd is in the release's qemu, but no longer in the backported one.
bootstrap "$builder" "${builder_packages[*]}" \
  --customize-hook="chroot \"\$1\" sh -ec '
    cd /opt
    apt-get download qemu-system-common/$release
    dpkg-deb -x qemu-system-common_*.deb virtiofsd'"
kernel=$(basename "$builder"/lib/modules/*)
ls "$builder/lib/modules/$kernel/updates/dkms"/zfs.ko* >/dev/null

say "making the image"
bootstrap "$tmp/root" "${guest_packages[*]}"
collect_qemu
collect_kernel "$kernel"
make_initrd "$kernel"
make_root "$tmp/root"

mv "$new" "$image"
for old in "$cache"/vm-*; do
  [[ $old == "$image" ]] || rm -rf "$old"
done
say "done in $((SECONDS / 60)) min"
echo "$image"
