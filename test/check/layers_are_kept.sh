#!/usr/bin/env bash
# The layer test itself: it must find each sort of wrong include in a copy of the tree.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
fresh() { rm -rf "$copy/src"; cp -r "$root/src" "$copy/src"; }
must_fail() {
    ! "$root/tools/check_layers.sh" "$copy" >"$copy/out" 2>&1 || {
        echo "not found: $1"
        exit 1
    }
}
fresh
"$root/tools/check_layers.sh" "$copy" >/dev/null
echo '#include "store/store.hpp"' >>"$copy/src/zfs/zfs.hpp"
must_fail "zfs including store (a higher rank)"
fresh
echo '#include "catalog/catalog.hpp"' >>"$copy/src/store/store.hpp"
must_fail "store including catalog (the same rank)"
fresh
echo '#include "stream/record.hpp"' >>"$copy/src/cli/list.cpp"
must_fail "cli including stream (not listed)"
fresh
mkdir "$copy/src/extra"
echo >"$copy/src/extra/a.cpp"
must_fail "a folder without a rank"
fresh
echo 'static void f() { std::thread t; }' >>"$copy/src/job/list.cpp"
must_fail "a thread outside of flow"
echo "5 sorts of wrong layering found"
