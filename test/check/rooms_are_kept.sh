#!/usr/bin/env bash
# Tests the check of the rooms: it must find each kind of violation in a copy of the tree.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
fresh() {
    rm -rf "${copy:?}"/*
    cp -r "$root"/{src,ARCHITECTURE.md} "$copy"
}
# must_fail WHAT TEXT: the check fails and prints TEXT.
must_fail() {
    if "$root/tools/check_rooms.py" "$copy" >"$copy/out" 2>&1 || ! grep -q "$2" "$copy/out"; then
        echo "not found: $1"
        cat "$copy/out"
        exit 1
    fi
    fresh
}

fresh
"$root/tools/check_rooms.py" "$copy" >"$copy/out" || { cat "$copy/out"; exit 1; }
echo '#include "store/store.hpp"' >>"$copy/src/zfs/zfs.hpp"
must_fail "zfs includes store, of a higher rank" "zfs includes store"
echo '#include "catalog/catalog.hpp"' >>"$copy/src/store/store.hpp"
must_fail "store includes catalog, of the same rank" "store includes catalog"
echo 'inline auto f() { return net::Request{}; }' >>"$copy/src/cli/verb.hpp"
must_fail "cli names something of net, without an include" "cli names net"
mkdir "$copy/src/extra"
must_fail "a folder without a row" "src/extra has no row"
echo 'static void f() { std::thread t; }' >>"$copy/src/ops/list.cpp"
must_fail "a thread outside of flow" "ops starts a thread"
echo 'static const char* f() { return std::getenv("HOME"); }' >>"$copy/src/policy/prices.cpp"
must_fail "getenv outside of base/environment.cpp" "policy reads a variable of the process"
echo 'static const auto f = zg::Environment::of_process();' >>"$copy/src/store/open.cpp"
must_fail "the process's environment below main.cpp" "store reads a variable of the process"
sed -i 's/^| 2 | `zfs\/` |\(.*\)| base |/| 2 | `zfs\/` |\1| codec, base |/' "$copy/ARCHITECTURE.md"
must_fail "a table that differs" "ARCHITECTURE.md: zfs uses"
sed -i 's/^zglacier_room(base LIBS/zglacier_room(base USES cli LIBS/' "$copy/src/CMakeLists.txt"
must_fail "a cycle" "base uses cli, which does not come before it"
echo "9 kinds of violations found"
