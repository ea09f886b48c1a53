#!/usr/bin/env bash
# All tests, on a fresh Debian 12 machine: installs what is missing, builds, runs, and closes with "N passed, N failed".
#   tools/test.sh         everything: release, sanitizers, fuzzers, zfs-fuse, and OpenZFS in a virtual machine (which is built once, about ten minutes)
#   tools/test.sh quick   the everyday ones: a release build, unit tests, zfs-fuse, and S3 servers, less what takes minutes
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-all}
case $mode in all | quick) ;; *) echo "usage: tools/test.sh [quick]" >&2; exit 2 ;; esac
[ "$(id -u)" = 0 ] || { echo "test.sh: mounts and pools need root: run it with sudo" >&2; exit 2; }
passed=0
failed=0
skipped=0
logs=$(mktemp -d)
image=
trap '[ -z "$image" ] || kill "$image" 2>/dev/null || true; rm -rf "$logs"' EXIT

# tests PRESET ARGUMENTS...: runs ctest and adds up what it counts.
tests() {
    local preset=$1 line
    shift
    ctest --preset "$preset" --no-tests=error "$@" 2>&1 | tee "$logs/ctest" || true
    line=$(grep -E '^[0-9]+% tests passed' "$logs/ctest" || echo "0% tests passed, 1 tests failed out of 1")
    # "98% tests passed, 2 tests failed out of 100"
    local bad all left
    bad=$(sed -E 's/.*, ([0-9]+) tests? failed.*/\1/' <<<"$line")
    all=$(sed -E 's/.*out of ([0-9]+).*/\1/' <<<"$line")
    left=$(grep -c '\*\*\*Skipped' "$logs/ctest" || true)
    passed=$((passed + all - bad - left))
    failed=$((failed + bad))
    skipped=$((skipped + left))
    # What a failed test printed stands among thousands of lines: once more, at the end.
    awk -v preset="$preset" '/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: /{ shown = /\*\*\*(Failed|Timeout|Exception|Not Run)/; sub(/^.*Test +#[0-9]+: /, "FAILED: " preset ": "); sub(/ \.\.+/, " ") }
        /^ +Start +[0-9]+: /{ shown = 0 } shown' "$logs/ctest" >>"$logs/failed"
}
# step NAME COMMAND...: counts as one test.
step() {
    echo "== $1"
    if "${@:2}"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $1" | tee -a "$logs/failed"; fi
}
configure_and_build() { cmake --preset "$1" >"$logs/configure" || { cat "$logs/configure"; return 1; }; cmake --build --preset "$1" "${@:2}" >"$logs/build" || { tail -50 "$logs/build"; return 1; }; }

tools/packages.sh build demo fuse test radosgw bench
if [ "$mode" = all ]; then
    tools/packages.sh fuzz
    # Compiling the guest's zfs.ko takes long: it goes on while the rest is built and tested.
    nice test/vm/build.sh >"$logs/image" 2>&1 &
    image=$!
fi

step "build: release" configure_and_build release
# Three at a time: many wait for a server or a daemon.
if [ "$mode" = all ]; then tests release -LE vm -E '_some$' -j3; else tests release -LE 'vm|long' -j3; fi
if [ "$mode" = all ]; then
    step "build: address and undefined-behaviour sanitizers" configure_and_build asan --target {base,codec,stream,flow,net,sql,zfs,aws,catalog,store,job,cli}_test
    tests asan -L unit -j2
    step "build: thread sanitizer" configure_and_build tsan --target codec_test flow_test net_test aws_test store_test job_test
    tests tsan -R '^(codec\.AgeChunks|flow\.|net\.|aws\.|store\.|job\.)' -j2
    step "fuzz: a minute each" fuzz/run.sh 60
    wait "$image" || { cat "$logs/image"; echo "the virtual machine could not be built"; }
    image=
    # A guest has one processor.
    tests release -L vm -j2
fi

if [ -s "$logs/failed" ]; then
    echo "== what failed"
    tail -n 300 "$logs/failed"
    grep '^FAILED: ' "$logs/failed"
fi
[ $skipped = 0 ] && echo "$passed passed, $failed failed" || echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
