#!/usr/bin/env bash
# tools/clang_tidy.sh itself: it must find each kind of wrong include, and another wrong thing, in a
# copy of the tree.
set -euo pipefail
command -v clang-tidy-19 >/dev/null || { echo "there is no clang-tidy-19 here"; exit 77; }
root=$(cd "$(dirname "$0")/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r "$root"/{bench,cmake,data,fuzz,src,test,tools,CMakeLists.txt,.clang-tidy} "$copy"
# must_fail WHAT FILE TEXT: the check of FILE fails and prints TEXT. FILE is as before then.
must_fail() {
    if "$copy/tools/clang_tidy.sh" "$2" >"$copy/out" 2>&1 || ! grep -qF "$3" "$copy/out"; then
        echo "not found: $1"
        cat "$copy/out"
        exit 1
    fi
    cp "$root/$2" "$copy/$2"
}

"$copy/tools/clang_tidy.sh" src/base/io.hpp src/base/io.cpp >"$copy/out" 2>&1 ||
    { cat "$copy/out"; exit 1; }
sed -i '/#include <cstddef>/d' "$copy/src/base/io.cpp"
must_fail "a source that includes a header of another one's" src/base/io.cpp \
    'no header providing "std::size_t" is directly included'
sed -i '/#include <cstddef>/d' "$copy/src/base/io.hpp"
must_fail "a header that includes a header of another one's" src/base/io.hpp \
    'no header providing "std::size_t" is directly included'
sed -i 's/#include <cstddef>/&\n#include <thread>/' "$copy/src/base/io.cpp"
must_fail "an include that is not used" src/base/io.cpp 'included header thread is not used'
sed -i 's/#include <cstddef>/&\n#include <thread>/' "$copy/src/base/io.hpp"
must_fail "an include that a header does not use" src/base/io.hpp \
    'included header thread is not used'
echo 'static const char* none() { return 0; }' >>"$copy/src/base/io.cpp"
must_fail "a zero for a pointer" src/base/io.cpp 'modernize-use-nullptr'
echo "5 kinds of findings found"
