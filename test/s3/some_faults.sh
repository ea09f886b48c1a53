#!/usr/bin/env bash
# some_faults.sh S3_TEST: two of the ten batches of the fault run for each store, by the seed.
set -euo pipefail
batches=10
seed=${ZGLACIER_TEST_SEED:-$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')}
first=$((seed % batches))
second=$(((seed + batches / 2) % batches))
echo "batches $first and $second of $batches: ZGLACIER_TEST_SEED=$seed"
exec "$1" --gtest_filter="Seeds/*/$first:Seeds/*/$second"
