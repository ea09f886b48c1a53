#!/usr/bin/env bash
# tree_hash.sh: measures the speed of the two hashes of a Glacier upload, linear SHA-256 and tree
# hash, compared with `openssl speed` of one SHA-256 on the same core (CORE, 0) in the same run.
# They take turns, ROUNDS (9) times a second each; prints medians, minima and maxima. Two hashes of
# every byte can reach at most half the speed of openssl's one.
set -euo pipefail
cd "$(dirname "$0")/.."
core=${CORE:-0}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for _ in $(seq "${ROUNDS:-9}"); do
    # Its last column, in thousands of bytes.
    taskset -c "$core" openssl speed -seconds 1 -bytes 16384 -evp sha256 2>/dev/null |
        awk 'tolower($1) == "sha256" {print "openssl," $NF * 1000}' >>"$work/speeds"
    # Column 6 of each line: bytes per second of processor time.
    taskset -c "$core" build/release/bench/tree_hash_bench \
        --benchmark_min_time=1 --benchmark_format=csv 2>/dev/null |
        awk -F, '/^"(sha|both)/ {gsub("\"", "", $1); print $1 "," $6}' >>"$work/speeds"
done
python3 - "$work/speeds" <<'F'
import statistics, sys
speeds = {}
for line in open(sys.argv[1], encoding="ascii"):
    name, speed = line.split(",")
    speeds.setdefault(name, []).append(float(speed) / 1e9)
one = statistics.median(speeds["openssl"])
for name, all in speeds.items():
    median = statistics.median(all)
    print("%-28s %5.3f GB/s (%5.3f to %5.3f)  %5.1f %% of openssl's, %d rounds" % (
        name, median, min(all), max(all), 100 * median / one, len(all)))
F
