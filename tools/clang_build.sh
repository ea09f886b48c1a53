#!/usr/bin/env bash
# Builds the program with clang 19, without precompiled headers, which would hide a missing include;
# any warning is an error.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake -S . -B build/clang -G Ninja -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_COMPILE_WARNING_AS_ERROR=ON -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON \
    -DZGLACIER_CCACHE=ON -DZGLACIER_TESTS=OFF >/dev/null
cmake --build build/clang --target zglacier headers
