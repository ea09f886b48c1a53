#!/usr/bin/env bash
# run.sh SECONDS: builds both fuzzers (preset `fuzz`) and runs each for SECONDS, side by side. Fails on a finding, whose input stays in build/fuzz/findings.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:?seconds for each fuzzer}
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target stream_fuzz manifest_fuzz make_stream_seeds make_manifest_seeds >build/fuzz/log || { tail -40 build/fuzz/log; exit 1; }
bin=$PWD/build/fuzz/fuzz
findings=$PWD/build/fuzz/findings
mkdir -p "$findings"
declare -A pids
for name in stream manifest; do
    mkdir -p "$bin/${name}_corpus" "$bin/${name}_seeds"
    "$bin/make_${name}_seeds" "$bin/${name}_seeds"
    "$bin/${name}_fuzz" -max_total_time="$seconds" -max_len=16384 -rss_limit_mb=2048 -timeout=20 -print_final_stats=1 \
        -artifact_prefix="$findings/$name-" "$bin/${name}_corpus" "$bin/${name}_seeds" >"$bin/$name.log" 2>&1 &
    pids[$name]=$!
done
failed=0
for name in "${!pids[@]}"; do
    if wait "${pids[$name]}"; then
        echo "${name}_fuzz: $seconds s, $(sed -n 's/^stat::number_of_executed_units: *//p' "$bin/$name.log") runs, no finding"
    else
        tail -40 "$bin/$name.log"
        echo "${name}_fuzz: A FINDING"
        failed=1
    fi
done
exit $failed
