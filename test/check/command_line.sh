#!/usr/bin/env bash
# Wrong usage: exit code 2, a line that says what is wrong and one that says what to do.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset ZGLACIER_STORE
export ZGLACIER_STATE_DIR=$tmp/state
count=0
wrong() {
    local got=0
    "$ZGLACIER" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || got=$?
    [ $got = 2 ] || { cat "$tmp/err"; echo "exit code $got, expected 2: $*"; exit 1; }
    grep -q '^zglacier: error: ' "$tmp/err" || { echo "no error line: $*"; exit 1; }
    grep -q '^zglacier: hint: ' "$tmp/err" || { cat "$tmp/err"; echo "no hint: $*"; exit 1; }
    count=$((count + 1))
}
wrong
wrong nosuchverb
wrong backup
wrong backup vat/testfs
wrong backup --store dir:/nowhere/at/all vat/testfs
wrong backup --store "dir:$tmp" vat/testfs
wrong init --store dir:
wrong init --store "dir:$tmp/x?melt=3"
wrong init --store "dir:$tmp/x?thaw=soon"
wrong init --store "ftp://x"
wrong list --store "$tmp"
"$ZGLACIER" init --store "dir:$tmp/store" >/dev/null
for option in --compression=lzma --compression=zstd:20 --segment-size=big --part-size=0 \
    --segment-size=1KiB; do
    wrong backup --store "dir:$tmp/store" $option vat/testfs
done
wrong restore --store "dir:$tmp/store" vat/testfs
wrong restore --store "dir:$tmp/store" --output file vat/testfs
wrong restore --store "dir:$tmp/store" --output - vat/testfs vat/x
wrong restore --store "dir:$tmp/store" --bandwidth fast --output - vat/testfs
wrong thaw --store "dir:$tmp/store" --tier tomorrow
wrong thaw --store "dir:$tmp/store" --days 0
wrong thaw --store "dir:$tmp/store" --prices "$tmp/none.json"
wrong policy --store "dir:$tmp/store"
wrong policy --store 's3://bucket/a?lock=soon'
got=0
"$ZGLACIER" restore --store "dir:$tmp/store" --json --output - vat/testfs \
    >"$tmp/out" 2>/dev/null || got=$?
[ $got = 6 ]; grep -q '"kind": "not_found"' "$tmp/out"
got=0; printf 'not a stream' | "$ZGLACIER" stream inspect >/dev/null 2>"$tmp/err" || got=$?
[ $got = 5 ]
for verb in init backup list verify restore thaw policy "stream inspect" "catalog rebuild"; do
    # shellcheck disable=SC2086
    "$ZGLACIER" $verb --help | grep -- --json >/dev/null
done
"$ZGLACIER" --version | grep >/dev/null '^zglacier [0-9]'
# A result that cannot be written is not a success.
got=0; "$ZGLACIER" list --store "dir:$tmp/store" >/dev/full 2>/dev/null || got=$?
[ $got = 1 ]
echo "$count wrong command lines"
