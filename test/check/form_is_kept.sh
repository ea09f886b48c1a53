#!/usr/bin/env bash
# Tests the form check: it must find each kind of violation in a copy of the tree.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
fresh() {
    rm -rf "${copy:?}"/*
    cp -r "$root"/{src,test,tools,doc,README.md,.clang-format} "$copy"
}
must_fail() {
    if "$root/tools/check_form.py" "$copy" >"$copy/out" 2>&1 || ! grep -q "$2" "$copy/out"; then
        echo "not found: $1"
        cat "$copy/out"
        exit 1
    fi
}
lines() { seq "$1" | sed "s|.*|$2|"; }

fresh
"$root/tools/check_form.py" "$copy" >"$copy/out" || { cat "$copy/out"; exit 1; }
sed -i 's/^namespace zg {/namespace zg\n{/' "$copy/src/base/io.hpp"
must_fail "a bracket on a separate line" "src/base/io.hpp:.*clang-format"
fresh
lines 1 "// $(printf 'many %.0s' {1..25})" >>"$copy/test/system/lib.sh"
must_fail "a long line of a script" "test/system/lib.sh:.* characters"
fresh
lines 1 "$(printf 'many %.0s' {1..25})" >>"$copy/doc/format.md"
must_fail "a long line of text" "doc/format.md:.* characters"
fresh
lines 501 "# 1" >"$copy/tools/long.sh"
must_fail "a long file" "tools/long.sh:.*a file of 501 lines"
fresh
{
    echo "void f(int a,"
    echo "       int b) {"
    lines 69 "    a += b;"
    echo "}"
} >"$copy/src/base/f.cpp"
must_fail "a long function in C++" "src/base/f.cpp:1: a function of 72 lines"
fresh
{ echo "f() {"; lines 69 "    :"; echo "}"; } >"$copy/tools/f.sh"
must_fail "a long function in a script" "tools/f.sh:1: a function of 71 lines"
fresh
{ echo "def f():"; lines 70 "    pass"; } >"$copy/tools/f.py"
must_fail "a long function in Python" "tools/f.py:1: a function of 71 lines"
echo "7 kinds of violations found"
