#!/bin/busybox sh
# shellcheck shell=dash
#
# The first process of the guest: loads the modules, then hands over to the
# root file system.
b=/bin/busybox

while read -r module options; do
  # shellcheck disable=SC2086 # more than one option
  $b insmod "/modules/$module" $options
done </modules/order

$b mount -t devtmpfs dev /dev
until [ -b /dev/vda ]; do
  $b usleep 20000
done
$b mount -t ext4 -o noatime /dev/vda /root
$b mount --move /dev /root/dev
exec $b switch_root /root /sbin/guest-init
