#!/usr/bin/env bash
# clang_tidy.sh [FILE...]: runs the checks of .clang-tidy over all C++ files, or over these. Any
# finding is an error. Nothing is compiled.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake -S . -B build/tidy -G Ninja -DCMAKE_CXX_COMPILER=clang++-19 \
    -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DZGLACIER_BENCH=ON -DZGLACIER_FUZZ=ON >/dev/null
check() {
    local checks=
    # The other checks read a header with the sources that include it.
    [[ $1 != *.hpp ]] || checks='-*,misc-include-cleaner'
    local findings
    findings=$(clang-tidy-19 --quiet -p build/tidy --checks="$checks" "$1" 2>&1) || {
        echo "$findings"
        return 1
    }
}
export -f check
files=("$@")
[ $# -gt 0 ] || mapfile -t files < <(find src test fuzz bench -name '*.[ch]pp' | sort)
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -c 'check "$1"' _ || {
    echo "clang_tidy.sh: there are findings" >&2
    exit 1
}
echo "${#files[@]} files checked"
