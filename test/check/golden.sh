#!/usr/bin/env bash
# Archives of every released format can be read for ever: they are verified, and their streams must
# be unchanged byte for byte. Format 1: plain and compressed (v1, with what a reader must ignore:
# signatures, an index, an old tombstone), encrypted (v1-age), adopted (v1-adopted).
set -euo pipefail
golden=$(cd "$(dirname "$0")/../golden" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export ZGLACIER_STATE_DIR=$tmp/state
count=0
# restored ID: prints its stream.
restored() {
    "$ZGLACIER" restore --quiet "${key[@]}" --store "dir:$tmp/store" --output - "$1"
}
for version in "$golden"/v*; do
    cp -r "$version" "$tmp/store"
    "$ZGLACIER" verify --quiet --store "dir:$tmp/store" | grep '^OK: ' >/dev/null
    key=()
    [ ! -e "$version/key" ] || key=(--identity "$version/key")
    while read -r digest id; do
        [ "$(restored "$id" | sha256sum | cut -d' ' -f1)" = "$digest" ] || {
            echo "$id of $(basename "$version") has changed"
            exit 1
        }
        count=$((count + 1))
    done <"$version/streams.sha256"
    rm -rf "$tmp/store"
done
[ $count -ge 2 ]
echo "$count golden archives"
