#!/usr/bin/env bash
# packages.sh GROUP...: installs the missing Debian packages of the groups: build, demo, fuse, test,
# radosgw, bench, tools, fuzz, root.
# packages.sh --list GROUP...: prints their names only.
set -euo pipefail
wanted=()
list=
[ "${1:-}" != --list ] || { list=yes; shift; }
for group in "$@"; do
    case $group in
        build)
            wanted+=(g++ cmake ninja-build pkg-config)
            wanted+=(libfmt-dev libcli11-dev nlohmann-json3-dev libsqlitecpp-dev libsqlite3-dev)
            wanted+=(libssl-dev libzstd-dev libcurl4-openssl-dev libpugixml-dev zlib1g-dev ccache)
            ;;
        demo) wanted+=(zstd attr) ;;
        fuse) wanted+=(zfs-fuse fuse3) ;;
        test)
            wanted+=(libgtest-dev libgmock-dev zstd attr procps man-db groff-base util-linux)
            wanted+=(python3 awscli curl openssl age faketime clang-format-19)
            ;;
        radosgw) wanted+=(radosgw ceph-mon ceph-mgr ceph-osd iproute2 curl) ;;
        bench) wanted+=(libbenchmark-dev time) ;;
        tools) wanted+=(awscli s3cmd rclone restic) ;;
        root) wanted+=(mmdebstrap util-linux) ;;
        fuzz) wanted+=(clang-19 libclang-rt-19-dev) ;;
        tidy) wanted+=(clang-19 clang-tidy-19) ;;
        *) echo "packages.sh: there is no group $group" >&2; exit 2 ;;
    esac
done
[ -z "$list" ] || { printf '%s\n' "${wanted[@]}"; exit; }
missing=()
for package in "${wanted[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
        missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0
echo "installing: ${missing[*]}"
sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
# Another process may be installing packages.
waiting=(-o DPkg::Lock::Timeout=600)
$sudo apt-get "${waiting[@]}" update -qq
# zfs-fuse would start a daemon at once; the tests and the demonstration start their own.
$sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get "${waiting[@]}" \
    install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
