#!/usr/bin/env bash
# run.sh SECONDS [NAME...]: builds the fuzzers (preset `asan`) and runs all, or those named, for
# SECONDS, two at a time. Fails on a finding, whose input is kept in build/asan/findings. The corpus
# is kept in build/asan/fuzz/NAME_corpus, and the next run starts with it.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:?seconds for each fuzzer}
shift
names=("$@")
[ $# -gt 0 ] || names=(stream manifest resume_token age answer)
cmake --preset asan >/dev/null
targets=("${names[@]/%/_fuzz}" $(printf "make_%s_seeds " "${names[@]}"))
cmake --build --preset asan --target "${targets[@]}" >build/asan/fuzz.log || {
    tail -40 build/asan/fuzz.log
    exit 1
}
bin=$PWD/build/asan/fuzz
findings=$PWD/build/asan/findings
mkdir -p "$findings"

# fuzz NAME: runs one, and prints its result.
fuzz() {
    local name=$1 runs
    local corpus=$bin/${name}_corpus seeds=$bin/${name}_seeds log=$bin/$name.log
    local limits=(-max_total_time="$seconds" -max_len=16384 -rss_limit_mb=2048 -timeout=20)
    mkdir -p "$corpus" "$seeds"
    "$bin/make_${name}_seeds" "$seeds"
    if "$bin/${name}_fuzz" "${limits[@]}" -print_final_stats=1 \
        -artifact_prefix="$findings/$name-" "$corpus" "$seeds" >"$log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
        echo "${name}_fuzz: $seconds s, $runs runs, no finding"
    else
        tail -40 "$log"
        echo "${name}_fuzz: A FINDING"
        return 1
    fi
}
failed=0
running=()
for name in "${names[@]}"; do
    fuzz "$name" &
    running+=($!)
    if [ ${#running[@]} = 2 ]; then
        wait "${running[0]}" || failed=1
        running=("${running[1]}")
    fi
done
for pid in "${running[@]}"; do wait "$pid" || failed=1; done
exit $failed
