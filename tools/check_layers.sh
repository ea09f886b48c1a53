#!/usr/bin/env bash
# Fails when a folder of src/ includes another that is not below it, or when folders include each
# other in a ring. The ranks are those of ARCHITECTURE.md.
set -euo pipefail
cd "${1:-$(dirname "$0")/..}/src"
declare -A below=(
    [base]="" [sql]="base" [codec]="base" [flow]="base" [zfs]="base" [stream]="codec base"
    [net]="base" [aws]="net codec base" [store]="aws net codec sql base" [catalog]="codec sql base"
    [job]="catalog store aws zfs stream flow codec base" [cli]="job base"
)
bad=0
checked=0
for folder in */; do
    folder=${folder%/}
    if [ -z "${below[$folder]+known}" ]; then
        echo "src/$folder has no rank"
        bad=1
        continue
    fi
    while IFS=: read -r file line text; do
        target=${text#*\"}; target=${target%%/*}
        checked=$((checked + 1))
        [ "$target" = "$folder" ] && continue
        [[ " ${below[$folder]} " == *" $target "* ]] && continue
        echo "src/$file:$line: $folder includes $target, which is not below it"; bad=1
    done < <(grep -rn --include='*.?pp' '^#include "' "$folder" |
        sed 's/^\([^:]*\):\([0-9]*\):/\1:\2:/')
    # Only flow starts threads; only tests may do it elsewhere.
    if [ "$folder" != flow ] && [ "$folder" != base ] &&
        grep -rnE --include='*.?pp' 'std::(jthread|thread|async)\b' "$folder" |
        grep -v '_test.cpp\|/testing/' | grep -v this_thread; then
        echo "src/$folder starts a thread"; bad=1
    fi
done
[ $checked -gt 50 ] || { echo "only $checked includes were found"; exit 1; }
[ $bad = 0 ] && echo "$checked includes, all downwards"
exit $bad
