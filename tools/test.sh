#!/usr/bin/env bash
# The tests, on a fresh Debian 12 machine: installs what is missing, builds, runs,
# and closes with "N passed, N failed".
#   tools/test.sh what every change must pass; a sample of the long matrices,
#                                 another one each time
#   tools/test.sh quick the everyday tests: a release build, unit tests, the whole program
#                                 on zfs-fuse
#   tools/test.sh full [PIECE...] everything, or these pieces: build unit asan tsan fuse s3 ceph
#                                 fuzz vm clang tidy debian13
#   tools/test.sh debian13        the same as `full debian13`: the program and its unit tests in a
#                                 Debian 13 root
# ZGLACIER_TEST_SEED: a number that determines all samples and random choices; printed at the
# beginning.
set -euo pipefail
cd "$(dirname "$0")/.."
pieces=(build unit asan tsan fuse s3 ceph fuzz vm clang tidy debian13)
mode=${1:-ci}
[ $# = 0 ] || shift
case $mode in
    ci | quick) [ $# = 0 ] || mode=usage ;;
    full) [ $# = 0 ] || pieces=("$@") ;;
    debian13) mode=full pieces=(debian13) ;;
    *) mode=usage ;;
esac
[ "$mode" != usage ] || {
    echo "usage: tools/test.sh [quick | debian13 | full [PIECE...]]" >&2
    exit 2
}
for piece in "${pieces[@]}"; do
    case $piece in
        build | unit | asan | tsan | fuse | s3 | ceph | fuzz | vm | clang | tidy | debian13) ;;
        *) echo "test.sh: there is no piece $piece" >&2; exit 2 ;;
    esac
