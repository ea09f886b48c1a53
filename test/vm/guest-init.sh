#!/bin/bash
# Process 1 of the guest, without systemd or udev: sets up the little that a
# script needs, runs it, tells run.sh its exit code and turns the guest off.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LANG=C.UTF-8 TERM=dumb

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
mkdir /dev/pts /dev/shm /dev/vport
mount -t devpts pts /dev/pts
mount -t tmpfs shm /dev/shm
ln -s /proc/self/fd /dev/fd
ln -s fd/0 /dev/stdin
ln -s fd/1 /dev/stdout
ln -s fd/2 /dev/stderr

hostname guest
printf '127.0.0.1 localhost guest\n10.0.2.2 host\n' >/etc/hosts
ip link set lo up
ip link set eth0 up
ip addr add 10.0.2.15/24 dev eth0
ip route add default via 10.0.2.2

mkdir -p /share
mount -t virtiofs share /share

# run.sh's ends of these are its stdout, its stderr and a file.
for port in /sys/class/virtio-ports/*; do
  ln -s "/dev/${port##*/}" "/dev/vport/$(cat "$port/name")"
done
# The disk's whole device cannot be labelled without udev; its partition need
# not be.
for disk in /sys/block/vd*; do
  if [ "$(cat "$disk/serial")" = scratch ]; then
    export SCRATCH=/dev/${disk##*/}1
  fi
done
until [ -c /dev/zfs ]; do
  sleep 0.1
done
chmod 666 /dev/zfs # as udev's rule does

cat /sys/firmware/qemu_fw_cfg/by_name/opt/zglacier/script/raw >/run/script
chmod +x /run/script
cd /share || exit
setsid --wait /run/script </dev/null >/dev/vport/out 2>/dev/vport/err
rc=$?

cd / || exit
zpool export -af
umount /share
sync
echo "$rc" >/dev/vport/rc
echo o >/proc/sysrq-trigger
sleep 60
