#!/usr/bin/env bash
# Wrong usage: exit code 2, an error line and a hint line.
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
verbs=0
for verb in $("$ZGLACIER" man --list); do
    "$ZGLACIER" help "$verb" >"$tmp/help"
    grep -q -- --json "$tmp/help"
    grep -q '^Usage: zglacier ' "$tmp/help"
    "$ZGLACIER" help "$verb" --help-all | grep -- '--json  ' >/dev/null
    verbs=$((verbs + 1))
done
[ $verbs -ge 45 ]
# says WORDS... -- ARGUMENTS...: the error and hint of a wrong command line contain these words.
says() {
    local words=()
    while [ "$1" != -- ]; do words+=("$1"); shift; done
    shift
    wrong "$@"
    for word in "${words[@]}"; do
        grep -qF -- "$word" "$tmp/err" || { cat "$tmp/err"; echo "not found: $word: $*"; exit 1; }
    done
}
says 'unknown command "bakcup"; did you mean "backup"?' 'zglacier --help' -- bakcup vat/testfs
says 'unknown command "key generat"; did you mean "key generate"?' 'zglacier key --help' \
    -- key generat
says 'unknown command "vault lst"; did you mean "vault list"?' 'zglacier vault --help' -- vault lst
says 'unknown command "stream inspct"; did you mean "stream inspect"?' -- stream inspct
says 'unknown command "catalog rebiuld"; did you mean "catalog rebuild"?' -- catalog rebiuld
says 'unknown option -r: children are not included, name each dataset' \
    'zglacier backup --help' -- backup -r vat/testfs
says 'unknown option --compresion; did you mean "--compression"?' -- backup --compresion zstd x
says 'missing argument DATASET' 'zglacier backup --help' -- backup --store "dir:$tmp/store"
says 'missing option --store URL' 'ZGLACIER_STORE' -- list
says 'missing value of option --keep-snapshots N' -- backup vat/testfs --keep-snapshots
says 'Usage: zglacier COMMAND' 'backup   Back up datasets' 'no command is given' --
says 'Usage: zglacier vault COMMAND' 'no command is given' -- vault
says 'unknown command "nosuch"' -- help nosuch
grep -q 'unknown command "nosuchverb"$' < <("$ZGLACIER" nosuchverb 2>&1 || true)
# Help is only help.
"$ZGLACIER" help backup | grep >/dev/null '^Usage: zglacier backup \[OPTIONS\] DATASET'
[ ! -e "$tmp/state" ] || [ -z "$(find "$tmp/state" -newer "$tmp/help")" ]
cmp <("$ZGLACIER" help backup) <("$ZGLACIER" backup --help)
"$ZGLACIER" help | grep '^Usage: zglacier COMMAND' >/dev/null
[ "$("$ZGLACIER" version)" = "$("$ZGLACIER" --version)" ]
# The store, on either side of the command.
cmp <("$ZGLACIER" --store "dir:$tmp/store" list --json) \
    <("$ZGLACIER" list --json --store "dir:$tmp/store")
"$ZGLACIER" --store="dir:$tmp/store" --json list | grep '"archives"' >/dev/null
"$ZGLACIER" --version | grep >/dev/null '^zglacier [0-9]'
# A result that cannot be written is not a success.
got=0; "$ZGLACIER" list --store "dir:$tmp/store" >/dev/full 2>/dev/null || got=$?
[ $got = 1 ]
echo "$count wrong command lines"
