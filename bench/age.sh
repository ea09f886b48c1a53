#!/usr/bin/env bash
# age.sh: measures the speed of age encryption. First on one core (CORE, 0): sealing and opening,
# compared with `openssl speed -evp chacha20-poly1305` of blocks of 64 KiB, a second each. Then a
# file of SIZE MiB (1024) of random bytes: bench/age_seal, which works like `zglacier backup`, with
# one thread and with two, compared with Debian's `age -r`. All take turns, ROUNDS (9) times; prints
# medians, minima and maxima. Needs the packages of the groups bench and test.
set -euo pipefail
cd "$(dirname "$0")/.."
core=${CORE:-0}
rounds=${ROUNDS:-9}
bin=build/release/bench
work=$(mktemp -d -p "$([ -d /dev/shm ] && echo /dev/shm || echo /tmp)")
trap 'rm -rf "$work"' EXIT

age-keygen -o "$work/key" 2>/dev/null
recipient=$(age-keygen -y "$work/key")
head -c "${SIZE:-1024}"M /dev/urandom >"$work/file"
"$bin/age_seal" "$work/file" "$recipient" 2 write | age -d -i "$work/key" | cmp - "$work/file"

# timed NAME COMMAND...: appends its wall and CPU seconds, of all its threads, to the times.
timed() {
    local name=$1
    shift
    local begun=$EPOCHREALTIME
    /usr/bin/time -o "$work/time" -f '%U %S %M' "$@"
    # /usr/bin/time measures only hundredths of a second.
    echo "$name $begun $EPOCHREALTIME $(cat "$work/time")" >>"$work/times"
}
for _ in $(seq "$rounds"); do
    # Its last column, in thousands of bytes.
    taskset -c "$core" openssl speed -seconds 1 -bytes 65536 -evp chacha20-poly1305 2>/dev/null |
        awk 'tolower($1) == "chacha20-poly1305" {print "openssl," $NF * 1000}' >>"$work/speeds"
    # Column 6 of each line: bytes per second of processor time.
    taskset -c "$core" "$bin/age_bench" --benchmark_min_time=1 --benchmark_format=csv 2>/dev/null |
        awk -F, '/^"(seal|open)_/ {gsub("\"", "", $1); print $1 "," $6}' >>"$work/speeds"
    timed age age -r "$recipient" -o /dev/null "$work/file"
    timed one "$bin/age_seal" "$work/file" "$recipient" 1
    timed two "$bin/age_seal" "$work/file" "$recipient" 2
    timed cat cat "$work/file" >/dev/null
done
python3 - "$work/speeds" "$work/times" "$(stat -c %s "$work/file")" <<'F'
import statistics, sys
median = statistics.median
speeds = {}
for line in open(sys.argv[1], encoding="ascii"):
    name, speed = line.split(",")
    speeds.setdefault(name, []).append(float(speed) / 1e9)
one = median(speeds["openssl"])
print("one core, by processor time:")
for name, all in speeds.items():
    print("  %-32s %5.2f GB/s (%4.2f to %4.2f)  %5.1f %% of openssl's, %d rounds" % (
        name, median(all), min(all), max(all), 100 * median(all) / one, len(all)))
names = {"age": "age -r ... -o /dev/null", "one": "age_seal, one thread",
         "two": "age_seal, two threads", "cat": "cat >/dev/null"}
times = {}
for line in open(sys.argv[2], encoding="ascii"):
    name, begun, ended, user, system, memory = line.split()
    times.setdefault(name, []).append(
        (float(ended) - float(begun), float(user) + float(system), float(memory) / 1024))
print("a file, by the clock on the wall:")
theirs = median(wall for wall, _, _ in times["age"])
for name, all in times.items():
    wall, cpu, memory = ([turn[i] for turn in all] for i in range(3))
    print("  %-32s %5.2f s (%4.2f to %4.2f)  %5.2f GB/s  %5.2f s cpu  %5.1f MiB"
          "  %5.2f times as fast as age" % (
              names[name], median(wall), min(wall), max(wall),
              float(sys.argv[3]) / 1e9 / median(wall), median(cpu), median(memory),
              theirs / median(wall)))
F