done
[ "$(id -u)" = 0 ] || { echo "test.sh: mounts and pools need root: run it with sudo" >&2; exit 2; }
export ZGLACIER_TEST_SEED=${ZGLACIER_TEST_SEED:-$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')}
passed=0
failed=0
skipped=0
logs=$(mktemp -d)
image=
trap '[ -z "$image" ] || kill "$image" 2>/dev/null || true; rm -rf "$logs"' EXIT

# timed NAME COMMAND...: notes how long it took.
timed() {
    local name=$1 start=$SECONDS
    shift
    echo "== $name"
    "$@"
    local seconds=$((SECONDS - start))
    printf '%4d:%02d  %s\n' $((seconds / 60)) $((seconds % 60)) "$name" >>"$logs/times"
}
# tests NAME PRESET ARGUMENTS...: runs ctest and adds up its counts.
tests() { timed "$1" run_tests "${@:2}"; }
run_tests() {
    local preset=$1 line
    shift
    ctest --preset "$preset" --no-tests=error "$@" 2>&1 | tee "$logs/ctest" || true
    line=$(grep -E '^[0-9]+% tests passed' "$logs/ctest" ||
        echo "0% tests passed, 1 tests failed out of 1")
    # "98% tests passed, 2 tests failed out of 100"
    local bad all left
    bad=$(sed -E 's/.*, ([0-9]+) tests? failed.*/\1/' <<<"$line")
    all=$(sed -E 's/.*out of ([0-9]+).*/\1/' <<<"$line")
    left=$(grep -c '\*\*\*Skipped' "$logs/ctest" || true)
    passed=$((passed + all - bad - left))
    failed=$((failed + bad))
    skipped=$((skipped + left))
    # The output of a failed test is among thousands of lines: print it again at the end.
    awk -v preset="$preset" '
        /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
            shown = /\*\*\*(Failed|Timeout|Exception|Not Run)/
            sub(/^.*Test +#[0-9]+: /, "FAILED: " preset ": ")
            sub(/ \.\.+/, " ")
        }
        /^ +Start +[0-9]+: / { shown = 0 }
        shown' "$logs/ctest" >>"$logs/failed"
}
# step NAME COMMAND...: counts as one test.
step() { timed "$1" run_step "$@"; }
run_step() {
    if "${@:2}"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $1" | tee -a "$logs/failed"
    fi
}
# build PRESET [TARGET...]
build() {
    cmake --preset "$1" >"$logs/configure" || { cat "$logs/configure"; return 1; }
    cmake --build --preset "$1" ${2:+--target "${@:2}"} >"$logs/build" || {
        tail -50 "$logs/build"
        return 1
    }
}
# Compiling the guest's zfs.ko takes long: it runs while everything else is built and tested.
begin_image() {
    test/vm/build.sh >"$logs/image" 2>&1 &
    image=$!
}
wait_for_image() {
    wait "$image" || { cat "$logs/image"; echo "the virtual machine could not be built"; }
    image=
}

threads_tests=({codec,flow,net,aws,store,archive,vault_tools,thaw,ops}_test)
program=(zglacier s3_test cut_stream man)

# A release build without the unit tests, which run with the sanitizers;
# a sample of the long matrices.
run_ci() {
    timed "packages" tools/packages.sh build demo fuse test radosgw fuzz
    begin_image
    step "build: release" build release "${program[@]}"
    step "build: address and undefined-behaviour sanitizers" build asan unit_tests
    step "build: every header by itself" build release headers
    # Many wait for a server or a daemon. For each unit-test program, which is not built here, ctest
    # has a failing test.
    tests "zfs-fuse, S3 servers, checks" release -LE 'unit|vm|full' -E '_NOT_BUILT$' -j4
    tests "unit tests, address and undefined-behaviour sanitizers" asan -L unit -j3
    step "fuzzers" fuzz/run.sh 15
    timed "waiting for the virtual machine's image" wait_for_image
    # A guest has one processor.
    tests "OpenZFS in a virtual machine" release -L vm -LE full -j2
}

run_quick() {
    timed "packages" tools/packages.sh build demo fuse test
    step "build: release" build release "${program[@]}" unit_tests
    step "build: every header by itself" build release headers
    tests "unit tests, zfs-fuse, S3 servers, checks" release -LE 'vm|full|radosgw' -j4
}

# Packages for every piece, once.
need_release() {
    [ -z "${have_release:-}" ] || return 0
    have_release=yes
    timed "packages" tools/packages.sh build demo fuse test radosgw bench fuzz
    step "build: release" build release
}
run_piece() {
    case $1 in
        asan | tsan | fuzz | clang) timed "packages" tools/packages.sh build test fuzz ;;
        tidy) timed "packages" tools/packages.sh build test bench tidy ;;
        debian13) ;;
        *) need_release ;;
    esac
    case $1 in
        build) step "build: every header by itself" build release headers ;;
        unit) tests "unit tests" release -L 'unit|check' -j3 ;;
        asan)
            step "build: address and undefined-behaviour sanitizers" build asan unit_tests
            tests "unit tests, address and undefined-behaviour sanitizers" asan -L unit -j3
            ;;
        tsan)
            step "build: thread sanitizer" build tsan "${threads_tests[@]}"
            tests "unit tests, thread sanitizer" tsan \
                -R '^(codec.AgeChunks|flow|net|aws|store|archive|vault_tools|thaw|ops)\.' -j3
            ;;
        fuse) tests "zfs-fuse" release -L fuse -LE sample -j4 ;;
        s3) tests "S3 servers" release -L 's3|fake_aws' -LE sample -j3 ;;
        ceph) tests "Ceph" release -L radosgw -LE sample ;;
        fuzz) step "fuzzers" fuzz/run.sh 60 ;;
        vm)
            timed "the virtual machine's image" test/vm/build.sh
            tests "OpenZFS in a virtual machine" release -L vm -LE sample -j2
            ;;
        clang) step "clang: no warnings" tools/clang_build.sh ;;
        tidy)
            step "clang-tidy: no findings" tools/clang_tidy.sh
            step "clang-tidy: finds what is wrong" test/check/tidy_finds.sh
            ;;
        debian13)
            step "Debian 13: the program and its unit tests" tools/debian13.sh
            ;;
    esac
}

echo "seed $ZGLACIER_TEST_SEED"
case $mode in
    ci) run_ci ;;
    quick) run_quick ;;
    full) for piece in "${pieces[@]}"; do run_piece "$piece"; done ;;
esac

echo "== where the time went"
cat "$logs/times"
printf '%4d:%02d  %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "in all"
if [ -s "$logs/failed" ]; then
    echo "== what failed (ZGLACIER_TEST_SEED=$ZGLACIER_TEST_SEED)"
    tail -n 300 "$logs/failed"
    grep '^FAILED: ' "$logs/failed"
fi
if [ $skipped = 0 ]; then
    echo "$passed passed, $failed failed"
else
    echo "$passed passed, $failed failed, $skipped skipped"
fi
[ $failed = 0 ]
